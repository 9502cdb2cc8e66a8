//! `POST /client/verify/{device,in-app}`: a trusted device signs the challenge that it opened for itself.

use lambda_http::Request;
use scanlatch_protocol::wire::device::{VerifyRequest, VerifyResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller};
use scanlatch_service::verify;

/// Answers one request.
pub async fn handle(deps: &impl verify::Deps, config: &Config, request: Request) -> Handled {
    let device = caller::screen(&request)?;
    let signed = body::<VerifyRequest>(&request)?.accept()?.verify()?;
    let verified = verify::run(deps, &config.issuer, &device, &signed).await?;
    Ok(ok(&VerifyResponse::new(verified.token, &verified.holder, verified.username)))
}
