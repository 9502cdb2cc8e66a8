//! `POST /validate`: a backend asks what became of the login behind a token.

use lambda_http::Request;
use scanlatch_protocol::wire::backend::{ValidateRequest, ValidateResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller};
use scanlatch_service::authenticate;
use scanlatch_service::validate;

/// Answers one request.
///
/// # Errors
/// The refusals of [`validate::run`]; a bad token is an answer, not an error.
pub async fn handle(deps: &impl validate::Deps, config: &Config, request: Request) -> Handled {
    let key = caller::secret_key(&request)?;
    let request = body::<ValidateRequest>(&request);
    let (token, expected) = authenticate::accepted(deps, &key, request).await?.accept();
    let validation = validate::run(deps, &config.issuer, &key, &token, &expected).await?;
    Ok(ok(&ValidateResponse::from(&validation)))
}
