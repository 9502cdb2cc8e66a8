//! Proves who is calling.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::jwt::{Kind, Token};
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::token::{Issuer, UserToken};

use crate::port::{Clock, Tenants, Verifies};
use crate::{Result, Unavailable, measure};

/// The tenant, if it exists and is enabled.
///
/// # Errors
/// [`Refusal::Unauthorized`] otherwise.
pub fn enabled(tenant: Option<Tenant>) -> Result<Tenant> {
    let tenant = tenant.filter(|tenant| tenant.enabled).ok_or(Refusal::Unauthorized)?;
    measure::tenant(&tenant.id);
    Ok(tenant)
}

/// The tenant, if it is enabled and its phones may enrol, claim and decide.
///
/// # Errors
/// [`Refusal::Unauthorized`] and [`Refusal::MethodDisabled`].
pub fn with_devices(tenant: Option<Tenant>) -> Result<Tenant> {
    let tenant = enabled(tenant)?;
    if tenant.settings.device_credentials { Ok(tenant) } else { Err(Refusal::MethodDisabled.into()) }
}

/// The tenant of a public id.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub async fn tenant(deps: &impl Tenants, id: &TenantId) -> Result<Tenant> {
    enabled(deps.tenant(id).await?)
}

/// The tenant of a secret key, in one round with `other`.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub async fn backend_and<T: Send>(
    deps: &impl Tenants,
    key: &SecretKey,
    other: impl Future<Output = Result<T, Unavailable>> + Send,
) -> Result<(Tenant, T)> {
    let id = key.tenant();
    let (tenant, other) = tokio::try_join!(deps.tenant(&id), other)?;
    let tenant = enabled(tenant)?;
    if tenant.has_secret_key(&key.digest()) { Ok((tenant, other)) } else { Err(Refusal::Unauthorized.into()) }
}

/// The tenant of a secret key.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub async fn backend(deps: &impl Tenants, key: &SecretKey) -> Result<Tenant> {
    backend_and(deps, key, async { Ok(()) }).await.map(|(tenant, ())| tenant)
}

/// A backend's accepted request. Only a known backend is told why its request was refused.
///
/// # Errors
/// The refusal of the request, or [`Refusal::Unauthorized`] for a stranger's.
pub async fn accepted<T>(deps: &impl Tenants, key: &SecretKey, request: Result<T, Refusal>) -> Result<T> {
    match request {
        Ok(request) => Ok(request),
        Err(refusal) => {
            backend(deps, key).await?;
            Err(refusal.into())
        }
    }
}

/// Checks a user token's signature and lifetime. Its tenant may still be disabled.
///
/// # Errors
/// [`Refusal::InvalidToken`] and [`Refusal::ExpiredToken`].
pub async fn user(deps: &(impl Verifies + Clock), issuer: &Issuer, token: &str) -> Result<UserToken> {
    let token = Token::read(token)?;
    if token.kind() != Kind::User {
        return Err(Refusal::InvalidToken.into());
    }
    let now = deps.now();
    let keys = deps.verifying_keys(Some(token.kid()), now).await?;
    Ok(UserToken::verify(&token, &keys, issuer, now)?)
}
