//! A backend that lets a user enrol a device, and asks what became of a login.
//!
//! ```sh
//! cargo run --example backend -- ann            # prints a user token, with which ann's device enrols
//! cargo run --example backend -- ann RESULT     # asks whether this result token is ann's approval
//! ```
//!
//! It reads `AUTHSIGNAL_API_URL` and `AUTHSIGNAL_SECRET_KEY`, as `cargo run` and `scanlatch tenant create` print them.

use std::env::{args, var};
use std::error::Error;

use scanlatch_client::{Backend, Service};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let backend = Backend::new(Service::new(&var("AUTHSIGNAL_API_URL")?), &var("AUTHSIGNAL_SECRET_KEY")?);
    let user = args().nth(1).ok_or("name a user")?;
    let Some(token) = args().nth(2) else {
        let tracked = backend.track(&user, "enrol", &json!({ "scope": "add:authenticators" })).await?;
        println!("{}", tracked.token);
        return Ok(());
    };
    let validated = backend.validate(&json!({ "token": token, "userId": user, "action": "login" })).await?;
    println!("{}", if validated.is_valid { "approved" } else { "not approved" });
    Ok(())
}
