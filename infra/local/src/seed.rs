//! The demo tenant: made once per data folder, then found again.

use std::path::Path;

use anyhow::{Context as _, Result};
use scanlatch_aws::Cloud;
use scanlatch_protocol::id::{ClientId, TenantId};
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_service::port::{Administers as _, Clock as _, Entropy as _, Tenants as _};
use serde::{Deserialize, Serialize};

use crate::private;

/// The demo tenant's public id and secret key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seed {
    /// The tenant.
    pub tenant_id: String,
    /// Its secret key, which is good only for this machine's demo.
    pub secret_key: String,
}

/// Makes sure that the table has the demo tenant of this data folder.
///
/// # Errors
/// If the table or the folder cannot be used.
pub async fn seed(cloud: &Cloud, data: &Path) -> Result<Seed> {
    let path = data.join("demo.json");
    let seed = if let Ok(text) = std::fs::read_to_string(&path) {
        serde_json::from_str(&text).with_context(|| format!("{} is damaged; delete it", path.display()))?
    } else {
        let tenant = TenantId::from_random(cloud.random()?);
        let secret = SecretKey::from_random(tenant, cloud.random()?);
        let seed = Seed { tenant_id: tenant.to_string(), secret_key: secret.expose().to_owned() };
        private::write(&path, &serde_json::to_string_pretty(&seed)?)?;
        seed
    };
    let tenant = TenantId::parse(&seed.tenant_id).map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let secret = SecretKey::parse(&seed.secret_key).context("demo.json holds no secret key; delete it")?;
    if cloud.tenant(&tenant).await?.is_none() {
        let clients = ClientId::parse("demo").into_iter().collect();
        let settings = Settings { session_clients: clients, ..Settings::default() };
        cloud.put_tenant(&Tenant::new(tenant, "Demo", settings, cloud.now())).await?;
    }
    cloud.add_secret_key(&tenant, &secret.digest(), cloud.now()).await?;
    Ok(seed)
}
