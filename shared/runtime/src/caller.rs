//! Which kind of caller a request names. [`scanlatch_service::authenticate`] proves it.

use lambda_http::Request;
use lambda_http::http::header::{AUTHORIZATION, ORIGIN};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::{Authorization, Identity};
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_service::authenticate;
use scanlatch_service::port::Tenants;

use crate::{Problem, header};

fn authorization(request: &Request) -> Result<Authorization, Refusal> {
    request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(Authorization::parse)
        .ok_or(Refusal::Unauthorized)
}

/// A screen or phone that names its tenant.
///
/// # Errors
/// [`Refusal::Unauthorized`] for any other caller, a backend with its secret key included.
pub fn tenant(request: &Request) -> Result<TenantId, Refusal> {
    match authorization(request)? {
        Authorization::Tenant(tenant) => Ok(tenant),
        _ => Err(Refusal::Unauthorized),
    }
}

/// The tenant of a backend, proven by its secret key.
///
/// # Errors
/// [`Refusal::Unauthorized`] for any other caller.
pub async fn backend(deps: &impl Tenants, request: &Request) -> Result<Tenant, Problem> {
    Ok(authenticate::backend(deps, &secret_key(request)?).await?)
}

/// A backend's secret key, for calls that check it in the same round as their other reads.
///
/// # Errors
/// [`Refusal::Unauthorized`] for any other caller.
pub fn secret_key(request: &Request) -> Result<SecretKey, Refusal> {
    match authorization(request)? {
        Authorization::Secret(key) => Ok(key),
        _ => Err(Refusal::Unauthorized),
    }
}

/// A phone with a user token.
///
/// # Errors
/// [`Refusal::Unauthorized`] for any other caller.
pub fn bearer(request: &Request) -> Result<String, Refusal> {
    match authorization(request)? {
        Authorization::Token(token) => Ok(token),
        _ => Err(Refusal::Unauthorized),
    }
}

/// A screen, with a user token or without.
///
/// # Errors
/// [`Refusal::Unauthorized`] for any other caller.
pub fn screen(request: &Request) -> Result<Identity, Refusal> {
    match authorization(request)? {
        Authorization::Tenant(tenant) => Ok(Identity::Tenant(tenant)),
        Authorization::Token(token) => Ok(Identity::Token(token)),
        Authorization::Secret(_) => Err(Refusal::Unauthorized),
    }
}

/// The page that a browser calls from.
pub fn origin(request: &Request) -> Option<&str> {
    request.headers().get(ORIGIN).map(header::origin)
}
