//! Actions.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionFilter;
use scanlatch_protocol::action::{Action, ActionName, ActionState};
use scanlatch_protocol::challenge::Decision;
use scanlatch_protocol::context::Context;
use scanlatch_protocol::id::{ActionCode, IdempotencyKey};
use scanlatch_protocol::time::Timestamp;

use crate::scene::{action, at, challenge, credential, refusal, tenant, user};
use crate::store::Store;

fn tracked() -> Action {
    let challenge = challenge(tenant());
    action(&challenge, &credential(challenge.tenant, "ann"), Decision::Reject, at(0))
}

/// The attributes of the first call stay.
pub async fn tracking_again_returns_what_was_stored(store: &impl Store) {
    let first = tracked();
    assert_eq!(store.track(&first).await.unwrap(), first);
    let second = Action { custom: None, created_at: at(9), ..first.clone() };
    assert_eq!(store.track(&second).await.unwrap(), first);
    assert_eq!(store.action(&first.name, at(10)).await.unwrap(), Some(first));
}

/// An expired action is absent even before it is cleaned up.
pub async fn an_expired_action_is_gone(store: &impl Store) {
    let action = tracked();
    store.track(&action).await.unwrap();
    let end = action.expires_at;
    assert_eq!(store.action(&action.name, end.plus(-1)).await.unwrap(), Some(action.clone()));
    assert_eq!(store.action(&action.name, end).await.unwrap(), None);
    let anew = Action { created_at: end, expires_at: end.plus(1), ..action.clone() };
    assert_eq!(store.track(&anew).await.unwrap(), anew);
}

/// Two names never collide.
pub async fn a_user_id_may_hold_delimiters(store: &impl Store) {
    let tenant = tenant();
    let name = |id: &str, key: &str| ActionName {
        tenant,
        user: user(id),
        code: ActionCode::parse("login").unwrap(),
        idempotency_key: IdempotencyKey::parse(key).unwrap(),
    };
    let stored = Action { name: name("auth0|a#b/c d+e:f", "k#1"), ..tracked() };
    store.track(&stored).await.unwrap();
    assert_eq!(store.action(&stored.name, at(1)).await.unwrap(), Some(stored.clone()));
    for other in [name("auth0|a", "k#1"), name("auth0|a#b/c d+e:f", "k"), name("auth0|a#b/c d+e", "f#k#1")] {
        assert_eq!(store.action(&other, at(1)).await.unwrap(), None, "{other:?}");
    }
}

/// Absent data is not stored.
pub async fn an_action_without_data_comes_back_without(store: &impl Store) {
    let bare = Action { custom: None, context: Context::default(), ..tracked() };
    store.track(&bare).await.unwrap();
    assert_eq!(store.action(&bare.name, at(1)).await.unwrap(), Some(bare));
}

fn sought([from, codes, state]: [Option<&str>; 3]) -> ActionFilter {
    let codes = codes.into_iter().flat_map(|codes| codes.split(','));
    ActionFilter {
        from: from.map(|text| Timestamp::parse_iso(text).unwrap()),
        codes: codes.map(|code| ActionCode::parse(code).unwrap()).collect(),
        state: state.map(|text| ActionState::from_text(text).unwrap()),
    }
}

/// The newest comes first, and expired ones are left out.
pub async fn a_users_actions_are_listed(store: &impl Store) {
    let first = tracked();
    let name = |code: &str| ActionName { code: ActionCode::parse(code).unwrap(), ..first.name.clone() };
    let second = Action { name: name("pay"), created_at: at(5), state: ActionState::Allow, ..first.clone() };
    let over = Action { name: name("old"), expires_at: at(20), ..first.clone() };
    let other = Action { name: ActionName { user: user("ben"), ..first.name.clone() }, ..first.clone() };
    for action in [&first, &second, &over, &other] {
        store.track(action).await.unwrap();
    }
    let (tenant, ann) = (first.name.tenant, &first.name.user);
    for (query, expected) in [
        ([None, None, None], vec![&second, &first]),
        ([None, Some("login,old"), None], vec![&first]),
        ([None, Some("pay,login"), None], vec![&second, &first]),
        ([None, None, Some("ALLOW")], vec![&second]),
        ([Some("2026-01-01T00:00:00.005Z"), None, None], vec![&second]),
        ([Some("2026-01-02"), None, None], vec![]),
    ] {
        let found = store.actions_of(&tenant, ann, &sought(query), at(20)).await.unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}");
    }
}

/// A backend may judge as often as it likes, but only an action that exists.
pub async fn a_backend_judges_an_action(store: &impl Store) {
    let action = tracked();
    let set_state = |state, millis| store.set_state(&action.name, state, at(millis));
    assert_eq!(refusal(set_state(ActionState::Block, 1).await), Refusal::UnknownAction);
    store.track(&action).await.unwrap();
    for _ in 0..2 {
        let judged = set_state(ActionState::ReviewRequired, 7).await.unwrap();
        let state = ActionState::ReviewRequired;
        let expected = Action { state, state_updated_at: at(7), decided_in: None, ..action.clone() };
        assert_eq!(judged, expected);
        assert_eq!(store.action(&action.name, at(8)).await.unwrap(), Some(expected));
    }
    let end = action.expires_at;
    assert_eq!(refusal(store.set_state(&action.name, ActionState::Allow, end).await), Refusal::UnknownAction);
}
