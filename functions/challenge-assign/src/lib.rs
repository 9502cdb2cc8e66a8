//! `POST /claim`: a backend takes a challenge for one of its users.

use lambda_http::Request;
use scanlatch_protocol::wire::challenge::{ClaimRequest, ClaimResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller};
use scanlatch_service::challenges;
use scanlatch_service::port::{Actions, Binds, Challenges, Clock, Entropy, MakesKeys, Redeems, Tenants, Tracks};

/// Answers one request.
///
/// # Errors
/// The refusals of [`challenges::take`].
pub async fn handle(
    deps: &(impl Tenants + Challenges + Actions + Binds + Redeems + Tracks + MakesKeys + Clock + Entropy),
    config: &Config,
    request: Request,
) -> Handled {
    let tenant = scanlatch_service::caller::backend(deps, &caller::backend(&request)?).await?;
    let taken = body::<ClaimRequest>(&request)?.accept()?;
    Ok(ok(&ClaimResponse::new(challenges::take(deps, &config.issuer, &tenant, &taken).await?)))
}
