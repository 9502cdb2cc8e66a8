//! `GET /challenges`: a backend asks what is pending.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::wire::challenge::{PendingQuery, PendingResponse};
use scanlatch_runtime::caller;
use scanlatch_runtime::http::{Handled, ok};
use scanlatch_service::find;
use scanlatch_service::port::Tenants;

/// Answers one request.
pub async fn handle(deps: &(impl Tenants + find::Deps), request: Request) -> Handled {
    let tenant = caller::backend(deps, &request).await?;
    let query = request.query_string_parameters();
    let text = |name: &str| query.first(name).map(str::to_owned);
    let query = PendingQuery {
        challenge: text("challengeId"),
        user: text("userId"),
        action: text("action"),
        method: text("verificationMethod"),
    };
    let found = match query.accept()? {
        Some(filter) => find::run(deps, &tenant, &filter).await?,
        None => None,
    };
    Ok(ok(&PendingResponse::from(found.as_ref())))
}
