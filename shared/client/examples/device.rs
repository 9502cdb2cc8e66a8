//! A device that enrols a key of its own and answers one challenge.
//!
//! ```sh
//! cargo run --example device -- CHALLENGE       # approves the challenge whose id the screen shows
//! ```
//!
//! It reads `AUTHSIGNAL_API_URL`, `AUTHSIGNAL_TENANT_ID`, and in `USER_TOKEN` what the example `backend` prints.

use std::env::{args, var};
use std::error::Error;

use scanlatch_client::{Device, Service, SoftwareKey};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let challenge = args().nth(1).ok_or("name the challenge that the screen shows")?;
    let service = Service::new(&var("AUTHSIGNAL_API_URL")?);
    let device = Device::new(service, &var("AUTHSIGNAL_TENANT_ID")?, SoftwareKey::generate());
    let credential = device.enrol(&var("USER_TOKEN")?, "Example", "linux").await?;
    let claimed = device.claim(&challenge).await?;
    println!("{} is asked for {}", credential.user_id, claimed.action_code);
    println!("from {} by {}", claimed.ip_address.unwrap_or_default(), claimed.user_agent.unwrap_or_default());
    let decided = device.decide(&challenge, true).await?;
    println!("{}", if decided.is_verified { "approved" } else { "declined" });
    Ok(())
}
