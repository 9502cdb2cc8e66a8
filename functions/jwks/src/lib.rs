//! `GET /.well-known/jwks.json`: anybody asks for the public halves of the signing keys.

use lambda_http::Request;
use runtime::http::{Handled, ok, ok_cacheable};
use service::keys;
use service::port::{Clock, Verifies};

/// Answers one request.
///
/// # Errors
/// Only if the store is unavailable.
pub async fn handle(deps: &(impl Verifies + Clock), _request: Request) -> Handled {
    let keys = keys::run(deps).await?;
    // Before the first token was signed there is nothing worth keeping.
    Ok(if keys.is_empty() { ok(&keys) } else { ok_cacheable(&keys) })
}
