//! Anybody asks for the public halves of the keys that sign a tenant's OpenID tokens.

use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::signing::Jwks;

use crate::Result;
use crate::port::{Clock, Tenants, Verifies, VerifiesRsa};
use crate::step::openid::enabled;

deps!(Tenants, Verifies, VerifiesRsa, Clock);

/// The RFC 7517 key set, the RSA keys first: some consumers take the first key that they can read.
///
/// # Errors
/// [`scanlatch_protocol::Refusal::UnknownTenant`].
pub async fn run(deps: &impl Deps, tenant: &TenantId) -> Result<Jwks> {
    let now = deps.now();
    let (tenant, rsa, own) =
        tokio::try_join!(deps.tenant(tenant), deps.verifying_rsa_keys(None, now), deps.verifying_keys(None, now))?;
    enabled(tenant)?;
    Ok(rsa.to_jwks().and(own.to_jwks()))
}

/// Checks that the tenant has a provider.
///
/// # Errors
/// [`scanlatch_protocol::Refusal::UnknownTenant`].
pub async fn check(deps: &impl Deps, tenant: &TenantId) -> Result<()> {
    enabled(deps.tenant(tenant).await?).map(|_| ())
}
