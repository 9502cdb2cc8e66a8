use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::tenant::{MAX_SECRET_KEYS, SecretKeyRecord, Tenant};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::{Administers, Tenants};
use scanlatch_service::{Result, Unavailable};

use super::Memory;
use super::tables::Tables;

impl Tables {
    fn has_namesake(&self, tenant: &Tenant) -> bool {
        self.tenants.values().any(|other| other.id != tenant.id && other.name == tenant.name)
    }
}

impl Tenants for Memory {
    async fn tenant(&self, id: &TenantId) -> Result<Option<Tenant>, Unavailable> {
        Ok(self.tables("tenant").await.tenants.get(id).cloned())
    }
}

impl Administers for Memory {
    async fn put_tenant(&self, tenant: &Tenant) -> Result<()> {
        {
            let mut tables = self.tables("put_tenant").await;
            if tables.has_namesake(tenant) {
                return Err(Refusal::NameTaken.into());
            }
            let stored = tables.tenants.entry(tenant.id).or_insert_with(|| tenant.clone());
            stored.name.clone_from(&tenant.name);
            stored.enabled = tenant.enabled;
            stored.settings = tenant.settings.clone();
        }
        Ok(self.replied(())?)
    }

    async fn change_tenant(&self, seen: &Tenant, to: &Tenant) -> Result<bool> {
        let changed = {
            let mut tables = self.tables("change_tenant").await;
            let taken = tables.has_namesake(to);
            match tables.tenants.get_mut(&seen.id) {
                Some(stored) if stored.reads_like(seen) && taken => return Err(Refusal::NameTaken.into()),
                Some(stored) if stored.reads_like(seen) => {
                    stored.name.clone_from(&to.name);
                    stored.enabled = to.enabled;
                    stored.settings = to.settings.clone();
                    true
                }
                _ => false,
            }
        };
        Ok(self.replied(changed)?)
    }

    async fn add_secret_key(&self, tenant: &TenantId, digest: &Digest, now: Timestamp) -> Result<()> {
        {
            let mut tables = self.tables("add_secret_key").await;
            let tenant = tables.tenants.get_mut(tenant).ok_or(Refusal::Unauthorized)?;
            if !tenant.has_secret_key(digest) {
                if tenant.secret_keys.len() >= MAX_SECRET_KEYS {
                    return Err(Refusal::TooManySecretKeys.into());
                }
                tenant.secret_keys.push(SecretKeyRecord { digest: *digest, created_at: now });
            }
        }
        Ok(self.replied(())?)
    }

    async fn remove_secret_key(&self, tenant: &TenantId, digest: &Digest) -> Result<(), Unavailable> {
        if let Some(tenant) = self.tables("remove_secret_key").await.tenants.get_mut(tenant) {
            tenant.secret_keys.retain(|key| key.digest != *digest);
        }
        self.replied(())
    }

    async fn tenants(&self) -> Result<Vec<Tenant>, Unavailable> {
        Ok(self.tables("tenants").await.tenants.values().cloned().collect())
    }

    async fn forget_tenant(&self, id: &TenantId) -> Result<(), Unavailable> {
        self.tables("forget_tenant").await.tenants.remove(id);
        self.replied(())
    }
}
