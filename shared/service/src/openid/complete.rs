//! The login page brings the approval.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Door};
use scanlatch_protocol::id::{ClientId, SessionId, TenantId};
use scanlatch_protocol::jwt::Token;
use scanlatch_protocol::openid::client::BROWSER;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::request::{AuthorizationRequest, BrowserSecret, Login, RequestEvent, RequestHandle};
use scanlatch_protocol::openid::token::BrowserSession;
use scanlatch_protocol::session::Session;
use scanlatch_protocol::token::{Issuer, ResultToken};

use crate::measure;
use crate::port::{
    Answers, AuthorizationRequests, Begins, Challenges, Clients, Clock, Redeems, Signs, Tenants, Users, Verifies,
};
use crate::step::openid::{granted, requested};
use crate::{Error, Result};

deps!(Tenants, Clients, AuthorizationRequests, Answers, Challenges, Redeems, Begins, Users, Verifies, Signs, Clock);

/// Where the browser goes, and the cookie of its session from now on.
pub struct Completed {
    /// Back to the application, with a code.
    pub to: String,
    /// The cookie's value.
    pub cookie: String,
    /// How long the cookie serves, in seconds.
    pub max_age_s: i64,
}

impl std::fmt::Debug for Completed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Redeems the approval and gives the request its code. It may be repeated, and then gives the same code.
///
/// # Errors
/// Those of a page that may not answer the request; [`Refusal::InvalidToken`] for the approval of another challenge than
/// the request's, and [`Refusal::ExpiredToken`].
pub async fn run(
    deps: &impl Deps,
    (issuer, provider): (&Issuer, &OpenIdIssuer),
    tenant: &TenantId,
    (handle, browser): (&RequestHandle, &BrowserSecret),
    token: &str,
) -> Result<Completed> {
    let now = deps.now();
    let token = Token::read(token)?;
    let token = ResultToken::verify(&token, &*deps.verifying_keys(Some(token.kid()), now).await?, issuer, now)?;
    measure::challenge(&token.challenge);
    let challenge = async { Ok(deps.challenge(tenant, &token.challenge).await?) };
    let user = async { Ok(deps.user(tenant, &token.user).await?) };
    let ((tenant, request), challenge, user) = tokio::try_join!(requested(deps, tenant, handle), challenge, user)?;
    // An approval is spent only for the page that it was given to.
    request.check_completes(&browser.digest(), now)?;
    if token.tenant != tenant.id {
        return Err(Refusal::InvalidToken.into());
    }
    let challenge = challenge.filter(|challenge| is_for(challenge, &request)).ok_or(Refusal::InvalidToken)?;
    let approval = challenge.approval().ok_or(Refusal::InvalidToken)?;
    let user = user.filter(|user| user.id == approval.by().user && request.asks.allows(&user.id));
    let user = user.ok_or(Refusal::InvalidToken)?;
    let login = Login {
        user: user.id,
        credential: approval.by().credential,
        at_ms: approval.at().millis(),
        epoch: user.session_epoch,
        action: challenge.action.clone(),
        idempotency_key: challenge.idempotency_key.clone(),
    };
    let session = Session {
        id: SessionId::of(&challenge.id),
        tenant: tenant.id,
        user: login.user.clone(),
        client: ClientId::parse(BROWSER)?,
        credential: login.credential,
        epoch: login.epoch,
        generation: 0,
        created_at: now,
        refreshed_at: now,
        expires_at: now.plus(tenant.settings.browser_session_lifetime_ms),
        revoked_at: None,
    };
    let authorize = RequestEvent::Authorize(browser.digest(), login.clone());
    let action = login.action_name(&tenant.id);
    // The browser learns the code only if all of them succeed.
    let outcome = tokio::try_join!(
        deps.redeem(&tenant.id, &challenge.id, None, now),
        deps.begin(&session, &action),
        deps.answer(&request, &authorize, now),
        async { Ok(deps.client(&tenant.id, &request.client).await?) },
        async { Ok(deps.signing_key(now).await?) },
    );
    let ((redeemed, first_use), begun, authorized, client, key) = outcome.map_err(|error| match error {
        Error::Refused(Refusal::OtherAction | Refusal::NotApproved) => Refusal::InvalidToken.into(),
        other => other,
    })?;
    // Its operator may have removed the application or its address meanwhile.
    client.filter(|client| request.asks.destination.is_of(client)).ok_or(Refusal::UnknownClient)?;
    measure::redeemed(&redeemed, first_use);
    if begun.client != session.client {
        return Err(Refusal::InvalidToken.into());
    }
    let to = granted(provider, &authorized, &key).ok_or(Refusal::NotApproved)?;
    let cookie = BrowserSession { session: begun.id, login }.sign(&key, provider, begun.expires_at);
    Ok(Completed { to, cookie, max_age_s: begun.expires_at.seconds() - now.seconds() })
}

/// Whether the challenge was made for this request. Another page's approval is no login here.
fn is_for(challenge: &Challenge, request: &AuthorizationRequest) -> bool {
    let door = challenge.application.as_ref().map(|application| &application.door);
    door == Some(&Door::Login { request: request.id.to_text() })
}
