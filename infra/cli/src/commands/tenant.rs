//! `scanlatch tenant`.

use clap::Subcommand;
use scanlatch_service::port::Clock as _;

use crate::commands::tenant::view::TenantView;
use crate::console::failure::CommandError;
use crate::flags::named::NamedTenant;
use crate::work::Work;

mod action;
pub mod create;
mod delete;
mod enable;
mod list;
pub mod update;
mod view;

/// The commands about tenants.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Make a tenant and its first secret key, which is shown this once
    #[command(after_help = "\
Standard output is three lines that a .env file or a shell can take.

Examples:
  scanlatch tenant create Acme --local >> .env
  scanlatch tenant create Acme --allowed-origin https://shop.example --challenge-lifetime 5m
  scanlatch tenant create Bank --preset strict --number-entry optional")]
    Create(create::Flags),
    /// List all tenants
    #[command(after_help = "Examples:\n  scanlatch tenant list --local\n  scanlatch tenant list --local --json")]
    List,
    /// Show a tenant's settings and the names of its secret keys
    #[command(after_help = "Examples:\n  scanlatch tenant show Acme --local")]
    Show(NamedTenant),
    /// Change a tenant's name or settings; settings without a flag stay as they are
    #[command(after_help = "\
Examples:
  scanlatch tenant update Acme --session-lifetime 90d --local
  scanlatch tenant update Acme --allowed-origin https://a.example --allowed-origin https://b.example --local
  scanlatch tenant update Acme --preset payment --distance deny --places --local
  scanlatch tenant update Acme --any-origin --name 'Acme Ltd' --local")]
    Update(update::Flags),
    /// Show the rules of one action, and give it rules of its own; a rule without a flag stays as it is
    #[command(after_help = "\
A rule that the action inherits is the tenant's, also when the tenant's changes.

Examples:
  scanlatch tenant action Acme pay --local
  scanlatch tenant action Acme pay --preset payment --local
  scanlatch tenant action Acme pay --number-entry required --claim-first inherit --local
  scanlatch tenant action Acme pay --clear --local")]
    Action(action::Flags),
    /// Refuse a tenant's screens, phones and backends until it is enabled again
    #[command(
        after_help = "Examples:\n  scanlatch tenant disable Acme --local\n  scanlatch tenant disable Acme --local --yes"
    )]
    Disable(NamedTenant),
    /// Serve a disabled tenant again
    #[command(after_help = "Examples:\n  scanlatch tenant enable Acme --local")]
    Enable(NamedTenant),
    /// Delete a tenant with its secret keys, applications, users and devices
    #[command(after_help = "\
The tenant is disabled first, then its applications and users are deleted one by one, then the tenant itself.
If that is interrupted, the same command goes on where it stopped.

Examples:
  scanlatch tenant delete Acme --local
  scanlatch tenant delete Acme --local --yes")]
    Delete(NamedTenant),
}

/// Runs the command.
///
/// # Errors
/// One sentence that says why it failed.
pub async fn run(work: &Work, command: Command) -> Result<(), CommandError> {
    match command {
        Command::Create(flags) => create::run(work, flags).await,
        Command::List => list::run(work).await,
        Command::Show(NamedTenant { tenant }) => {
            let tenant = work.tenant(&tenant).await?;
            work.output.answer(&TenantView::from(&tenant), || view::text(&tenant, work.cloud.now()))
        }
        Command::Update(flags) => update::run(work, flags).await,
        Command::Action(flags) => action::run(work, flags).await,
        Command::Disable(NamedTenant { tenant }) => enable::run(work, &tenant, false).await,
        Command::Enable(NamedTenant { tenant }) => enable::run(work, &tenant, true).await,
        Command::Delete(NamedTenant { tenant }) => delete::run(work, &tenant).await,
    }
}
