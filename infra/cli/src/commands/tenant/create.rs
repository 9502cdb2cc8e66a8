//! `scanlatch tenant create`: a tenant and its first secret key.

use clap::Args;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_service::port::{Administers as _, Clock as _, Entropy as _, Tenants as _};
use serde::Serialize;

use crate::commands::tenant::view::TenantView;
use crate::console::env::variables;
use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::flags::named::tenant_name;
use crate::flags::settings::SettingsFlags;
use crate::work::{Work, name_taken};

/// `tenant create`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    /// What operators call the tenant; never shown to users
    #[arg(value_parser = tenant_name)]
    name: String,
    /// Make no secret key; `scanlatch key create` makes one later
    #[arg(long)]
    no_key: bool,
    #[command(flatten)]
    settings: SettingsFlags,
}

/// The new tenant, and what its backend and screens need.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    #[serde(flatten)]
    tenant: TenantView,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_key: Option<String>,
}

/// Makes the tenant, then its key.
///
/// # Errors
/// One sentence that says why it failed; it names a tenant that was made without a key.
pub async fn run(work: &Work, flags: Flags) -> Result<(), CommandError> {
    let id = TenantId::from_random(work.cloud.random()?);
    let before = Settings::default();
    let settings = flags.settings.apply(&before);
    work.check(&before, &settings)?;
    let new = Tenant::new(id, flags.name, settings, work.cloud.now());
    work.cloud.put_tenant(&new).await.map_err(|error| name_taken(error, &new.name))?;
    let secret = if flags.no_key { None } else { Some(first_key(work, id).await?) };
    let tenant = work.cloud.tenant(&id).await?.ok_or_else(|| CommandError::failed("the tenant is gone again"))?;
    match &secret {
        Some(_) => tell(&format!("Made tenant {}. Its secret key is shown this once; keep it safe.", tenant.name)),
        None => tell(&format!("Made tenant {} without a secret key.", tenant.name)),
    }
    if work.api_url.is_none() {
        tell("Where SDKs reach the service is not known here; --api-url adds AUTHSIGNAL_API_URL.");
    }
    let text = variables(work.api_url.as_deref(), &id, secret.as_ref());
    let secret_key = secret.map(|secret| secret.expose().to_owned());
    work.output
        .answer(&Created { tenant: TenantView::from(&tenant), api_url: work.api_url.clone(), secret_key }, || text)
}

async fn first_key(work: &Work, id: TenantId) -> Result<SecretKey, CommandError> {
    let made = async {
        let secret = SecretKey::from_random(id, work.cloud.random()?);
        work.cloud.add_secret_key(&id, &secret.digest(), work.cloud.now()).await?;
        Ok::<_, CommandError>(secret)
    };
    made.await.map_err(|why| {
        CommandError::failed(format!("{why}; the tenant is there, and `scanlatch key create {id}` makes its key"))
    })
}
