//! Approvals that nobody could hear, and approvals of revoked credentials.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use std::collections::BTreeSet;

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionState};
use scanlatch_protocol::challenge::{Challenge, Decision, Hold, MAX_REPEATS, Screen, State};
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::id::CallId;

use crate::scene::{
    action, at, challenge, claim, claimed, connection, create, decide, decided, enrolled, refusal, remove, stored,
    tenant,
};
use crate::store::Store;

/// An approval for a screen that cannot come back; the action may have been tracked before.
async fn on_socket(store: &impl Store, tracked: Option<ActionState>) -> (Challenge, Credential) {
    let tenant = tenant();
    let phone = enrolled(store, tenant, "ann").await;
    let challenge = Challenge { screen: Screen::Socket(connection(tenant).id), ..challenge(tenant) };
    create(store, &challenge).await.unwrap();
    if let Some(state) = tracked {
        let action = Action { state, ..action(&challenge, &phone, Decision::Approve, at(0)) };
        store.track(&Action { verified_by: None, decided_in: None, trace: None, ..action }).await.unwrap();
    }
    let claimed = claim(store, &challenge, &phone.holder(), 1).await.unwrap();
    let approved = decide(store, &claimed, &phone, Decision::Approve, 1_000).await.unwrap();
    (approved, phone)
}

async fn record(store: &impl Store, challenge: &Challenge) -> Action {
    let user = &challenge.state.holder().unwrap().user;
    store.action(&challenge.action_of(user), at(2_000)).await.unwrap().unwrap()
}

/// Nobody can redeem it. An action that was not tracked has failed.
pub async fn an_approval_that_is_taken_back_leaves_the_action_as_it_was(store: &impl Store) {
    for (tracked, then) in [
        (Some(ActionState::ChallengeRequired), ActionState::ChallengeRequired),
        (Some(ActionState::ReviewRequired), ActionState::ReviewRequired),
        (Some(ActionState::ChallengeFailed), ActionState::ChallengeFailed),
        (None, ActionState::ChallengeFailed),
    ] {
        let (approved, phone) = on_socket(store, tracked).await;
        for _ in 0..2 {
            let cancelled = store.take_back(&approved, at(1_100)).await.unwrap();
            assert_eq!(cancelled, State::Cancelled { by: phone.holder(), at: at(1_000) });
            assert_eq!(stored(store, &approved).await.state, cancelled);
        }
        let record = record(store, &approved).await;
        assert_eq!((record.state, record.verified_by, record.decided_in, record.trace), (then, None, None, None));
        let redeemed = store.redeem(&approved.tenant, &approved.id, None, at(1_200)).await;
        assert_eq!(refusal(redeemed), Refusal::NotApproved);
    }
}

/// The phone can scan a new code for the same action.
pub async fn an_action_whose_approval_was_taken_back_may_be_approved_again(store: &impl Store) {
    let (approved, phone) = on_socket(store, Some(ActionState::ChallengeRequired)).await;
    store.take_back(&approved, at(1_100)).await.unwrap();
    let next = Challenge { id: challenge(approved.tenant).id, state: State::Unclaimed, ..approved.clone() };
    create(store, &next).await.unwrap();
    let next = claim(store, &next, &phone.holder(), 1_200).await.unwrap();
    decide(store, &next, &phone, Decision::Approve, 1_300).await.unwrap();
    assert_eq!(record(store, &approved).await.state, ActionState::ChallengeSucceeded);
    store.take_back(&approved, at(1_400)).await.unwrap();
    assert_eq!(record(store, &approved).await.state, ActionState::ChallengeSucceeded);
}

fn call(n: u8) -> CallId {
    CallId::from_random([n; 16])
}

fn is_cancelled(state: &State) -> bool {
    matches!(state, State::Cancelled { .. })
}

