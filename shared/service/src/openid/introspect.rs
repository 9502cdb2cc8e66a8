//! An application asks whether a token of its own still serves (RFC 7662).

use scanlatch_protocol::id::{SessionId, TenantId, UserId};
use scanlatch_protocol::openid::client::{Client, ClientProof, unknown_client};
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;
use scanlatch_protocol::openid::scope::Scopes;
use scanlatch_protocol::time::Timestamp;

use crate::Result;
use crate::port::{Clients, Clock, Sessions, Tenants, Users, Verifies, VerifiesRsa};
use crate::step::openid::{Held, held, proven, token_of};

deps!(Tenants, Clients, Sessions, Users, Verifies, VerifiesRsa, Clock);

/// What is told of a token that serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Active {
    /// Whose.
    pub user: UserId,
    /// Its session.
    pub session: SessionId,
    /// What the application may know.
    pub scopes: Scopes,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// `token_type`; absent for a refresh token.
    pub token_type: Option<&'static str>,
    /// Its id; absent for a refresh token.
    pub id: Option<String>,
}

/// What the token says, if it serves now; `None` for any other text, another application's token included. An application
/// without a secret cannot prove that it is one, so it is told nothing.
///
/// # Errors
/// Those of [`Client::check`], and [`scanlatch_protocol::openid::fault::OAuthError::InvalidRequest`].
pub async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    proof: &ClientProof,
    parameters: &Parameters,
) -> Result<Option<Active>> {
    let (_, client) = proven(deps, tenant, proof, None).await?;
    if client.is_public() {
        return Err(unknown_client().into());
    }
    let now = deps.now();
    let Some(held) = held(deps, issuer, token_of(parameters)?).await? else { return Ok(None) };
    let generation = if let Held::Refresh(token) = &held { Some(token.generation) } else { None };
    let Some(active) = active(held, &client, now) else { return Ok(None) };
    let (session, user) =
        tokio::try_join!(deps.session(tenant, &active.user, &active.session), deps.user(tenant, &active.user))?;
    let is_current = |current: u32| generation.is_none_or(|generation| generation == current);
    let is_live =
        session.is_some_and(|session| is_current(session.generation) && session.check_live(user.as_ref(), now).is_ok());
    Ok(is_live.then_some(active))
}

/// What a token says that is this application's and has not expired.
fn active(held: Held, client: &Client, now: Timestamp) -> Option<Active> {
    let (owner, active) = match held {
        Held::Access(token) => (
            token.client,
            Active {
                user: token.user,
                session: token.session,
                scopes: token.scopes,
                issued_at: token.issued_at,
                expires_at: token.expires_at,
                token_type: Some("Bearer"),
                id: Some(token.id),
            },
        ),
        Held::Refresh(token) => (
            token.client,
            Active {
                user: token.user,
                session: token.session,
                scopes: token.scopes,
                issued_at: token.issued_at,
                expires_at: token.expires_at,
                token_type: None,
                id: None,
            },
        ),
    };
    (owner == client.id && now < active.expires_at).then_some(active)
}
