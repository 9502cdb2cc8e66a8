//! An application pushes its request before it sends the browser (RFC 9126).

use scanlatch_protocol::id::{SessionId, TenantId};
use scanlatch_protocol::openid::authorization::Destination;
use scanlatch_protocol::openid::client::{ClientProof, Grant};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;
use scanlatch_protocol::openid::request::{AuthorizationRequest, PUSHED_MS, RequestHandle, RequestState};

use crate::Result;
use crate::port::{Asks, Clients, Clock, Entropy, Tenants, Verifies, VerifiesRsa};
use crate::step::openid::{accepted, proven};

deps!(Tenants, Clients, Asks, Verifies, VerifiesRsa, Clock, Entropy);

/// Stores the request for [`PUSHED_MS`] and returns its handle.
///
/// # Errors
/// Those of [`scanlatch_protocol::openid::client::Client::check`], of [`Destination::of`], of
/// [`scanlatch_protocol::openid::authorization::Authorization::accept`] and of its `hinted`.
pub async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    proof: &ClientProof,
    parameters: &Parameters,
) -> Result<RequestHandle> {
    let (_, client) = proven(deps, tenant, proof, Some(Grant::AuthorizationCode)).await?;
    if parameters.get("request_uri").is_some() {
        return Err(OAuthError::InvalidRequest.because("A pushed request names no request_uri.").into());
    }
    let destination = Destination::of(parameters, &client)?;
    let asks = accepted(deps, issuer, parameters, &client, destination).await?;
    let handle = RequestHandle::from_random(deps.random()?);
    let request = AuthorizationRequest {
        id: handle.digest(),
        tenant: client.tenant,
        client: client.id,
        name: client.registration.name,
        asks,
        session: SessionId::from_random(deps.random()?),
        expires_at: deps.now().plus(PUSHED_MS),
        state: RequestState::Pushed,
    };
    deps.ask(&request).await?;
    Ok(handle)
}
