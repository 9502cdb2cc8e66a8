//! Sessions.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::challenge::{Challenge, Decision};
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::id::{ClientId, SessionId};
use scanlatch_protocol::session::{REPLY_LOST_MS, Session};

use crate::scene::{at, decided, fresh, refusal, remove, tenant, user};
use crate::store::Store;

/// The session that an approval begins, not stored.
pub(crate) fn session(approved: &Challenge, phone: &Credential) -> Session {
    Session {
        id: SessionId::of(&approved.id),
        tenant: approved.tenant,
        user: phone.user.clone(),
        client: ClientId::parse("web").unwrap(),
        credential: phone.id,
        epoch: 0,
        generation: 0,
        created_at: at(1_000),
        refreshed_at: at(1_000),
        expires_at: at(1_000_000_000),
        revoked_at: None,
    }
}

/// A stored session of `ann`, and the approval that it began with.
pub(crate) async fn begun(store: &impl Store) -> (Session, Challenge) {
    let (approved, phone) = decided(store, Decision::Approve).await;
    let session = session(&approved, &phone);
    let stored = store.begin(&session, &approved.action_of(&phone.user)).await.unwrap();
    assert_eq!(stored, session);
    (session, approved)
}

async fn stored(store: &impl Store, session: &Session) -> Option<Session> {
    store.session(&session.tenant, &session.user, &session.id).await.unwrap()
}

/// Whether the stored session is live for its user.
async fn stands(store: &impl Store, session: &Session) -> Result<(), Refusal> {
    let user = store.user(&session.tenant, &session.user).await.unwrap();
    stored(store, session).await.unwrap().check_live(user.as_ref(), at(2_000))
}

/// A retry gets the same session.
pub async fn a_session_begins_once(store: &impl Store) {
    let (session, approved) = begun(store).await;
    let name = approved.action_of(&session.user);
    let again = Session { client: ClientId::parse("other").unwrap(), created_at: at(9_000), ..session.clone() };
    assert_eq!(store.begin(&again, &name).await.unwrap(), session);
    assert_eq!(stored(store, &session).await, Some(session.clone()));
    let other = Session { id: SessionId::from_random(fresh()), ..session };
    assert_eq!(stored(store, &other).await, None);
}

/// A backend may have judged the action otherwise since.
pub async fn only_a_success_begins_a_session(store: &impl Store) {
    let (rejected, phone) = decided(store, Decision::Reject).await;
    let name = rejected.action_of(&phone.user);
    assert_eq!(refusal(store.begin(&session(&rejected, &phone), &name).await), Refusal::InvalidToken);
    let (approved, phone) = decided(store, Decision::Approve).await;
    let name = approved.action_of(&phone.user);
    store.set_state(&name, ActionState::ReviewFailed, at(2_000)).await.unwrap();
    assert_eq!(refusal(store.begin(&session(&approved, &phone), &name).await), Refusal::InvalidToken);
}

/// A retry after a lost reply gets the same tokens; a copied token ends the session.
pub async fn a_refresh_token_serves_once_but_for_a_lost_reply(store: &impl Store) {
    let (session, _) = begun(store).await;
    let refresh = |presented, millis| store.refresh(&session.tenant, &session.user, &session.id, presented, at(millis));
    let once = refresh(0, 2_000).await.unwrap();
    assert_eq!(once, Session { generation: 1, refreshed_at: at(2_000), ..session.clone() });
    assert_eq!(refresh(0, 2_000 + REPLY_LOST_MS - 1).await.unwrap(), once);
    assert_eq!(refusal(refresh(2, 3_000).await), Refusal::InvalidToken);
    let ended = refresh(0, 2_000 + REPLY_LOST_MS).await.unwrap();
    assert_eq!(ended, Session { revoked_at: Some(at(2_000 + REPLY_LOST_MS)), ..once });
    assert_eq!(stored(store, &session).await, Some(ended));
    assert_eq!(refusal(refresh(1, 40_000).await), Refusal::InvalidToken);
}

/// It is refused even before it is cleaned up.
pub async fn an_expired_session_is_not_refreshed(store: &impl Store) {
    let (session, _) = begun(store).await;
    let late = store.refresh(&session.tenant, &session.user, &session.id, 0, session.expires_at).await;
    assert_eq!(refusal(late), Refusal::ExpiredToken);
    let unknown = SessionId::from_random(fresh());
    let late = store.refresh(&session.tenant, &session.user, &unknown, 0, at(2_000)).await;
    assert_eq!(refusal(late), Refusal::InvalidToken);
}

/// It ends for good, and no other session does.
pub async fn a_session_ends_when_it_is_told_to(store: &impl Store) {
    let (session, _) = begun(store).await;
    let (other, _) = begun(store).await;
    for millis in [3_000, 4_000] {
        store.end(&session.tenant, &session.user, &session.id, at(millis)).await.unwrap();
        let ended = Session { revoked_at: Some(at(3_000)), ..session.clone() };
        assert_eq!(stored(store, &session).await, Some(ended));
    }
    assert_eq!(stored(store, &other).await, Some(other.clone()));
    let unknown = SessionId::from_random(fresh());
    store.end(&session.tenant, &session.user, &unknown, at(5_000)).await.unwrap();
    let nobody = Session { id: unknown, ..session };
    assert_eq!(stored(store, &nobody).await, None);
}

/// All of them end, and nobody else's.
pub async fn all_sessions_of_a_user_end_together(store: &impl Store) {
    let (session, _) = begun(store).await;
    let (other, _) = begun(store).await;
    store.end_all(&session.tenant, &session.user).await.unwrap();
    assert_eq!(stands(store, &session).await, Err(Refusal::InvalidToken));
    let refreshed = store.refresh(&session.tenant, &session.user, &session.id, 0, at(3_000)).await;
    assert_eq!(refusal(refreshed), Refusal::InvalidToken);
    assert_eq!(stands(store, &other).await, Ok(()));
    store.refresh(&other.tenant, &other.user, &other.id, 0, at(3_000)).await.unwrap();
}

/// This holds whatever the clocks say.
pub async fn a_session_begins_after_all_others_ended(store: &impl Store) {
    let (before, approved) = begun(store).await;
    for epoch in 1..3 {
        store.end_all(&before.tenant, &before.user).await.unwrap();
        let stale = Session { id: SessionId::from_random(fresh()), epoch: epoch - 1, ..before.clone() };
        let name = approved.action_of(&before.user);
        assert_eq!(refusal(store.begin(&stale, &name).await), Refusal::InvalidToken);
        let after = Session { epoch, ..stale };
        assert_eq!(store.begin(&after, &name).await.unwrap(), after);
        assert_eq!(stands(store, &after).await, Ok(()));
        store.refresh(&after.tenant, &after.user, &after.id, 0, at(3_000)).await.unwrap();
    }
}

/// Neither user nor session is stored.
pub async fn ending_the_sessions_of_nobody_stores_nothing(store: &impl Store) {
    let tenant = tenant();
    store.end_all(&tenant, &user("nobody")).await.unwrap();
    assert_eq!(store.user(&tenant, &user("nobody")).await.unwrap(), None);
}

/// The phone has signed out.
pub async fn a_session_goes_on_without_the_phone_that_approved_it(store: &impl Store) {
    let (approved, phone) = decided(store, Decision::Approve).await;
    let session = session(&approved, &phone);
    store.begin(&session, &approved.action_of(&phone.user)).await.unwrap();
    remove(store, &phone).await.unwrap();
    assert_eq!(stands(store, &session).await, Ok(()));
    store.refresh(&session.tenant, &session.user, &session.id, 0, at(3_000)).await.unwrap();
}
