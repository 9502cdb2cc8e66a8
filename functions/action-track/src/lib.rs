//! `POST /users/{userId}/actions/{action}`: a backend names a user and gets the token that acts for them.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::wire::backend::{TrackRequest, TrackResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller, path};
use scanlatch_service::authenticate;
use scanlatch_service::track;

/// Answers one request.
pub async fn handle(deps: &impl track::Deps, config: &Config, request: Request) -> Handled {
    let key = caller::secret_key(&request)?;
    let named = request.path_parameters();
    let (user, action) = (named.first("userId").unwrap_or_default(), named.first("action").unwrap_or_default());
    let tracked = path::exact(&request).and_then(|()| body::<TrackRequest>(&request)?.accept(user, action));
    let tracked = authenticate::accepted(deps, &key, tracked).await?;
    let outcome = track::run(deps, &config.issuer, &key, tracked).await?;
    // SDKs append `&mode=…`, so the link must contain a `?`; there is no hosted page behind it.
    let url = format!("{}/no-hosted-page?action={}", config.public_url, outcome.action.name.code);
    Ok(ok(&TrackResponse::new(&outcome.action, outcome.token, url, &outcome.user)))
}
