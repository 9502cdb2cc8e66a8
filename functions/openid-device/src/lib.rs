//! `POST /t/{tenantId}/device_authorization` and `…/par`: an application asks before any browser comes.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::openid::device::DeviceGrant;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::short_code::ShortCode;
use scanlatch_protocol::wire::openid::{DeviceAuthorizationResponse, PushedResponse, seconds_until};
use scanlatch_runtime::http::{Handled, created, ok};
use scanlatch_runtime::oauth::{parameters, proof, tenant};
use scanlatch_runtime::{Config, edge};
use scanlatch_service::openid::{device, push};
use scanlatch_service::port::Clock;

/// Answers one request; the path says what is to be done.
pub async fn handle(deps: &(impl device::Deps + push::Deps), config: &Config, request: Request) -> Handled {
    let tenant = tenant(&request)?;
    let parameters = parameters(&request)?;
    let proof = proof(&request, &parameters)?;
    let issuer = OpenIdIssuer::of(&config.public_url, &tenant);
    if request.raw_http_path().ends_with("/par") {
        return Ok(created(&PushedResponse::from(&push::run(deps, &issuer, &tenant, &proof, &parameters).await?)));
    }
    let viewer = edge::viewer(&request);
    let (challenge, code, short_code) = device::run(deps, &tenant, &proof, &parameters, viewer).await?;
    let grant = DeviceGrant { challenge: challenge.id, code };
    let user_code = short_code.as_ref().map(ShortCode::shown).ok_or(Refusal::UnknownChallenge)?;
    let (phone, device) = (config.page("phone"), config.page("device"));
    let expires_in = seconds_until(challenge.expires_at, Clock::now(deps));
    Ok(ok(&DeviceAuthorizationResponse::new(&grant, user_code, (&phone, &device), expires_in)))
}
