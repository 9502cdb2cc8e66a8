//! `POST /client/verify/qr-code`: a screen asks how its challenge stands.

use lambda_http::Request;
use protocol::wire::display::{PollRequest, PollResponse};
use runtime::http::{Handled, body, ok};
use runtime::{Config, caller};
use service::poll;
use service::port::{Challenges, Clock, Polls, Signs, Tenants};

/// Answers one request.
///
/// # Errors
/// The refusals of [`poll::run`].
pub async fn handle(
    deps: &(impl Tenants + Challenges + Polls + Signs + Clock),
    config: &Config,
    request: Request,
) -> Handled {
    let tenant = caller::tenant(&request)?;
    let (id, code) = body::<PollRequest>(&request)?.accept()?;
    let standing = poll::run(deps, &config.issuer, &tenant, &id, &code).await?;
    Ok(ok(&PollResponse::from(standing)))
}
