//! An API of the tenant's asks whether the access token of a call serves. It knows of a revocation.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{SessionId, TenantId, UserId};
use scanlatch_protocol::jwt::{Kind, Token};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::scope::Scopes;
use scanlatch_protocol::openid::signed::Presented;
use scanlatch_protocol::openid::token::OpenIdAccess;
use scanlatch_protocol::time::Timestamp;

use crate::port::{Clock, Sessions, Tenants, Users, Verifies, VerifiesRsa};
use crate::step::authenticate;
use crate::step::live::{live, session_token};
use crate::step::openid::checked;
use crate::{Error, Result};

deps!(Tenants, Sessions, Users, Verifies, VerifiesRsa, Clock);

/// What a token needs so that it serves at this API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The clients whose tokens serve; those of any client if empty.
    pub clients: Vec<String>,
    /// The scopes that it must have, all of them. Tokens of sessions have none.
    pub scopes: Scopes,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The user.
    pub user: UserId,
    /// The application.
    pub client: String,
    /// The session.
    pub session: SessionId,
    /// What the application may know; none for a session's token.
    pub scopes: Scopes,
    expires_at: Timestamp,
}

/// Who calls with this access token, of `/sessions` or of the OpenID provider.
///
/// # Errors
/// [`Refusal::InvalidToken`], also for another client's token and where the tenant is disabled,
/// [`Refusal::ExpiredToken`], and [`OAuthError::InsufficientScope`].
pub async fn run(deps: &impl Deps, base_url: &str, tenant: &TenantId, needs: &Needs, token: &str) -> Result<Admitted> {
    let admitted = presented(deps, base_url, tenant, token).await.map_err(plain)?;
    if deps.now() >= admitted.expires_at {
        return Err(Refusal::ExpiredToken.into());
    }
    if !needs.clients.is_empty() && !needs.clients.contains(&admitted.client) {
        return Err(Refusal::InvalidToken.into());
    }
    if !needs.scopes.is_within(&admitted.scopes) {
        return Err(OAuthError::InsufficientScope
            .because("The access token lacks a scope that this API needs.")
            .into());
    }
    let stands = async { authenticate::enabled(deps.tenant(tenant).await?).map_err(plain) };
    tokio::try_join!(stands, live(deps, tenant, &admitted.user, &admitted.session))?;
    Ok(admitted)
}

/// What a token says, revoked or not. The two kinds have issuers of their own, so no token is both.
async fn presented(
    deps: &(impl Verifies + VerifiesRsa + Clock),
    base_url: &str,
    tenant: &TenantId,
    text: &str,
) -> Result<Admitted> {
    if Token::read(text).is_ok_and(|token| token.kind() == Kind::Access) {
        match session_token(deps, base_url, tenant, text).await {
            Ok(token) => {
                return Ok(Admitted {
                    user: token.user,
                    client: token.client,
                    session: token.session,
                    scopes: Scopes::default(),
                    expires_at: token.expires_at,
                });
            }
            // The provider signs some of its access tokens with the same keys.
            Err(Error::Refused(_)) => {}
            Err(unavailable) => return Err(unavailable),
        }
    }
    let token = Presented::read(text)?;
    let token = OpenIdAccess::read(&token, checked(deps, &token).await?, &OpenIdIssuer::of(base_url, tenant))?;
    Ok(Admitted {
        user: token.user,
        client: token.client.to_string(),
        session: token.session,
        scopes: token.scopes,
        expires_at: token.expires_at,
    })
}

/// A caller learns only that the token is wrong.
fn plain(error: Error) -> Error {
    match error {
        Error::Refused(_) => Refusal::InvalidToken.into(),
        unavailable @ Error::Unavailable(_) => unavailable,
    }
}
