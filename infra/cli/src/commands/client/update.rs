//! `scanlatch client update`.

use clap::Args;
use scanlatch_protocol::openid::client::Client;
use scanlatch_service::port::{Clock as _, RegistersClients as _};

use crate::commands::client::view::{Configuration, text};
use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::flags::named::{NamedClient, client_name};
use crate::flags::registration::RegistrationFlags;
use crate::work::Work;

/// `client update`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    #[command(flatten)]
    named: NamedClient,
    /// What page and phone call the application
    #[arg(long, value_parser = client_name)]
    name: Option<String>,
    /// Forget all redirect URIs, for a device without a browser
    #[arg(long, conflicts_with = "redirect_uris")]
    no_redirect_uris: bool,
    /// Forget all logout URIs
    #[arg(long, conflicts_with = "logout_uris")]
    no_logout_uris: bool,
    #[command(flatten)]
    registration: RegistrationFlags,
}

/// Changes what the flags give.
pub async fn run(work: &Work, flags: Flags) -> Result<(), CommandError> {
    let (_, seen) = work.client(&flags.named).await?;
    let mut before = seen.registration.clone();
    if let Some(name) = flags.name {
        before.name = name;
    }
    if flags.no_redirect_uris {
        before.redirect_uris.clear();
    }
    if flags.no_logout_uris {
        before.logout_uris.clear();
    }
    let after = Client { registration: flags.registration.apply(&before)?, ..seen.clone() };
    if after == seen {
        tell("Nothing to change.");
    } else if !work.cloud.change_client(&seen, &after.registration).await? {
        return Err(CommandError::failed(
            "somebody else changed the application at the same time; look at it and try again",
        ));
    }
    work.output.answer(&Configuration::of(work, &after), || text(work, &after, work.cloud.now()))
}
