//! Authorization requests, their exchange, and the pace of devices that poll.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Decision};
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::id::{ChallengeId, ClientId, CredentialId, SessionId, TenantId};
use scanlatch_protocol::openid::authorization::{Authorization, Destination, Prompt};
use scanlatch_protocol::openid::device::TOO_SOON_MS;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::request::{
    AuthorizationRequest, CODE_MS, Login, OPEN_MS, RequestEvent, RequestHandle, RequestState,
};
use scanlatch_protocol::openid::scope::Scopes;
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::session::Session;
use scanlatch_service::port::Exchanged;

use super::sessions::session;
use crate::scene::{at, challenge, create, decided, fresh, refusal, tenant};
use crate::store::Store;

/// A request that no browser has taken up, not stored.
pub(crate) fn pushed(tenant: TenantId) -> AuthorizationRequest {
    AuthorizationRequest {
        id: RequestHandle::from_random(fresh()).digest(),
        tenant,
        client: ClientId::parse("grafana").unwrap(),
        name: "Grafana".to_owned(),
        asks: Authorization {
            destination: Destination { redirect_uri: "https://app.example/cb".to_owned(), state: Some("s".to_owned()) },
            scopes: Scopes::parse("openid email").unwrap(),
            nonce: Some("n".to_owned()),
            code_challenge: None,
            prompt: Prompt::Always,
            max_age_ms: Some(5),
            login_hint: None,
            id_token_hint: None,
            ui_locales: None,
        },
        session: SessionId::from_random(fresh()),
        expires_at: at(60_000),
        state: RequestState::Pushed,
    }
}

fn browser(n: u8) -> Digest {
    Digest::of(&[n])
}

fn login(approved: &Challenge, phone: &Credential) -> Login {
    Login {
        user: phone.user.clone(),
        credential: phone.id,
        at_ms: at(1_000).millis(),
        epoch: 0,
        action: approved.action.clone(),
        idempotency_key: approved.idempotency_key.clone(),
    }
}

/// A stored request whose person has logged in by an approval, with all that its exchange needs.
pub(crate) struct Authorized {
    pub(crate) request: AuthorizationRequest,
    pub(crate) login: Login,
    pub(crate) session: Session,
}

pub(crate) async fn authorized(store: &impl Store) -> Authorized {
    let (approved, phone) = decided(store, Decision::Approve).await;
    let login = login(&approved, &phone);
    let asked = pushed(approved.tenant);
    store.ask(&asked).await.unwrap();
    let opened = store.answer(&asked, &RequestEvent::Open(browser(1)), at(1_000)).await.unwrap();
    let authorize = RequestEvent::Authorize(browser(1), login.clone());
    let request = store.answer(&opened, &authorize, at(2_000)).await.unwrap();
    let session = Session { id: request.session, client: request.client.clone(), ..session(&approved, &phone) };
    Authorized { request, login, session }
}

async fn stored(store: &impl Store, request: &AuthorizationRequest) -> Option<AuthorizationRequest> {
    store.authorization_request(&request.tenant, &request.id).await.unwrap()
}

async fn begun(store: &impl Store, session: &Session) -> Option<Session> {
    store.session(&session.tenant, &session.user, &session.id).await.unwrap()
}

async fn exchange(store: &impl Store, all: &Authorized, millis: i64) -> scanlatch_service::Result<Exchanged> {
    store.exchange(&all.request, &all.login, &all.session, at(millis)).await
}

/// Another tenant does not have it.
pub async fn a_request_comes_back_as_it_was_asked(store: &impl Store) {
    let request = pushed(tenant());
    assert_eq!(stored(store, &request).await, None);
    store.ask(&request).await.unwrap();
    assert_eq!(stored(store, &request).await, Some(request.clone()));
    assert_eq!(store.authorization_request(&tenant(), &request.id).await.unwrap(), None);
}

/// Each step is stored.
pub async fn a_request_goes_from_step_to_step(store: &impl Store) {
    let all = authorized(store).await;
    assert_eq!(stored(store, &all.request).await, Some(all.request.clone()));
    assert_eq!(all.request.expires_at, at(1_000 + OPEN_MS));
    assert!(matches!(all.request.state, RequestState::Authorized { .. }));
}

/// What another browser read is stale.
pub async fn one_of_two_browsers_takes_a_pushed_request_up(store: &impl Store) {
    let request = pushed(tenant());
    store.ask(&request).await.unwrap();
    let opened = store.answer(&request, &RequestEvent::Open(browser(1)), at(1)).await.unwrap();
    let refused = refusal(store.answer(&request, &RequestEvent::Open(browser(2)), at(2)).await);
    assert!(matches!(refused, Refusal::OAuth { error: OAuthError::InvalidRequestUri, .. }), "{refused:?}");
    assert_eq!(stored(store, &request).await, Some(opened));
}

/// A page that lost the reply asks again, from what it knew.
pub async fn a_repeated_answer_gives_the_same(store: &impl Store) {
    let all = authorized(store).await;
    let opened =
        AuthorizationRequest { state: RequestState::Open { browser: browser(1).to_text() }, ..all.request.clone() };
    let authorize = RequestEvent::Authorize(browser(1), all.login.clone());
    assert_eq!(store.answer(&opened, &authorize, at(3_000)).await.unwrap(), all.request);
    assert_eq!(
        refusal(store.answer(&opened, &RequestEvent::Deny(browser(1)), at(3_000)).await),
        Refusal::UnknownChallenge
    );
}

