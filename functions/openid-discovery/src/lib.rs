//! `GET /t/{tenantId}/…`: anybody asks what a tenant's OpenID provider offers, and for its keys.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::session::access_issuer;
use scanlatch_protocol::wire::openid::{Discovery, SessionDiscovery};
use scanlatch_runtime::Config;
use scanlatch_runtime::http::{Handled, ok, ok_cacheable};
use scanlatch_service::openid::keys;

/// Answers one request.
pub async fn handle(deps: &impl keys::Deps, config: &Config, request: Request) -> Handled {
    let tenant = request.path_parameters().first("tenantId").and_then(|id| TenantId::parse(id).ok());
    let tenant = tenant.ok_or(Refusal::UnknownTenant)?;
    let path = request.raw_http_path();
    if path.ends_with("/jwks.json") {
        let keys = keys::run(deps, &tenant).await?;
        // Never cache an empty key set.
        return Ok(if keys.is_empty() { ok(&keys) } else { ok_cacheable(&keys) });
    }
    keys::check(deps, &tenant).await?;
    if path.contains("/client/public/") {
        return Ok(ok_cacheable(&SessionDiscovery::of(&access_issuer(&config.public_url, &tenant))));
    }
    Ok(ok_cacheable(&Discovery::of(&OpenIdIssuer::of(&config.public_url, &tenant))))
}
