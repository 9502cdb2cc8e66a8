//! `scanlatch user`.

use clap::Subcommand;

use crate::console::failure::CommandError;
use crate::flags::named::NamedUser;
use crate::work::Work;

mod delete;
pub mod list;
mod show;
mod view;

/// The commands about users.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// List a tenant's users in the order of their ids
    #[command(after_help = "\
Several conditions must all hold; each is an exact match.

Examples:
  scanlatch user list Acme --local
  scanlatch user list Acme --email ann@example.com --local
  scanlatch user list Acme --limit 100 --after ann --local --json")]
    List(list::Flags),
    /// Show a user's profile, devices and verified methods
    #[command(after_help = "Examples:\n  scanlatch user show Acme ann --local")]
    Show(NamedUser),
    /// Delete a user with their devices, actions and sessions
    #[command(after_help = "Examples:\n  scanlatch user delete Acme ann --local --yes")]
    Delete(NamedUser),
}

/// Runs the command.
///
/// # Errors
/// One sentence that says why it failed.
pub async fn run(work: &Work, command: Command) -> Result<(), CommandError> {
    match command {
        Command::List(flags) => list::run(work, flags).await,
        Command::Show(one) => show::run(work, &one).await,
        Command::Delete(one) => delete::run(work, &one).await,
    }
}
