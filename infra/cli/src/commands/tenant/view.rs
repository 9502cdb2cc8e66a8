//! A tenant for people and scripts.

use scanlatch_protocol::tenant::settings::{Nearest, Preset};
use scanlatch_protocol::tenant::{SecretKeyRecord, Settings, Tenant};
use scanlatch_protocol::time::Timestamp;
use serde::Serialize;

use crate::commands::key::view::KeyView;
use crate::console::ago::dated;
use crate::console::table::pairs;
use crate::flags::settings;

/// Whether the tenant is enabled, in one word.
pub fn status(tenant: &Tenant) -> &'static str {
    if tenant.enabled { "enabled" } else { "disabled" }
}

/// Everything about it, for people.
pub fn text(tenant: &Tenant, now: Timestamp) -> String {
    let keys: Vec<String> = tenant.secret_keys.iter().map(SecretKeyRecord::name).collect();
    let lines = [
        ("ID", Some(tenant.id.to_string())),
        ("Name", Some(tenant.name.clone())),
        ("Status", Some(status(tenant).to_owned())),
        ("Created", Some(dated(&tenant.created_at.iso(), now))),
        ("Secret keys", Some(if keys.is_empty() { "none".to_owned() } else { keys.join(", ") })),
    ];
    let lines = lines.into_iter().map(|(name, value)| (name.to_owned(), value));
    let lines: Vec<_> = lines.chain(settings::pairs(&tenant.settings)).collect();
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
    preset: PresetView,
    settings: Settings,
    secret_keys: Vec<KeyView>,
}

impl From<&Tenant> for TenantView {
    fn from(tenant: &Tenant) -> Self {
        Self {
            tenant_id: tenant.id.to_string(),
            name: tenant.name.clone(),
            enabled: tenant.enabled,
            created_at: tenant.created_at.iso(),
            preset: PresetView::from(Preset::of(&tenant.settings)),
            settings: tenant.settings.clone(),
            secret_keys: tenant.secret_keys.iter().map(KeyView::from).collect(),
        }
    }
}

/// The preset that a tenant's settings are nearest to.
#[derive(Clone, Debug, Serialize)]
struct PresetView {
    nearest: &'static str,
    /// The names of the settings that have another value.
    differing: Vec<&'static str>,
}

impl From<Nearest> for PresetView {
    fn from(Nearest { preset, differing }: Nearest) -> Self {
        Self { nearest: preset.as_str(), differing: differing.into_iter().map(|setting| setting.name).collect() }
    }
}
