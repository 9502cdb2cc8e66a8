//! `POST /validate`: a backend asks what became of the login behind a token.

use lambda_http::Request;
use protocol::wire::backend::ValidateRequest;
use runtime::http::{Handled, body, ok};
use runtime::{Config, caller};
use service::port::{Actions, Clock, Redeems, Tenants, Verifies};

/// Answers one request.
///
/// # Errors
/// The refusals of [`service::validate::run`]; a bad token is an answer, not an error.
pub async fn handle(
    deps: &(impl Tenants + Verifies + Redeems + Actions + Clock),
    config: &Config,
    request: Request,
) -> Handled {
    let key = caller::backend(&request)?;
    let request = body::<ValidateRequest>(&request);
    let presented = service::caller::accepted(deps, &key, request).await?.accept();
    Ok(ok(&service::validate::run(deps, &config.issuer, &key, &presented).await?))
}
