//! `GET /challenges`: a backend asks what is pending.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::wire::challenge::{PendingQuery, PendingResponse};
use scanlatch_runtime::caller;
use scanlatch_runtime::http::{Handled, ok};
use scanlatch_service::challenges;
use scanlatch_service::port::{Challenges, Clock, Pending, Tenants};

/// Answers one request.
///
/// # Errors
/// The refusals of [`challenges::find`].
pub async fn handle(deps: &(impl Tenants + Challenges + Pending + Clock), request: Request) -> Handled {
    let tenant = scanlatch_service::caller::backend(deps, &caller::backend(&request)?).await?;
    let query = request.query_string_parameters();
    let text = |name: &str| query.first(name).map(str::to_owned);
    let query = PendingQuery {
        challenge: text("challengeId"),
        user: text("userId"),
        action: text("action"),
        method: text("verificationMethod"),
    };
    let found = match query.accept()? {
        Some(filter) => challenges::find(deps, &tenant, &filter).await?,
        None => None,
    };
    Ok(ok(&PendingResponse::from(found.as_ref())))
}