/// Nothing is stored for it.
pub async fn a_request_that_is_not_there_is_not_answered(store: &impl Store) {
    let request = pushed(tenant());
    let answered = store.answer(&request, &RequestEvent::Open(browser(1)), at(1)).await;
    assert_eq!(refusal(answered), Refusal::UnknownChallenge);
    assert_eq!(stored(store, &request).await, None);
}

/// Its session begins with it.
pub async fn a_code_is_exchanged_once(store: &impl Store) {
    let all = authorized(store).await;
    assert_eq!(exchange(store, &all, 3_000).await.unwrap(), Exchanged::Done);
    assert_eq!(begun(store, &all.session).await, Some(all.session.clone()));
    assert_eq!(exchange(store, &all, 4_000).await.unwrap(), Exchanged::Before);
    let exchanged = RequestState::Exchanged { login: all.login.clone() };
    assert_eq!(stored(store, &all.request).await.unwrap().state, exchanged);
}

/// No session begins.
pub async fn a_code_that_comes_too_late_is_not_exchanged(store: &impl Store) {
    let all = authorized(store).await;
    let refused = refusal(exchange(store, &all, 2_000 + CODE_MS).await);
    assert!(matches!(refused, Refusal::OAuth { error: OAuthError::InvalidGrant, .. }), "{refused:?}");
    assert_eq!(begun(store, &all.session).await, None);
}

/// The code stays as it was.
pub async fn a_login_of_a_revoked_device_begins_nothing(store: &impl Store) {
    let all = authorized(store).await;
    store.revoke(&all.session.tenant, &all.login.user, &all.login.credential).await.unwrap();
    assert_eq!(refusal(exchange(store, &all, 3_000).await), Refusal::InvalidToken);
    assert_eq!(begun(store, &all.session).await, None);
    assert_eq!(stored(store, &all.request).await, Some(all.request));
}

/// A removed one may be asked for again and again.
pub async fn a_device_is_enrolled_until_it_is_revoked(store: &impl Store) {
    let all = authorized(store).await;
    let (tenant, user, id) = (&all.session.tenant, &all.login.user, &all.login.credential);
    assert!(store.is_enrolled(tenant, user, id).await.unwrap());
    assert!(!store.is_enrolled(tenant, user, &CredentialId::from_random([9; 16])).await.unwrap());
    store.revoke(tenant, user, id).await.unwrap();
    assert!(!store.is_enrolled(tenant, user, id).await.unwrap());
}

/// So is a login from before.
pub async fn a_login_from_before_all_sessions_ended_begins_nothing(store: &impl Store) {
    let all = authorized(store).await;
    store.end_all(&all.session.tenant, &all.session.user).await.unwrap();
    assert_eq!(refusal(exchange(store, &all, 3_000).await), Refusal::InvalidToken);
    assert_eq!(begun(store, &all.session).await, None);
}

/// So is the login of somebody who is gone.
pub async fn a_login_of_a_forgotten_user_begins_nothing(store: &impl Store) {
    let all = authorized(store).await;
    store.forget(&all.session.tenant, &all.session.user).await.unwrap();
    assert_eq!(refusal(exchange(store, &all, 3_000).await), Refusal::InvalidToken);
    assert_eq!(begun(store, &all.session).await, None);
}

/// Whoever asks has the code already.
pub async fn a_request_that_was_exchanged_is_not_answered(store: &impl Store) {
    let all = authorized(store).await;
    exchange(store, &all, 3_000).await.unwrap();
    let exchanged = stored(store, &all.request).await.unwrap();
    for event in [RequestEvent::Authorize(browser(1), all.login.clone()), RequestEvent::Deny(browser(1))] {
        assert_eq!(refusal(store.answer(&exchanged, &event, at(4_000)).await), Refusal::UnknownChallenge);
    }
    assert_eq!(stored(store, &all.request).await, Some(exchanged));
}

/// What a page read before does not count.
pub async fn a_request_that_was_denied_is_not_authorized(store: &impl Store) {
    let asked = pushed(tenant());
    store.ask(&asked).await.unwrap();
    let opened = store.answer(&asked, &RequestEvent::Open(browser(1)), at(1)).await.unwrap();
    let denied = store.answer(&opened, &RequestEvent::Deny(browser(1)), at(2)).await.unwrap();
    assert_eq!(store.answer(&opened, &RequestEvent::Deny(browser(1)), at(3)).await.unwrap(), denied);
    let (approved, phone) = decided(store, Decision::Approve).await;
    let authorize = RequestEvent::Authorize(browser(1), login(&approved, &phone));
    assert_eq!(refusal(store.answer(&opened, &authorize, at(4)).await), Refusal::UnknownChallenge);
    assert_eq!(stored(store, &asked).await, Some(denied));
}

/// A device that waits long enough is never told to slow down.
pub async fn a_device_is_paced(store: &impl Store) {
    let polled = challenge(tenant());
    create(store, &polled).await.unwrap();
    for (millis, in_time) in [(0, true), (TOO_SOON_MS - 1, false), (TOO_SOON_MS, true), (TOO_SOON_MS + 1, false)] {
        assert_eq!(store.pace(&polled.tenant, &polled.id, at(millis)).await.unwrap(), in_time, "{millis}");
    }
}

/// Nothing is stored for it.
pub async fn a_device_without_a_challenge_leaves_nothing(store: &impl Store) {
    let (tenant, id) = (tenant(), ChallengeId::from_random(fresh()));
    assert!(!store.pace(&tenant, &id, at(0)).await.unwrap());
    assert_eq!(store.challenge(&tenant, &id).await.unwrap(), None);
}
