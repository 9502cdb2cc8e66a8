//! `GET /.well-known/jwks.json`, and the same for a tenant: anybody asks for the public halves of the signing keys.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::TenantId;
use scanlatch_runtime::http::{Handled, ok, ok_cacheable};
use scanlatch_service::keys;

/// Answers one request.
pub async fn handle(deps: &impl keys::Deps, request: Request) -> Handled {
    let keys = match request.path_parameters().first("tenantId") {
        None => keys::run(deps).await?,
        Some(id) => {
            let tenant = TenantId::parse(id).map_err(|_| Refusal::UnknownTenant)?;
            keys::of_tenant(deps, &tenant).await?
        }
    };
    // Never cache an empty key set.
    Ok(if keys.is_empty() { ok(&keys) } else { ok_cacheable(&keys) })
}
