//! `scanlatch tenant`.

use clap::{Args, Subcommand};
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::tenant::{SecretKeyRecord, Tenant};
use scanlatch_service::port::Administers as _;
use serde::Serialize;
use serde_json::json;

use crate::failure::CommandError;
use crate::output::tell;
use crate::settings::{self, SettingsFlags, SettingsView};
use crate::table::{Table, pairs};
use crate::work::Work;
use crate::{create, delete};

/// What to do with tenants.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Make a tenant and its first secret key, which is shown this once
    #[command(after_help = "\
Standard output is three lines that a .env file or a shell can take.

Examples:
  scanlatch tenant create Acme --local >> .env
  scanlatch tenant create Acme --allowed-origin https://shop.example --challenge-lifetime 5m")]
    Create(create::Flags),
    /// List all tenants
    #[command(after_help = "Examples:\n  scanlatch tenant list --local\n  scanlatch tenant list --local --json")]
    List,
    /// Show a tenant's settings and the names of its secret keys
    #[command(after_help = "Examples:\n  scanlatch tenant show Acme --local")]
    Show(Named),
    /// Change a tenant's name or settings; what is not given stays as it is
    #[command(after_help = "\
Examples:
  scanlatch tenant update Acme --session-lifetime 90d --local
  scanlatch tenant update Acme --allowed-origin https://a.example --allowed-origin https://b.example --local
  scanlatch tenant update Acme --any-origin --name 'Acme Ltd' --local")]
    Update(Update),
    /// Refuse a tenant's screens, phones and backends until it is enabled again
    #[command(
        after_help = "Examples:\n  scanlatch tenant disable Acme --local\n  scanlatch tenant disable Acme --local --yes"
    )]
    Disable(Named),
    /// Serve a disabled tenant again
    #[command(after_help = "Examples:\n  scanlatch tenant enable Acme --local")]
    Enable(Named),
    /// Delete a tenant with its secret keys, users and devices
    #[command(after_help = "\
The tenant is disabled first, then its users are deleted one by one, then the tenant itself.
If that is interrupted, the same command goes on where it stopped.

Examples:
  scanlatch tenant delete Acme --local
  scanlatch tenant delete Acme --local --yes")]
    Delete(Named),
}

/// A tenant that is there.
#[derive(Clone, Debug, Args)]
pub struct Named {
    /// The tenant's id, or its name if no other tenant has it
    #[arg(value_name = "TENANT")]
    pub tenant: String,
}

/// `tenant update`.
#[derive(Clone, Debug, Args)]
pub struct Update {
    #[command(flatten)]
    named: Named,
    /// What operators call the tenant; never shown to users
    #[arg(long, value_parser = name)]
    name: Option<String>,
    #[command(flatten)]
    settings: SettingsFlags,
}

/// Reads what operators call a tenant.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if !(1..=100).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        return Err("a name is 1 to 100 characters on one line".to_owned());
    }
    if TenantId::parse(text).is_ok() {
        return Err("a name that looks like an id would be taken for one".to_owned());
    }
    Ok(text.to_owned())
}

/// Does it.
///
/// # Errors
/// Why not, in one sentence.
pub async fn run(work: &Work, command: Command) -> Result<(), CommandError> {
    match command {
        Command::Create(flags) => create::run(work, flags).await,
        Command::List => list(work).await,
        Command::Show(Named { tenant }) => {
            let tenant = work.tenant(&tenant).await?;
            work.output.answer(&TenantView::from(&tenant), || text(&tenant))
        }
        Command::Update(update) => change(work, update).await,
        Command::Disable(Named { tenant }) => set_enabled(work, &tenant, false).await,
        Command::Enable(Named { tenant }) => set_enabled(work, &tenant, true).await,
        Command::Delete(Named { tenant }) => delete::run(work, &tenant).await,
    }
}

async fn list(work: &Work) -> Result<(), CommandError> {
    let tenants = work.cloud.tenants().await?;
    let views: Vec<TenantView> = tenants.iter().map(TenantView::from).collect();
    work.output.answer(&json!({ "tenants": views }), || {
        let mut table = Table::new(&["ID", "NAME", "STATUS", "KEYS", "CREATED"]);
        for tenant in &tenants {
            let keys = tenant.secret_keys.len().to_string();
            table.row([&tenant.id.to_string(), &tenant.name, status(tenant), &keys, &tenant.created_at.iso()]);
        }
        table.text("There are no tenants.")
    })
}

async fn change(work: &Work, update: Update) -> Result<(), CommandError> {
    let before = work.tenant(&update.named.tenant).await?;
    let name = update.name.unwrap_or_else(|| before.name.clone());
    let after = Tenant { name, settings: update.settings.apply(&before.settings), ..before.clone() };
    if after == before {
        tell("Nothing to change.");
    } else {
        work.change(&before, &after).await?;
    }
    work.output.answer(&TenantView::from(&after), || text(&after))
}

async fn set_enabled(work: &Work, wanted: &str, enabled: bool) -> Result<(), CommandError> {
    let before = work.tenant(wanted).await?;
    if before.enabled && !enabled {
        let question =
            format!("Disable tenant {} ({}): its screens, phones and backends are refused", before.name, before.id);
        work.confirm(&question, "yes")?;
    }
    let after = Tenant { enabled, ..before.clone() };
    work.change(&before, &after).await?;
    tell(&format!("Tenant {} ({}) is {}.", after.name, after.id, status(&after)));
    work.output.answer(&TenantView::from(&after), String::new)
}

fn status(tenant: &Tenant) -> &'static str {
    if tenant.enabled { "enabled" } else { "disabled" }
}

fn text(tenant: &Tenant) -> String {
    let keys: Vec<String> = tenant.secret_keys.iter().map(SecretKeyRecord::name).collect();
    let mut lines = vec![
        ("ID", Some(tenant.id.to_string())),
        ("Name", Some(tenant.name.clone())),
        ("Status", Some(status(tenant).to_owned())),
        ("Created", Some(tenant.created_at.iso())),
        ("Secret keys", Some(if keys.is_empty() { "none".to_owned() } else { keys.join(", ") })),
    ];
    lines.extend(settings::pairs(&tenant.settings));
    pairs(&lines)
}

/// A tenant as JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantView {
    tenant_id: String,
    name: String,
    enabled: bool,
    created_at: String,
    settings: SettingsView,
    secret_keys: Vec<KeyView>,
}

/// A secret key as JSON, as far as anybody may know it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    name: String,
    created_at: String,
}

impl From<&Tenant> for TenantView {
    fn from(tenant: &Tenant) -> Self {
        Self {
            tenant_id: tenant.id.to_string(),
            name: tenant.name.clone(),
            enabled: tenant.enabled,
            created_at: tenant.created_at.iso(),
            settings: SettingsView::from(&tenant.settings),
            secret_keys: tenant.secret_keys.iter().map(KeyView::from).collect(),
        }
    }
}

impl From<&SecretKeyRecord> for KeyView {
    fn from(key: &SecretKeyRecord) -> Self {
        Self { name: key.name(), created_at: key.created_at.iso() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_be_taken_for_an_id() {
        assert_eq!(name(" Acme Ltd "), Ok("Acme Ltd".to_owned()));
        let id = TenantId::from_random([7; 16]).to_string();
        for bad in ["", "  ", "a\nb", &id, &"a".repeat(101)] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }
}
