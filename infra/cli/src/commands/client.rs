//! `scanlatch client`: the applications of a tenant, which log their users in by its `OpenID` provider.

use clap::Subcommand;
use scanlatch_service::port::Clock as _;

use crate::console::failure::CommandError;
use crate::flags::named::{NamedClient, TenantFlag};
use crate::work::Work;
use view::{Configuration, text};

pub mod create;
mod delete;
mod list;
pub mod rotate;
mod secret;
pub mod update;
mod view;

/// The commands about applications.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Register an application; its secret is shown this once
    #[command(after_help = "\
Standard output is what the application is configured with. An application that cannot keep a secret, such as one
in a browser or on a phone, is --public and uses PKCE. A device without a browser needs no redirect URI.

Examples:
  scanlatch client create grafana --tenant Acme --name Grafana \\
    --redirect-uri https://grafana.example/login/generic_oauth --local
  scanlatch client create shop-app --tenant Acme --name Shop --public --redirect-uri com.example.shop:/done --local
  scanlatch client create tv --tenant Acme --name TV --public --grant device_code --local")]
    Create(create::Flags),
    /// List a tenant's applications in the order of their ids
    #[command(after_help = "Examples:\n  scanlatch client list --tenant Acme --local")]
    List(TenantFlag),
    /// Show what an application is registered with and the names of its secrets
    #[command(after_help = "\
A secret's name is the beginning of its digest; the secret itself is kept nowhere.

Examples:
  scanlatch client show grafana --tenant Acme --local")]
    Show(NamedClient),
    /// Change what an application is registered with; what has no flag stays as it is
    #[command(after_help = "\
A list replaces the one before.

Examples:
  scanlatch client update grafana --tenant Acme --token-lifetime 1h --local
  scanlatch client update grafana --tenant Acme --redirect-uri https://a.example/cb --redirect-uri https://b.example/cb \\
    --local
  scanlatch client update grafana --tenant Acme --grant authorization_code --grant refresh_token --local")]
    Update(update::Flags),
    /// Make a second secret, which is shown this once, or drop one
    #[command(after_help = "\
An application has at most two secrets, so that a new one can be rolled out before the old one goes:
  scanlatch client rotate grafana --tenant Acme --local           # give it to the application
  scanlatch client show grafana --tenant Acme --local             # the older one is the first
  scanlatch client rotate grafana --tenant Acme --drop NAME --local")]
    Rotate(rotate::Flags),
    /// Delete an application with its secrets
    #[command(after_help = "Examples:\n  scanlatch client delete grafana --tenant Acme --local --yes")]
    Delete(NamedClient),
}

/// Runs the command.
///
/// # Errors
/// One sentence that says why it failed.
pub async fn run(work: &Work, command: Command) -> Result<(), CommandError> {
    match command {
        Command::Create(flags) => create::run(work, flags).await,
        Command::List(TenantFlag { tenant }) => list::run(work, &tenant).await,
        Command::Show(named) => {
            let (_, client) = work.client(&named).await?;
            work.output.answer(&Configuration::of(work, &client), || text(work, &client, work.cloud.now()))
        }
        Command::Update(flags) => update::run(work, flags).await,
        Command::Rotate(flags) => rotate::run(work, &flags).await,
        Command::Delete(named) => delete::run(work, &named).await,
    }
}
