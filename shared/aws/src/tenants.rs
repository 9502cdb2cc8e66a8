//! Tenants and their secret keys, and the read that all look-ups share.

use protocol::id::TenantId;
use protocol::secret::Digest;
use protocol::tenant::{Settings, Tenant};
use protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use service::Unavailable;
use service::port::{Administers, Found, SecretKeys, Tenants};

use crate::Cloud;
use crate::failure::{database, malformed};
use crate::item::{Item, Reader, Writer};
use crate::key::{self, Key};

/// Settings as they are stored; what an older version did not know takes its default.
#[derive(Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct StoredSettings {
    device_credentials: bool,
    key_reassignment: bool,
    allowed_origins: Vec<String>,
    challenge_lifetime_ms: i64,
    user_token_lifetime_ms: i64,
    result_token_lifetime_ms: i64,
    action_lifetime_ms: i64,
}

impl Default for StoredSettings {
    fn default() -> Self {
        Self::from(Settings::default())
    }
}

impl From<Settings> for StoredSettings {
    fn from(settings: Settings) -> Self {
        Self {
            device_credentials: settings.device_credentials,
            key_reassignment: settings.key_reassignment,
            allowed_origins: settings.allowed_origins,
            challenge_lifetime_ms: settings.challenge_lifetime_ms,
            user_token_lifetime_ms: settings.user_token_lifetime_ms,
            result_token_lifetime_ms: settings.result_token_lifetime_ms,
            action_lifetime_ms: settings.action_lifetime_ms,
        }
    }
}

impl From<StoredSettings> for Settings {
    fn from(stored: StoredSettings) -> Self {
        Self {
            device_credentials: stored.device_credentials,
            key_reassignment: stored.key_reassignment,
            allowed_origins: stored.allowed_origins,
            challenge_lifetime_ms: stored.challenge_lifetime_ms,
            user_token_lifetime_ms: stored.user_token_lifetime_ms,
            result_token_lifetime_ms: stored.result_token_lifetime_ms,
            action_lifetime_ms: stored.action_lifetime_ms,
        }
    }
}

impl Cloud {
    /// A strongly consistent read of one item.
    pub(crate) async fn get(&self, table: &str, key: Key) -> Found<Item> {
        let output = self
            .db
            .get_item()
            .table_name(table)
            .set_key(Some(key.into_attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| database(&error))?;
        Ok(output.item.filter(|item| !item.is_empty()))
    }

    async fn put(&self, item: Item) -> Result<(), Unavailable> {
        let put = self.db.put_item().table_name(&self.settings.directory_table).set_item(Some(item));
        put.send().await.map_err(|error| database(&error))?;
        Ok(())
    }
}

impl Tenants for Cloud {
    async fn tenant(&self, id: &TenantId) -> Found<Tenant> {
        let item = self.get(&self.settings.directory_table, key::tenant(id)).await?;
        item.map(|item| {
            let item = Reader(&item);
            let enabled = match item.text("status")? {
                "enabled" => true,
                "disabled" => false,
                _ => return Err(malformed("status")),
            };
            Ok(Tenant { id: *id, enabled, settings: item.json::<StoredSettings>("settings")?.into() })
        })
        .transpose()
    }
}

impl SecretKeys for Cloud {
    async fn has_secret_key(&self, tenant: &TenantId, digest: &Digest) -> Result<bool, Unavailable> {
        let item = self.get(&self.settings.directory_table, key::secret_key(tenant, digest)).await?;
        Ok(item.is_some())
    }
}

impl Administers for Cloud {
    async fn put_tenant(&self, tenant: &Tenant) -> Result<(), Unavailable> {
        let item = Writer::new(key::tenant(&tenant.id))
            .text("status", if tenant.enabled { "enabled" } else { "disabled" })
            .json("settings", &StoredSettings::from(tenant.settings.clone()));
        self.put(item.done()).await
    }

    async fn add_secret_key(&self, tenant: &TenantId, digest: &Digest, now: Timestamp) -> Result<(), Unavailable> {
        self.put(Writer::new(key::secret_key(tenant, digest)).at("createdAt", now).done()).await
    }
}
