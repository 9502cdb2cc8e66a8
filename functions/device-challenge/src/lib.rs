//! `POST /client/challenge`: a trusted device opens a challenge for itself.

use lambda_http::Request;
use protocol::wire::device::{OwnRequest, OwnResponse};
use runtime::http::{Handled, body, ok};
use runtime::{Config, caller, edge};
use service::own;
use service::port::{Actions, Clock, Creates, Entropy, Tenants, Verifies};

/// Answers one request.
///
/// # Errors
/// The refusals of [`own::run`].
pub async fn handle(
    deps: &(impl Tenants + Verifies + Actions + Creates + Clock + Entropy),
    config: &Config,
    request: Request,
) -> Handled {
    let device = caller::screen(&request)?;
    let wish = body::<OwnRequest>(&request)?.accept()?;
    let challenge = own::run(deps, &config.issuer, &device, wish, edge::context(&request, config)).await?;
    let nonce = deps.random().map_err(service::Error::from)?;
    Ok(ok(&OwnResponse::new(&challenge, &nonce)))
}
