//! Sessions that still serve, and the access tokens that lead to them.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{SessionId, TenantId, UserId};
use scanlatch_protocol::jwt::Token;
use scanlatch_protocol::session::{AccessToken, Session};
use scanlatch_protocol::user::User;

use crate::Result;
use crate::port::{Clock, Sessions, Users, Verifies};

/// An access token of `/sessions`, an expired one included.
///
/// # Errors
/// [`Refusal::InvalidToken`], also for a token of another tenant.
pub(crate) async fn session_token(
    deps: &(impl Verifies + Clock),
    base_url: &str,
    tenant: &TenantId,
    token: &str,
) -> Result<AccessToken> {
    let token = Token::read(token)?;
    let keys = deps.verifying_keys(Some(token.kid()), deps.now()).await?;
    let token = AccessToken::read(&token, &keys, base_url)?;
    if token.tenant == *tenant { Ok(token) } else { Err(Refusal::InvalidToken.into()) }
}

/// A session that is neither over nor ended, and its user.
///
/// # Errors
/// [`Refusal::InvalidToken`] and [`Refusal::ExpiredToken`].
pub(crate) async fn live(
    deps: &(impl Sessions + Users + Clock),
    tenant: &TenantId,
    user: &UserId,
    session: &SessionId,
) -> Result<(Session, User)> {
    let (session, user) = tokio::try_join!(deps.session(tenant, user, session), deps.user(tenant, user))?;
    let session = session.ok_or(Refusal::InvalidToken)?;
    session.check_live(user.as_ref(), deps.now())?;
    Ok((session, user.ok_or(Refusal::InvalidToken)?))
}
