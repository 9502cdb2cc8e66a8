//! `scanlatch key`.

use clap::Subcommand;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::SecretKeyRecord;
use scanlatch_service::Error;
use scanlatch_service::port::{Administers as _, Clock as _, Entropy as _};
use serde_json::json;

use crate::commands::key::view::KeyView;
use crate::console::env::variables;
use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::console::table::Table;
use crate::flags::named::NamedTenant;
use crate::work::Work;

pub mod view;

/// The commands about secret keys.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Make a secret key, which is shown this once; the one before it stays valid
    #[command(after_help = "\
A tenant has at most two secret keys, so that a new one can be rolled out before the old one goes:
  scanlatch key create Acme --local          # give it to the backend
  scanlatch key list Acme --local            # the older one is the first
  scanlatch key revoke Acme NAME --local")]
    Create(NamedTenant),
    /// List a tenant's secret keys, the oldest first
    #[command(after_help = "\
A key's name is the beginning of its digest; the key itself is kept nowhere.

Examples:
  scanlatch key list Acme --local")]
    List(NamedTenant),
    /// Make a secret key invalid at once
    #[command(after_help = "Examples:\n  scanlatch key revoke Acme dGhlIGtl --local --yes")]
    Revoke {
        #[command(flatten)]
        named: NamedTenant,
        /// The key's name, as `scanlatch key list` shows it
        #[arg(allow_hyphen_values = true)]
        name: String,
    },
}

/// Runs the command.
///
/// # Errors
/// One sentence that says why it failed.
pub async fn run(work: &Work, command: Command) -> Result<(), CommandError> {
    match command {
        Command::Create(NamedTenant { tenant }) => create(work, &tenant).await,
        Command::List(NamedTenant { tenant }) => list(work, &tenant).await,
        Command::Revoke { named, name } => revoke(work, &named.tenant, &name).await,
    }
}

async fn create(work: &Work, wanted: &str) -> Result<(), CommandError> {
    let tenant = work.tenant(wanted).await?;
    let secret = SecretKey::from_random(tenant.id, work.cloud.random()?);
    let record = SecretKeyRecord { digest: secret.digest(), created_at: work.cloud.now() };
    work.cloud.add_secret_key(&tenant.id, &record.digest, record.created_at).await.map_err(|error| match error {
        Error::Refused(Refusal::TooManySecretKeys) => CommandError::failed(format!(
            "tenant {} has two secret keys already; `scanlatch key revoke {}` the one that is no longer used",
            tenant.name, tenant.id
        )),
        Error::Refused(Refusal::Unauthorized) => CommandError::failed(format!("there is no tenant {}", tenant.id)),
        other => other.into(),
    })?;
    tell(&format!("Made secret key {} of tenant {}. It is shown this once; keep it safe.", record.name(), tenant.name));
    let document = json!({
        "tenantId": tenant.id.to_string(),
        "name": record.name(),
        "createdAt": record.created_at.iso(),
        "secretKey": secret.expose(),
    });
    work.output.answer(&document, || variables(work.api_url.as_deref(), &tenant.id, Some(&secret)))
}

async fn list(work: &Work, wanted: &str) -> Result<(), CommandError> {
    let tenant = work.tenant(wanted).await?;
    let views: Vec<KeyView> = tenant.secret_keys.iter().map(KeyView::from).collect();
    work.output.answer(&json!({ "tenantId": tenant.id.to_string(), "secretKeys": views }), || {
        let mut table = Table::new(&["NAME", "CREATED"]);
        for key in &tenant.secret_keys {
            table.row([&key.name(), &key.created_at.iso()]);
        }
        table.text("The tenant has no secret keys.")
    })
}

async fn revoke(work: &Work, wanted: &str, name: &str) -> Result<(), CommandError> {
    let tenant = work.tenant(wanted).await?;
    let found = tenant.secret_keys.iter().find(|key| key.name() == name);
    let key = found.ok_or_else(|| CommandError::failed(format!("tenant {} has no secret key {name}", tenant.name)))?;
    let last = if tenant.secret_keys.len() == 1 { ", its only one" } else { "" };
    let question =
        format!("Revoke secret key {name} of tenant {}{last}: backends that use it are refused", tenant.name);
    work.confirm(&question, "yes")?;
    work.cloud.remove_secret_key(&tenant.id, &key.digest).await?;
    tell(&format!("Revoked secret key {name} of tenant {}.", tenant.name));
    work.output.answer(&json!({ "tenantId": tenant.id.to_string(), "name": name, "revoked": true }), String::new)
}
