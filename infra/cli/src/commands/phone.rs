//! `scanlatch phone`: a phone in the terminal.

use clap::Subcommand;
use scanlatch_protocol::challenge::Decision;

use crate::console::failure::CommandError;
use crate::console::output::Output;
use crate::contexts::Place;

pub mod answer;
mod code;
pub mod enrol;
mod pocket;

/// The commands about phones.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Make a key and enrol it for a user
    #[command(after_help = "\
The key is kept in the user's configuration folder, where only the user can read it. It is for trying things
out: a real phone keeps its key where nothing can copy it.

Enrolling needs the tenant's secret key, or a user token with `add:authenticators` in SCANLATCH_USER_TOKEN.

Examples:
  scanlatch phone enrol ann --local")]
    Enrol(enrol::Flags),
    /// Claim a challenge, show who is asking, and approve once you confirm
    #[command(after_help = "\
Examples:
  scanlatch phone approve 3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063 --local
  scanlatch phone approve http://localhost:3000/phone?c=3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063 --local
  scanlatch phone approve screenshot.png --of ann --local --yes")]
    Approve(answer::Flags),
    /// Claim a challenge, show who is asking, and decline once you confirm
    #[command(after_help = "Examples:\n  scanlatch phone decline screenshot.png --local")]
    Decline(answer::Flags),
}

/// Runs the command.
///
/// # Errors
/// One sentence that says why it failed.
pub async fn run(output: Output, place: Place, yes: bool, command: Command) -> Result<(), CommandError> {
    match command {
        Command::Enrol(flags) => enrol::run(output, place, flags).await,
        Command::Approve(flags) => answer::run(output, place, yes, &flags, Decision::Approve).await,
        Command::Decline(flags) => answer::run(output, place, yes, &flags, Decision::Reject).await,
    }
}
