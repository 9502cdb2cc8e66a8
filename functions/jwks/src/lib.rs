//! `GET /.well-known/jwks.json`: anybody asks for the public halves of the signing keys.

use lambda_http::Request;
use runtime::http::{Handled, ok_cacheable};
use service::keys;
use service::port::Verifies;

/// Answers one request.
///
/// # Errors
/// Only if the store is unavailable.
pub async fn handle(deps: &impl Verifies, _request: Request) -> Handled {
    Ok(ok_cacheable(&keys::run(deps).await?))
}
