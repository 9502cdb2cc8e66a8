//! A screen that shows a code and hears what becomes of it.
//!
//! ```sh
//! cargo run --example screen                    # draws the code, then waits for a device
//! ```
//!
//! It reads `AUTHSIGNAL_API_URL` and `AUTHSIGNAL_TENANT_ID`. The backend gets the token that it prints at the end.

use std::env::var;
use std::error::Error;
use std::time::Duration;

use scanlatch_client::Handshake;
use scanlatch_client::screen::{Notice, drawn};

/// How long a person may take, within the ten minutes of a challenge.
const PATIENCE: Duration = Duration::from_mins(9);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let socket = var("AUTHSIGNAL_API_URL")?.replacen("http", "ws", 1).replacen("/v1", "/ws-v1-challenge", 1);
    let mut screen = Handshake::anybody(&socket, &var("AUTHSIGNAL_TENANT_ID")?).open().await?;
    let challenge = screen.challenge("login").await?;
    println!("{}{challenge}", drawn(&challenge, false).unwrap_or_default());
    while let Some(notice) = screen.wait(PATIENCE).await? {
        let Notice::StateChange { state, access_token, .. } = notice else { continue };
        println!("{state}");
        match (state.as_str(), access_token) {
            ("claimed", _) => {}
            ("approved", Some(token)) => {
                println!("{token}");
                return Ok(());
            }
            _ => return Err(state.into()),
        }
    }
    Err("nobody answered in time".into())
}
