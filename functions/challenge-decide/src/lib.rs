//! `POST /client/user-authenticators/{device,qr-code}/challenge`: the phone that claimed approves or declines.

use lambda_http::Request;
use scanlatch_protocol::wire::device::{DecideRequest, DecideResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller};
use scanlatch_service::decide;

/// Answers one request.
pub async fn handle(deps: &impl decide::Deps, config: &Config, request: Request) -> Handled {
    let tenant = caller::tenant(&request)?;
    let (signature, decision, typed) = body::<DecideRequest>(&request)?.accept()?;
    let state = decide::run(deps, &config.issuer, &tenant, &signature.verify()?, decision, typed).await?;
    Ok(ok(&DecideResponse::from(&state)))
}
