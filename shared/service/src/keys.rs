//! Anybody asks for the public halves of the signing keys.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::signing::Jwks;

use crate::Result;
use crate::port::{Clock, Tenants, Verifies};

deps!(Verifies, Clock, Tenants);

/// The RFC 7517 key set.
pub async fn run(deps: &impl Deps) -> Result<Jwks> {
    Ok(deps.verifying_keys(None, deps.now()).await?.to_jwks())
}

/// The same key set at a tenant's address, which its access tokens name as their issuer.
///
/// # Errors
/// [`Refusal::UnknownTenant`].
pub async fn of_tenant(deps: &impl Deps, id: &TenantId) -> Result<Jwks> {
    let (tenant, keys) = tokio::try_join!(deps.tenant(id), deps.verifying_keys(None, deps.now()))?;
    tenant.filter(|tenant| tenant.enabled).ok_or(Refusal::UnknownTenant)?;
    Ok(keys.to_jwks())
}
