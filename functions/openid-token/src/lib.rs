//! `POST /t/{tenantId}/token`: an application gets tokens.

use lambda_http::Request;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::wire::openid::TokenResponse;
use scanlatch_runtime::Config;
use scanlatch_runtime::http::{Handled, ok};
use scanlatch_runtime::oauth::{parameters, proof, tenant};
use scanlatch_service::openid::token;

/// Answers one request.
pub async fn handle(deps: &impl token::Deps, config: &Config, request: Request) -> Handled {
    let tenant = tenant(&request)?;
    let parameters = parameters(&request)?;
    let proof = proof(&request, &parameters)?;
    let issuer = OpenIdIssuer::of(&config.public_url, &tenant);
    let tokens = token::run(deps, &issuer, &tenant, &proof, &parameters).await?;
    Ok(ok(&TokenResponse {
        access_token: tokens.access,
        token_type: "Bearer",
        expires_in: tokens.expires_in_s,
        refresh_token: tokens.refresh,
        id_token: tokens.id,
        scope: tokens.scope,
    }))
}
