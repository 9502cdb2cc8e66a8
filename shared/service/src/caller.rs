//! Who is calling, proven.

use protocol::Refusal;
use protocol::id::TenantId;
use protocol::secret::SecretKey;
use protocol::tenant::Tenant;
use protocol::token::{Issuer, Kind, UserToken, peek};

use crate::port::{Clock, Found, SecretKeys, Tenants, Verifies};
use crate::{Result, Unavailable};

/// A tenant that exists and is enabled.
///
/// # Errors
/// [`Refusal::Unauthorized`] otherwise.
pub fn enabled(tenant: Option<Tenant>) -> Result<Tenant> {
    tenant.filter(|tenant| tenant.enabled).ok_or_else(|| Refusal::Unauthorized.into())
}

/// A tenant whose phones may enrol, claim and decide.
///
/// # Errors
/// [`Refusal::Unauthorized`] and [`Refusal::MethodDisabled`].
pub fn with_devices(tenant: Option<Tenant>) -> Result<Tenant> {
    let tenant = enabled(tenant)?;
    if tenant.settings.device_credentials { Ok(tenant) } else { Err(Refusal::MethodDisabled.into()) }
}

/// The tenant behind a public id.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub async fn tenant(deps: &impl Tenants, id: &TenantId) -> Result<Tenant> {
    enabled(deps.tenant(id).await?)
}

/// The tenant behind a secret key, in one round, together with whatever else that round can fetch.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub async fn backend_and<T: Send>(
    deps: &(impl Tenants + SecretKeys),
    key: &SecretKey,
    other: impl Future<Output = Found<T>> + Send,
) -> Result<(Tenant, Option<T>)> {
    let (id, digest) = (key.tenant(), key.digest());
    let (tenant, known, other) = tokio::try_join!(deps.tenant(&id), deps.has_secret_key(&id, &digest), other)?;
    if !known {
        return Err(Refusal::Unauthorized.into());
    }
    Ok((enabled(tenant)?, other))
}

/// The tenant behind a secret key.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub async fn backend(deps: &(impl Tenants + SecretKeys), key: &SecretKey) -> Result<Tenant> {
    let nothing = async { Ok::<Option<()>, Unavailable>(None) };
    backend_and(deps, key, nothing).await.map(|(tenant, _)| tenant)
}

/// What a user token says, its signature and lifetime checked; its tenant may still be disabled.
///
/// # Errors
/// [`Refusal::InvalidToken`] and [`Refusal::ExpiredToken`].
pub async fn user(deps: &(impl Verifies + Clock), issuer: &Issuer, token: &str) -> Result<UserToken> {
    let Some((kid, Kind::User)) = peek(token) else {
        return Err(Refusal::InvalidToken.into());
    };
    let keys = deps.verifying_keys(Some(&kid)).await?;
    Ok(UserToken::verify(token, &keys, issuer, deps.now())?)
}
