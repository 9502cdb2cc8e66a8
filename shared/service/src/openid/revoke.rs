//! An application gives a token back (RFC 7009).

use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::openid::client::ClientProof;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;

use crate::Result;
use crate::port::{Clients, Clock, Ends, Tenants, Verifies, VerifiesRsa};
use crate::step::openid::{Held, held, proven, token_of};

deps!(Tenants, Clients, Ends, Verifies, VerifiesRsa, Clock);

/// Ends the session of an access token or refresh token, expired ones included. A text that is neither is done with already.
///
/// # Errors
/// Those of [`scanlatch_protocol::openid::client::Client::check`], and [`OAuthError::UnauthorizedClient`] for another
/// application's token.
pub async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    proof: &ClientProof,
    parameters: &Parameters,
) -> Result<()> {
    let (_, client) = proven(deps, tenant, proof, None).await?;
    let (owner, user, session) = match held(deps, issuer, token_of(parameters)?).await? {
        None => return Ok(()),
        Some(Held::Access(token)) => (token.client, token.user, token.session),
        Some(Held::Refresh(token)) => (token.client, token.user, token.session),
    };
    if owner != client.id {
        return Err(OAuthError::UnauthorizedClient.because("The token is another application's.").into());
    }
    Ok(deps.end(tenant, &user, &session, deps.now()).await?)
}
