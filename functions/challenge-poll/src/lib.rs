//! `POST /client/verify/qr-code`: a screen asks how its challenge stands.

use lambda_http::Request;
use scanlatch_protocol::wire::screen::{PollRequest, PollResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller};
use scanlatch_service::poll;

/// Answers one request.
pub async fn handle(deps: &impl poll::Deps, config: &Config, request: Request) -> Handled {
    let tenant = caller::tenant(&request)?;
    let (id, code) = body::<PollRequest>(&request)?.accept()?;
    let standing = poll::run(deps, &config.issuer, &tenant, &id, &code).await?;
    Ok(ok(&PollResponse::from(standing)))
}
