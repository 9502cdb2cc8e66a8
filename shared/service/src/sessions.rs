//! A backend keeps its users logged in.

use std::sync::Arc;

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::UserId;
use scanlatch_protocol::jwt::Token;
use scanlatch_protocol::session::{AccessToken, LiveSession, NewSession, RefreshToken, Session, SessionTokens};
use scanlatch_protocol::signing::VerifyingKeys;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::token::{Issuer, ResultToken};

use crate::measure::{self, Measure};
use crate::port::{Begins, Clock, Ends, Redeems, Refreshes, Sessions, Signs, Users, Verifies};
use crate::step::live::{live, session_token};
use crate::step::taking::check_takes;
use crate::{Error, Result};

deps!(Verifies, Redeems, Begins, Users, Signs, Clock, Sessions, Refreshes, Ends);

/// Who issues a session's tokens.
#[derive(Clone, Copy, Debug)]
pub struct Issuing<'a> {
    /// Issues refresh tokens.
    pub issuer: &'a Issuer,
    /// The base URL that SDKs are given. It is part of the issuer of access tokens.
    pub base_url: &'a str,
}

/// Begins a session with the approval of a result token. One approval begins one session. A repeated call returns the
/// same tokens until the session is refreshed.
///
/// # Errors
/// [`Refusal::UnknownClient`], [`Refusal::InvalidToken`] and [`Refusal::ExpiredToken`].
pub async fn begin(deps: &impl Deps, by: Issuing<'_>, tenant: &Tenant, beginning: NewSession) -> Result<SessionTokens> {
    if !tenant.settings.session_clients.contains(&beginning.client) {
        return Err(Refusal::UnknownClient.into());
    }
    let now = deps.now();
    let token = Token::read(&beginning.token)?;
    let token = ResultToken::verify(&token, &*keys_for(deps, &token).await?, by.issuer, now)?;
    if token.tenant != tenant.id {
        return Err(Refusal::InvalidToken.into());
    }
    check_takes(tenant, &token.action, beginning.action.as_ref())?;
    measure::challenge(&token.challenge);
    let redeemed = deps.redeem(&tenant.id, &token.challenge, beginning.action.as_ref(), now);
    let user = async { Ok(deps.user(&tenant.id, &token.user).await?) };
    let ((challenge, first_use), user) = tokio::try_join!(redeemed, user).map_err(|error| match error {
        Error::Refused(Refusal::OtherAction | Refusal::NotApproved) => Refusal::InvalidToken.into(),
        other => other,
    })?;
    measure::redeemed(&challenge, first_use);
    // An application's login is no login at a backend.
    let may_count = challenge.check_may_count(&tenant.settings.rules(challenge.counts_for())).is_ok();
    let approval = challenge.approval().filter(|_| challenge.application.is_none() && may_count);
    let holder = approval.ok_or(Refusal::InvalidToken)?.by();
    let user = user.filter(|user| user.id == holder.user).ok_or(Refusal::InvalidToken)?;
    let session = Session {
        id: scanlatch_protocol::id::SessionId::of(&challenge.id),
        tenant: tenant.id,
        user: holder.user.clone(),
        client: beginning.client,
        credential: holder.credential,
        epoch: user.session_epoch,
        generation: 0,
        created_at: now,
        refreshed_at: now,
        expires_at: now.plus(tenant.settings.session_lifetime_ms),
        revoked_at: None,
    };
    let begun = deps.begin(&session, &challenge.action_of(&holder.user)).await?;
    begun.check_live(Some(&user), now)?;
    if begun.client != session.client || begun.generation > 0 {
        return Err(Refusal::InvalidToken.into());
    }
    measure::count_if(begun.created_at == now, Measure::SessionsBegun);
    tokens(deps, by, tenant, &begun).await
}

/// The live session of an access token. The token must be for one of `clients`: any if absent, none if empty.
///
/// # Errors
/// [`Refusal::InvalidToken`] and [`Refusal::ExpiredToken`].
pub async fn validate(
    deps: &impl Deps,
    by: Issuing<'_>,
    tenant: &Tenant,
    token: &str,
    clients: Option<&[String]>,
) -> Result<LiveSession> {
    let token = session_token(deps, by.base_url, &tenant.id, token).await?;
    token.check_serving(deps.now())?;
    if clients.is_some_and(|expected| !expected.contains(&token.client)) {
        return Err(Refusal::InvalidToken.into());
    }
    let (session, user) = live(deps, &tenant.id, &token.user, &token.session).await?;
    Ok(LiveSession { session, token, user })
}

/// New tokens for a refresh token.
///
/// # Errors
/// [`Refusal::InvalidToken`], also for a token that was copied, and [`Refusal::ExpiredToken`].
pub async fn refresh(deps: &impl Deps, by: Issuing<'_>, tenant: &Tenant, token: &str) -> Result<SessionTokens> {
    let token = Token::read(token)?;
    let token = RefreshToken::read(&token, &*keys_for(deps, &token).await?, by.issuer)?;
    if token.tenant != tenant.id {
        return Err(Refusal::InvalidToken.into());
    }
    let session = deps.refresh(&tenant.id, &token.user, &token.session, token.generation, deps.now()).await?;
    if session.revoked_at.is_some() {
        measure::count(Measure::RefreshTokensCopied);
        tracing::warn!(session = %session.id, "a refresh token was used twice; its session ended");
        return Err(Refusal::InvalidToken.into());
    }
    measure::count(Measure::SessionsRefreshed);
    tokens(deps, by, tenant, &session).await
}

/// Ends the session of an access token, which may have expired.
///
/// # Errors
/// [`Refusal::InvalidToken`].
pub async fn end(deps: &impl Deps, by: Issuing<'_>, tenant: &Tenant, token: &str) -> Result<()> {
    let token = session_token(deps, by.base_url, &tenant.id, token).await?;
    Ok(deps.end(&tenant.id, &token.user, &token.session, deps.now()).await?)
}

/// Ends all sessions of a user.
pub async fn end_all(deps: &impl Deps, tenant: &Tenant, user: &UserId) -> Result<()> {
    Ok(deps.end_all(&tenant.id, user).await?)
}

async fn keys_for(deps: &(impl Verifies + Clock), token: &Token<'_>) -> Result<Arc<VerifyingKeys>> {
    Ok(deps.verifying_keys(Some(token.kid()), deps.now()).await?)
}

async fn tokens(
    deps: &(impl Signs + Clock),
    by: Issuing<'_>,
    tenant: &Tenant,
    session: &Session,
) -> Result<SessionTokens> {
    let key = deps.signing_key(deps.now()).await?;
    let access = AccessToken::sign(session, &key, by.base_url, tenant.settings.access_token_lifetime_ms);
    Ok(SessionTokens { access, refresh: RefreshToken::sign(session, &key, by.issuer) })
}
