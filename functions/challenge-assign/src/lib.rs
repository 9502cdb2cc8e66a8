//! `POST /claim`: a backend takes a challenge for one of its users.

use lambda_http::Request;
use scanlatch_protocol::wire::challenge::{ClaimRequest, ClaimResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller};
use scanlatch_service::assign;
use scanlatch_service::port::Tenants;

/// Answers one request.
pub async fn handle(deps: &(impl Tenants + assign::Deps), config: &Config, request: Request) -> Handled {
    let tenant = caller::backend(deps, &request).await?;
    let taken = body::<ClaimRequest>(&request)?.accept()?;
    Ok(ok(&ClaimResponse::new(assign::run(deps, &config.issuer, &tenant, &taken).await?)))
}
