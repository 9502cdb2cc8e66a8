//! `/t/{tenantId}/userinfo`: an application asks about the user of its access token.

use lambda_http::Request;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::wire::openid::UserInfoResponse;
use scanlatch_runtime::Config;
use scanlatch_runtime::http::{Handled, ok};
use scanlatch_runtime::oauth::{bearer, tenant};
use scanlatch_service::openid::userinfo;

/// Answers one request.
pub async fn handle(deps: &impl userinfo::Deps, config: &Config, request: Request) -> Handled {
    let tenant = tenant(&request)?;
    let issuer = OpenIdIssuer::of(&config.public_url, &tenant);
    let told = userinfo::run(deps, &issuer, &tenant, &bearer(&request)?).await?;
    Ok(ok(&UserInfoResponse::from(told)))
}
