//! An application asks about the user of its access token (OpenID Connect Core section 5.3).

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{TenantId, UserId};
use scanlatch_protocol::openid::claims::UserClaims;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::scope::OPENID;
use scanlatch_protocol::openid::signed::Presented;
use scanlatch_protocol::openid::token::OpenIdAccess;

use crate::port::{Clients, Clock, Sessions, Users, Verifies, VerifiesRsa};
use crate::step::live::live;
use crate::step::openid::checked;
use crate::{Error, Result};

deps!(Clients, Sessions, Users, Verifies, VerifiesRsa, Clock);

/// The user, and what the token's scopes let the application know. It is as the backend says now, and a session that was
/// ended is noticed.
///
/// # Errors
/// [`OAuthError::InvalidToken`] and [`OAuthError::InsufficientScope`].
pub async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    token: &str,
) -> Result<(UserId, UserClaims)> {
    told(deps, issuer, tenant, token).await.map_err(|error| match error {
        Error::Refused(Refusal::InvalidToken | Refusal::ExpiredToken | Refusal::Malformed { .. }) => {
            OAuthError::InvalidToken.because("The access token is wrong, expired or revoked.").into()
        }
        other => other,
    })
}

async fn told(deps: &impl Deps, issuer: &OpenIdIssuer, tenant: &TenantId, token: &str) -> Result<(UserId, UserClaims)> {
    let token = Presented::read(token)?;
    let token = OpenIdAccess::read(&token, checked(deps, &token).await?, issuer)?;
    if deps.now() >= token.expires_at {
        return Err(Refusal::ExpiredToken.into());
    }
    if !token.scopes.has(OPENID) {
        return Err(OAuthError::InsufficientScope.because("The access token lacks the scope openid.").into());
    }
    let client = async { Ok(deps.client(tenant, &token.client).await?) };
    let ((_, user), client) = tokio::try_join!(live(deps, tenant, &token.user, &token.session), client)?;
    client.ok_or(Refusal::InvalidToken)?;
    Ok((token.user, UserClaims::of(&user, &token.scopes)))
}
