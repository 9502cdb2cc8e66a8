//! Challenges of tracked actions.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionState};
use scanlatch_protocol::challenge::{Challenge, Decision, Screen, Withdrawal};
use scanlatch_protocol::id::TenantId;
use scanlatch_service::port::{Before, Connection};

use crate::scene::{allowing, at, challenge, claim, connection, credential, decide, enrolled, refusal, stored, tenant};
use crate::store::Store;

/// An action that a backend tracked for a user.
async fn tracked(store: &impl Store, tenant: TenantId) -> Action {
    store.track(&allowing(&credential(tenant, "ann"))).await.unwrap()
}

async fn now(store: &impl Store, action: &Action) -> Action {
    store.action(&action.name, at(10)).await.unwrap().unwrap()
}

/// Opens a challenge of a polling screen for the action.
async fn open(store: &impl Store, action: &Action) -> scanlatch_service::Result<Challenge> {
    let challenge = challenge(action.name.tenant).of_action(action);
    store.create(&challenge, &Before { action: Some(action.clone()), shown: None }).await.map(|()| challenge)
}

/// Stores a connection for the action.
async fn connected(store: &impl Store, action: &Action) -> Connection {
    let connection = Connection { tracked: Some(action.clone()), ..connection(action.name.tenant) };
    store.connect(&connection).await.unwrap();
    connection
}

fn for_screen(connection: &Connection, action: &Action) -> Challenge {
    let screen = Screen::Socket(connection.id.clone());
    Challenge { screen, ..challenge(connection.tenant).of_action(action) }
}

/// A polling screen does not name the challenge that it showed, so the action does.
pub async fn a_newer_challenge_of_an_action_supersedes_the_one_before(store: &impl Store) {
    let action = tracked(store, tenant()).await;
    let first = open(store, &action).await.unwrap();
    assert_eq!(now(store, &action).await.newest, Some(first.id));
    // With the action as it was read before the first challenge, and after it.
    for read in [action.clone(), now(store, &action).await] {
        let next = open(store, &read).await.unwrap();
        assert_eq!(stored(store, &first).await.withdrawn, Some(Withdrawal::Superseded));
        assert_eq!(now(store, &action).await.newest, Some(next.id));
        assert_eq!(stored(store, &next).await, next);
    }
}

/// Somebody is looking at it on a phone.
pub async fn a_claimed_challenge_of_an_action_is_left_by_a_newer_one(store: &impl Store) {
    let action = tracked(store, tenant()).await;
    let first = open(store, &action).await.unwrap();
    let phone = enrolled(store, first.tenant, "ann").await;
    let claimed = claim(store, &first, &phone.holder(), 1).await.unwrap();
    let second = open(store, &now(store, &action).await).await.unwrap();
    assert_eq!(stored(store, &first).await, claimed);
    decide(store, &claimed, &phone, Decision::Approve, 2).await.unwrap();
    let other = decide(store, &second, &phone, Decision::Approve, 3).await;
    assert_eq!(refusal(other), Refusal::ActionSucceeded);
}

/// This holds for sockets too, whichever screen was first.
pub async fn two_sockets_of_one_action_supersede_each_other(store: &impl Store) {
    let action = tracked(store, tenant()).await;
    let [one, other] = [connected(store, &action).await, connected(store, &action).await];
    let [first, second] = [for_screen(&one, &action), for_screen(&other, &action)];
    assert!(store.replace(&one, &first).await.unwrap());
    assert!(store.replace(&other, &second).await.unwrap());
    assert_eq!(stored(store, &first).await.withdrawn, Some(Withdrawal::Superseded));
    let third = for_screen(&one, &action);
    let one = store.connection(&one.id).await.unwrap().unwrap();
    assert!(store.replace(&one, &third).await.unwrap());
    assert_eq!(stored(store, &second).await.withdrawn, Some(Withdrawal::Superseded));
    assert_eq!(stored(store, &third).await, third);
    assert_eq!(now(store, &action).await.newest, Some(third.id));
}

/// The backend blocked the action, or deleted its user, after the screen connected.
pub async fn a_socket_opens_nothing_for_a_barred_action(store: &impl Store) {
    let action = tracked(store, tenant()).await;
    let screen = connected(store, &action).await;
    store.set_state(&action.name, ActionState::Block, at(1)).await.unwrap();
    let challenge = for_screen(&screen, &action);
    assert_eq!(refusal(store.replace(&screen, &challenge).await), Refusal::ActionBlocked);
    assert_eq!(refusal(open(store, &action).await), Refusal::ActionBlocked);
    store.forget(&action.name.tenant, &action.name.user).await.unwrap();
    assert_eq!(refusal(store.replace(&screen, &challenge).await), Refusal::InvalidToken);
    assert_eq!(refusal(open(store, &action).await), Refusal::InvalidToken);
    assert_eq!(store.challenge(&challenge.tenant, &challenge.id).await.unwrap(), None);
    assert_eq!(store.connection(&screen.id).await.unwrap(), Some(screen));
}

/// A refusal would hang the SDK's refresh. Nobody can approve this challenge.
pub async fn a_socket_is_answered_also_after_its_action_succeeded(store: &impl Store) {
    let action = tracked(store, tenant()).await;
    let screen = connected(store, &action).await;
    store.set_state(&action.name, ActionState::ChallengeSucceeded, at(1)).await.unwrap();
    let challenge = for_screen(&screen, &action);
    assert!(store.replace(&screen, &challenge).await.unwrap());
    let phone = enrolled(store, screen.tenant, "ann").await;
    assert_eq!(refusal(decide(store, &challenge, &phone, Decision::Approve, 2).await), Refusal::ActionSucceeded);
}
