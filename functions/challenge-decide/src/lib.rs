//! `POST /client/user-authenticators/{device,qr-code}/challenge`: the phone that claimed approves or declines.

use lambda_http::Request;
use scanlatch_protocol::wire::device::{DecideRequest, DecideResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller};
use scanlatch_service::decide;
use scanlatch_service::port::{Challenges, Clock, Credentials, Decides, Pushes, Settles, Signs, Tenants};

/// Answers one request.
///
/// # Errors
/// The refusals of [`decide::run`].
pub async fn handle(
    deps: &(impl Tenants + Credentials + Challenges + Decides + Settles + Signs + Pushes + Clock),
    config: &Config,
    request: Request,
) -> Handled {
    let tenant = caller::tenant(&request)?;
    let (signature, decision) = body::<DecideRequest>(&request)?.accept()?;
    let state = decide::run(deps, &config.issuer, &tenant, &signature.verify()?, decision).await?;
    Ok(ok(&DecideResponse::from(&state)))
}
