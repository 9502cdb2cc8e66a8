//! `scanlatch client create`: an application and its first secret.

use clap::Args;
use scanlatch_protocol::openid::client::{Client, Registration};
use scanlatch_protocol::tenant::Tenant;
use scanlatch_service::port::{Clock as _, RegistersClients as _};

use crate::commands::client::secret::{self, Made};
use crate::commands::client::view::{Configuration, setup};
use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::flags::named::{NamedClient, client_name};
use crate::flags::registration::RegistrationFlags;
use crate::work::Work;

/// `client create`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    #[command(flatten)]
    named: NamedClient,
    /// What page and phone call the application
    #[arg(long, value_parser = client_name)]
    name: String,
    /// Make no secret, for an application that cannot keep one
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    registration: RegistrationFlags,
}

/// Registers the application, then makes its secret.
///
/// # Errors
/// One sentence that says why it failed. An application that got no secret is removed again.
pub async fn run(work: &Work, flags: Flags) -> Result<(), CommandError> {
    let before = Registration { name: flags.name, ..Registration::default() };
    let registration = flags.registration.apply(&before)?;
    let tenant = work.tenant(&flags.named.of.tenant).await?;
    let (id, created_at) = (flags.named.id, work.cloud.now());
    let mut client = Client { tenant: tenant.id, id, created_at, secrets: Vec::new(), registration };
    if !work.cloud.add_client(&client).await? {
        return Err(CommandError::failed(format!(
            "tenant {} has an application {id} already; choose another id, or change that one with \
             `scanlatch client update`",
            tenant.name,
            id = client.id
        )));
    }
    let made = if flags.public { None } else { Some(first_secret(work, &tenant, &client).await?) };
    client.secrets.extend(made.iter().map(|made| made.record.clone()));
    let what = format!("Registered application {} ({}) of tenant {}", client.registration.name, client.id, tenant.name);
    tell(&match &made {
        Some(_) => format!("{what}. Its secret is shown this once; keep it safe."),
        None => format!("{what} without a secret."),
    });
    if work.api_url.is_none() {
        tell("The base URL of the service is not known here; --api-url completes the addresses.");
    }
    let secret = made.as_ref().map(|made| made.secret.expose());
    work.output.answer(&Configuration::with(work, &client, secret), || setup(work, &client, secret))
}

/// Without its secret the application would pass for a public one, so it does not stay.
async fn first_secret(work: &Work, tenant: &Tenant, client: &Client) -> Result<Made, CommandError> {
    let why = match secret::make(work, tenant, &client.id).await {
        Ok(made) => return Ok(made),
        Err(why) => why,
    };
    Err(CommandError::failed(match work.cloud.forget_client(&tenant.id, &client.id).await {
        Ok(()) => format!("{why}; the application was removed again"),
        Err(_) => format!(
            "{why}; the application is there without a secret; `scanlatch client delete {} --tenant {}` removes it",
            client.id, tenant.id
        ),
    }))
}