/// Nobody was told, so the approval need not stand.
pub async fn an_approval_that_no_call_could_tell_is_taken_back_by_the_last(store: &impl Store) {
    for unheard_first in [true, false] {
        let (approved, _) = on_socket(store, Some(ActionState::ChallengeRequired)).await;
        for n in 1..=2 {
            store.hold(&approved.tenant, &approved.id, call(n)).await.unwrap();
        }
        if unheard_first {
            assert!(!is_cancelled(&store.take_back(&approved, at(1_100)).await.unwrap()));
            assert!(!is_cancelled(&store.release(&approved, call(1), at(1_100)).await.unwrap()));
            assert_eq!(record(store, &approved).await.state, ActionState::ChallengeSucceeded);
            for _ in 0..2 {
                assert!(is_cancelled(&store.release(&approved, call(2), at(1_200)).await.unwrap()));
            }
        } else {
            for n in 1..=2 {
                assert!(!is_cancelled(&store.release(&approved, call(n), at(1_100)).await.unwrap()));
            }
            assert!(is_cancelled(&store.take_back(&approved, at(1_200)).await.unwrap()));
        }
        assert!(is_cancelled(&stored(store, &approved).await.state));
        assert_eq!(record(store, &approved).await.state, ActionState::ChallengeRequired);
    }
}

/// The screen may have the token.
pub async fn an_approval_that_is_settled_stands(store: &impl Store) {
    let (approved, phone) = on_socket(store, None).await;
    store.hold(&approved.tenant, &approved.id, call(1)).await.unwrap();
    store.take_back(&approved, at(1_100)).await.unwrap();
    for _ in 0..2 {
        store.settle(&approved.tenant, &approved.id).await.unwrap();
    }
    let settled = State::Approved { by: phone.holder(), at: at(1_000), hold: Hold::Settled };
    assert_eq!(store.release(&approved, call(1), at(1_200)).await.unwrap(), settled);
    assert_eq!(store.take_back(&approved, at(1_200)).await.unwrap(), settled);
    assert_eq!(store.hold(&approved.tenant, &approved.id, call(2)).await.unwrap().state, settled);
    assert_eq!(record(store, &approved).await.state, ActionState::ChallengeSucceeded);
}

/// The limit keeps the item small.
pub async fn only_so_many_calls_hold_an_approval(store: &impl Store) {
    let (approved, _) = on_socket(store, None).await;
    for n in 1..=u8::try_from(MAX_REPEATS).unwrap() {
        store.hold(&approved.tenant, &approved.id, call(n)).await.unwrap();
    }
    store.hold(&approved.tenant, &approved.id, call(1)).await.unwrap();
    let further = store.hold(&approved.tenant, &approved.id, call(99)).await;
    assert_eq!(refusal(further), Refusal::TooManyRequests);
}

/// Another call may have told the phone already.
pub async fn an_approval_that_is_held_is_not_taken_back(store: &impl Store) {
    let (approved, phone) = on_socket(store, None).await;
    for _ in 0..2 {
        let held = store.hold(&approved.tenant, &approved.id, call(1)).await.unwrap();
        let hold = Hold::Repeated { calls: BTreeSet::from([call(1)]), unheard: false };
        assert_eq!(held.state, State::Approved { by: phone.holder(), at: at(1_000), hold });
        assert_eq!(stored(store, &approved).await, held);
    }
    let stands = store.take_back(&approved, at(1_100)).await.unwrap();
    assert_eq!(stands.approval(), approved.state.approval());
    assert_eq!(record(store, &approved).await.state, ActionState::ChallengeSucceeded);
}

/// A backend has the token.
pub async fn an_approval_that_is_redeemed_is_not_taken_back(store: &impl Store) {
    let (approved, _) = on_socket(store, None).await;
    let (consumed, _) = store.redeem(&approved.tenant, &approved.id, None, at(1_050)).await.unwrap();
    assert_eq!(store.take_back(&approved, at(1_100)).await.unwrap(), consumed.state);
    assert_eq!(stored(store, &approved).await, consumed);
}

/// Its screen can still poll or resume.
pub async fn what_its_screen_can_fetch_is_not_taken_back(store: &impl Store) {
    let (approved, _) = decided(store, Decision::Approve).await;
    assert_eq!(store.take_back(&approved, at(1_100)).await.unwrap(), approved.state);
    assert_eq!(stored(store, &approved).await, approved);
}

