//! `POST /client/challenge/qr-code`: a screen asks for a challenge that it will poll.

use lambda_http::Request;
use protocol::wire::display::{CreateRequest, CreateResponse};
use runtime::http::{Handled, body, ok};
use runtime::{Config, caller, edge};
use service::create;
use service::port::{Actions, Clock, Creates, Entropy, Tenants, Verifies};

/// Answers one request.
///
/// # Errors
/// The refusals of [`create::run`].
pub async fn handle(
    deps: &(impl Tenants + Verifies + Actions + Creates + Clock + Entropy),
    config: &Config,
    request: Request,
) -> Handled {
    let screen = caller::screen(&request)?;
    let wish = body::<CreateRequest>(&request)?.accept()?;
    let context = edge::context(&request, config);
    let (challenge, code) = create::run(deps, &config.issuer, &screen, caller::origin(&request), wish, context).await?;
    Ok(ok(&CreateResponse::new(&challenge, &code)))
}
