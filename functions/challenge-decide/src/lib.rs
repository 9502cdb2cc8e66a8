//! `POST /client/user-authenticators/{device,qr-code}/challenge`: the phone that claimed approves or declines.

use lambda_http::Request;
use protocol::wire::device::{DecideRequest, DecideResponse};
use runtime::http::{Handled, body, ok};
use runtime::{Config, caller};
use service::decide;
use service::port::{Challenges, Clock, Credentials, Decides, Entropy, Pushes, Settles, Signs, Tenants};

/// Answers one request.
///
/// # Errors
/// The refusals of [`decide::run`].
pub async fn handle(
    deps: &(impl Tenants + Credentials + Challenges + Decides + Settles + Signs + Pushes + Clock + Entropy),
    config: &Config,
    request: Request,
) -> Handled {
    let tenant = caller::tenant(&request)?;
    let (signed, decision) = body::<DecideRequest>(&request)?.accept()?;
    let state = decide::run(deps, &config.issuer, &tenant, &signed, decision).await?;
    Ok(ok(&DecideResponse::from(&state)))
}
