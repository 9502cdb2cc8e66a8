//! `POST /client/challenge`: a trusted device opens a challenge for itself.

use lambda_http::Request;
use scanlatch_protocol::wire::device::{TrustedDeviceRequest, TrustedDeviceResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller, edge};
use scanlatch_service::trusted_device;

/// Answers one request.
pub async fn handle(deps: &impl trusted_device::Deps, config: &Config, request: Request) -> Handled {
    let device = caller::screen(&request)?;
    let params = body::<TrustedDeviceRequest>(&request)?.accept()?;
    let challenge =
        trusted_device::run(deps, &config.issuer, &device, caller::origin(&request), params, edge::viewer(&request))
            .await?;
    let nonce = deps.random().map_err(scanlatch_service::Error::from)?;
    Ok(ok(&TrustedDeviceResponse::new(&challenge, &nonce)))
}
