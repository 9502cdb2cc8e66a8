//! A device without a keyboard asks (RFC 8628 section 3.1).

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Application, ChallengeParams, Door};
use scanlatch_protocol::context::Viewer;
use scanlatch_protocol::id::{ActionCode, TenantId};
use scanlatch_protocol::openid::OPENID_ACTION;
use scanlatch_protocol::openid::client::{ClientProof, Grant};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::parameters::Parameters;
use scanlatch_protocol::openid::scope::Scopes;

use crate::port::{Before, Clients, Clock, Creates, Entropy, Tenants};
use crate::step::openid::proven;
use crate::step::opening::{Polling, polling};
use crate::{Error, Result};

deps!(Tenants, Clients, Creates, Clock, Entropy);

/// Makes a challenge with a short code for the device.
///
/// # Errors
/// Those of [`scanlatch_protocol::openid::client::Client::check`], and
/// [`OAuthError::InvalidScope`], and [`OAuthError::UnauthorizedClient`] where the tenant demands a number.
pub async fn run(
    deps: &impl Deps,
    tenant: &TenantId,
    proof: &ClientProof,
    parameters: &Parameters,
    viewer: Viewer,
) -> Result<Polling> {
    let (tenant, client) = proven(deps, tenant, proof, Some(Grant::DeviceCode)).await?;
    let asked = Scopes::parse(parameters.get("scope").unwrap_or_default())?;
    let scopes = client.grantable(&asked);
    let application = Application { client: client.id, name: client.registration.name, door: Door::Device { scopes } };
    let params = ChallengeParams {
        action: ActionCode::parse(OPENID_ACTION)?,
        custom: application.as_custom(),
        short_code: true,
        // A device shows what its application makes of the answer of RFC 8628, which has no number.
        shows_number: false,
        overlaps: false,
    };
    let opened = polling(deps, &tenant, &Before::default(), params, viewer, Some(application)).await;
    opened.map_err(|error| match error {
        Error::Refused(Refusal::NumberNotShown) => OAuthError::UnauthorizedClient
            .because("This tenant demands a number that a device cannot show, so no device logs in.")
            .into(),
        other => other,
    })
}
