//! `scanlatch device`.

use clap::Subcommand;

use crate::console::failure::CommandError;
use crate::flags::named::NamedUser;
use crate::work::Work;

mod list;
pub mod revoke;
pub mod view;

/// The commands about devices.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// List a user's devices
    #[command(after_help = "Examples:\n  scanlatch device list Acme ann --local")]
    List(NamedUser),
    /// Revoke a device: it can neither claim nor decide any more
    #[command(after_help = "\
Revoking a device that was revoked within the last 90 days succeeds. The id of a method that the backend
verified is taken too.

Examples:
  scanlatch device revoke Acme ann 0b0f8a52-6c1c-4c55-9a3f-0c5f4b0c8d11 --local --yes")]
    Revoke(revoke::Flags),
}

/// Runs the command.
///
/// # Errors
/// One sentence that says why it failed.
pub async fn run(work: &Work, command: Command) -> Result<(), CommandError> {
    match command {
        Command::List(one) => list::run(work, &one).await,
        Command::Revoke(flags) => revoke::run(work, &flags).await,
    }
}