/// The backend's word is final, even if it agrees with the phone.
pub async fn what_a_backend_judged_since_is_left_by_a_take_back(store: &impl Store) {
    for judged in [ActionState::Block, ActionState::ChallengeSucceeded] {
        let (approved, _) = on_socket(store, Some(ActionState::ChallengeRequired)).await;
        let name = record(store, &approved).await.name;
        store.set_state(&name, judged, at(1_000)).await.unwrap();
        let cancelled = store.take_back(&approved, at(1_100)).await.unwrap();
        assert!(is_cancelled(&cancelled));
        assert_eq!(record(store, &approved).await.state, judged);
    }
}

/// Every other state is refused.
pub async fn only_an_approval_is_held(store: &impl Store) {
    let (claimed, _) = claimed(store).await;
    assert_eq!(refusal(store.hold(&claimed.tenant, &claimed.id, call(1)).await), Refusal::NotApproved);
    let (approved, _) = on_socket(store, None).await;
    store.take_back(&approved, at(1_100)).await.unwrap();
    assert_eq!(refusal(store.hold(&approved.tenant, &approved.id, call(1)).await), Refusal::Cancelled);
    let unknown = challenge(tenant());
    assert_eq!(refusal(store.hold(&unknown.tenant, &unknown.id, call(1)).await), Refusal::UnknownChallenge);
}

/// The approval is void once the revocation is confirmed, redeemed or not, even if the phone removed itself before.
pub async fn what_a_revoked_credential_approved_counts_for_nothing(store: &impl Store) {
    for (redeemed, removed) in [(false, false), (true, false), (false, true), (true, true)] {
        let (approved, phone) = decided(store, Decision::Approve).await;
        let other = decided(store, Decision::Approve).await.0;
        if redeemed {
            store.redeem(&approved.tenant, &approved.id, None, at(1_100)).await.unwrap();
        }
        if removed {
            remove(store, &phone).await.unwrap();
            store.redeem(&approved.tenant, &approved.id, None, at(1_200)).await.unwrap();
        }
        for _ in 0..2 {
            assert!(store.revoke(&approved.tenant, &phone.user, &phone.id).await.unwrap());
            let then = stored(store, &approved).await;
            assert_eq!(then.state, State::Revoked { by: phone.holder(), at: at(1_000) });
        }
        let late = store.redeem(&approved.tenant, &approved.id, None, at(1_300)).await;
        assert_eq!(refusal(late), Refusal::NotApproved);
        assert_eq!(stored(store, &other).await, other);
    }
}

/// A deletion revokes each of the user's devices.
pub async fn what_a_forgotten_user_approved_counts_for_nothing(store: &impl Store) {
    let (approved, phone) = decided(store, Decision::Approve).await;
    store.forget(&approved.tenant, &phone.user).await.unwrap();
    assert!(matches!(stored(store, &approved).await.state, State::Revoked { .. }));
}

/// Here the user signs out, so the approval stands.
pub async fn a_phone_that_removes_itself_leaves_what_it_approved(store: &impl Store) {
    let (approved, phone) = decided(store, Decision::Approve).await;
    remove(store, &phone).await.unwrap();
    store.redeem(&approved.tenant, &approved.id, None, at(1_100)).await.unwrap();
}

/// Every approval of the last hour is void.
pub async fn all_that_a_revoked_credential_approved_of_late_is_void(store: &impl Store) {
    const HOUR_MS: i64 = 60 * 60_000;
    let tenant = tenant();
    let phone = enrolled(store, tenant, "ann").await;
    let mut approved = Vec::new();
    for hours in 0..3 {
        for minutes in [0, 59] {
            let made = hours * HOUR_MS + minutes * 60_000;
            let fresh = challenge(tenant);
            let fresh = Challenge { created_at: at(made), expires_at: at(made + 600_000), ..fresh };
            create(store, &fresh).await.unwrap();
            let claimed = claim(store, &fresh, &phone.holder(), made + 1).await.unwrap();
            approved.push((made, decide(store, &claimed, &phone, Decision::Approve, made + 2).await.unwrap()));
        }
    }
    store.revoke(&tenant, &phone.user, &phone.id).await.unwrap();
    let last = approved.last().unwrap().0;
    for (made, challenge) in approved.iter().filter(|(made, _)| last - made <= HOUR_MS) {
        let state = stored(store, challenge).await.state;
        assert!(matches!(state, State::Revoked { .. }), "{made}: {state:?}");
    }
}
