//! `POST /client/user-authenticators/{device,qr-code}/challenge/claim`: a phone claims the challenge that it scanned.

use lambda_http::Request;
use scanlatch_protocol::wire::device::{ClaimRequest, ClaimResponse};
use scanlatch_runtime::caller;
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_service::claim;

/// Answers one request.
pub async fn handle(deps: &impl claim::Deps, request: Request) -> Handled {
    let tenant = caller::tenant(&request)?;
    let signed = body::<ClaimRequest>(&request)?.accept()?.verify()?;
    let (challenge, user_custom) = claim::run(deps, &tenant, &signed).await?;
    Ok(ok(&ClaimResponse::new(challenge, user_custom)))
}
