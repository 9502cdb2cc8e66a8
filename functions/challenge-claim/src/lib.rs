//! `POST /client/user-authenticators/{device,qr-code}/challenge/claim`: a phone claims the challenge that it scanned, or
//! whose short code its user typed.

use lambda_http::Request;
use scanlatch_protocol::wire::device::{Claim, ClaimRequest, ClaimResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{caller, edge};
use scanlatch_service::{claim, claim_by_code};

/// Answers one request.
pub async fn handle(deps: &(impl claim::Deps + claim_by_code::Deps), request: Request) -> Handled {
    let tenant = caller::tenant(&request)?;
    let seen = edge::request_sight(&request);
    match body::<ClaimRequest>(&request)?.accept()? {
        Claim::Scanned(signature) => {
            let claimed = claim::run(deps, &tenant, &signature.verify()?, seen).await?;
            Ok(ok(&ClaimResponse::new(claimed.challenge, claimed.user_custom, claimed.asks_number)))
        }
        Claim::Typed(signature) => {
            let claimed = claim_by_code::run(deps, &tenant, &signature.verify()?, seen).await?;
            Ok(ok(&ClaimResponse::with_id(claimed.challenge, claimed.user_custom, claimed.asks_number)))
        }
    }
}
