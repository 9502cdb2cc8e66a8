//! Connections and what they show.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Decision, Screen, Withdrawal};
use scanlatch_service::port::{Connection, Shown};

use crate::scene::{
    LIFE_MS, action, at, challenge, claim, connection, credential, decide, enrolled, refusal, stored, tenant,
};
use crate::store::Store;

/// A challenge for a connection, made at `millis`.
fn for_screen(connection: &Connection, millis: i64) -> Challenge {
    Challenge {
        screen: Screen::Socket(connection.id.clone()),
        created_at: at(millis),
        expires_at: at(millis + LIFE_MS),
        ..challenge(connection.tenant)
    }
}

/// A stored connection that shows a stored challenge.
async fn showing(store: &impl Store) -> (Connection, Challenge) {
    let fresh = connection(tenant());
    store.connect(&fresh).await.unwrap();
    let first = for_screen(&fresh, 0);
    assert!(store.replace(&fresh, &first).await.unwrap());
    (store.connection(&fresh.id).await.unwrap().unwrap(), first)
}

/// This includes its tracked action.
pub async fn a_connection_comes_back_as_it_was_stored(store: &impl Store) {
    let bare = connection(tenant());
    let phone = credential(bare.tenant, "ann");
    let tracked = action(&challenge(bare.tenant), &phone, Decision::Reject, at(5));
    let full = Connection { tracked: Some(tracked), ..connection(bare.tenant) };
    for connection in [bare, full] {
        store.connect(&connection).await.unwrap();
        assert_eq!(store.connection(&connection.id).await.unwrap(), Some(connection));
    }
}

/// Afterwards it is gone.
pub async fn a_disconnect_returns_the_connection_once(store: &impl Store) {
    let (shown, _) = showing(store).await;
    assert_eq!(store.disconnect(&shown.id).await.unwrap(), Some(shown.clone()));
    assert_eq!(store.disconnect(&shown.id).await.unwrap(), None);
    assert_eq!(store.connection(&shown.id).await.unwrap(), None);
}

/// Both change in one step.
pub async fn a_newer_challenge_supersedes_the_one_before(store: &impl Store) {
    let (shown, first) = showing(store).await;
    assert_eq!(shown.shows, Some(Shown::from(&first)));
    let second = for_screen(&shown, 1_000);
    assert!(store.replace(&shown, &second).await.unwrap());
    assert_eq!(stored(store, &first).await.withdrawn, Some(Withdrawal::Superseded));
    assert_eq!(stored(store, &second).await, second);
    let claimed = claim(store, &first, &enrolled(store, first.tenant, "ann").await.holder(), 1_001).await;
    assert_eq!(refusal(claimed), Refusal::Superseded);
}

/// Of two refreshes at once, the second must read again.
pub async fn a_stale_connection_replaces_nothing(store: &impl Store) {
    let (shown, first) = showing(store).await;
    let (second, third) = (for_screen(&shown, 1), for_screen(&shown, 2));
    assert!(store.replace(&shown, &second).await.unwrap());
    assert!(!store.replace(&shown, &third).await.unwrap());
    assert_eq!(store.challenge(&third.tenant, &third.id).await.unwrap(), None);
    assert_eq!(stored(store, &second).await.withdrawn, None);
    assert_eq!(stored(store, &first).await.withdrawn, Some(Withdrawal::Superseded));
}

/// The clean-up may have removed it.
pub async fn an_expired_challenge_need_not_be_there_to_be_replaced(store: &impl Store) {
    let (shown, first) = showing(store).await;
    let later = for_screen(&shown, LIFE_MS);
    assert!(store.replace(&shown, &later).await.unwrap());
    assert_eq!(stored(store, &first).await, first);
    assert_eq!(stored(store, &later).await, later);
}

/// The challenge should still exist, but need not.
pub async fn a_challenge_that_was_cleaned_up_early_can_be_replaced(store: &impl Store) {
    let fresh = connection(tenant());
    let lost = for_screen(&fresh, 0);
    let shown = Connection { shows: Some(Shown::from(&lost)), ..fresh };
    store.connect(&shown).await.unwrap();
    let next = for_screen(&shown, 1);
    assert!(store.replace(&shown, &next).await.unwrap());
    assert_eq!(stored(store, &next).await, next);
    assert_eq!(store.challenge(&lost.tenant, &lost.id).await.unwrap(), None);
}

/// A screen that left cannot show a challenge.
pub async fn a_lost_connection_replaces_nothing(store: &impl Store) {
    let (shown, first) = showing(store).await;
    store.disconnect(&shown.id).await.unwrap();
    let second = for_screen(&shown, 1);
    assert!(!store.replace(&shown, &second).await.unwrap());
    assert_eq!(store.challenge(&second.tenant, &second.id).await.unwrap(), None);
    assert_eq!(stored(store, &first).await, first);
    assert_eq!(store.connection(&shown.id).await.unwrap(), None);
}

/// The official SDK has forgotten that challenge.
pub async fn a_claimed_challenge_that_was_replaced_cannot_be_decided(store: &impl Store) {
    let (shown, first) = showing(store).await;
    let phone = enrolled(store, first.tenant, "ann").await;
    let claimed = claim(store, &first, &phone.holder(), 1).await.unwrap();
    assert!(store.replace(&shown, &for_screen(&shown, 2)).await.unwrap());
    assert_eq!(refusal(decide(store, &claimed, &phone, Decision::Approve, 3).await), Refusal::Superseded);
}
