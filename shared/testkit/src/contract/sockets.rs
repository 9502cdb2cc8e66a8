//! Connections and what they show.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::bucket::{Bucket, CAPACITY, REFILL_MS};
use scanlatch_protocol::challenge::{Challenge, Decision, Screen, Withdrawal};
use scanlatch_protocol::secret::DeviceCode;
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

/// The bucket after so many messages at once.
pub(super) fn after(messages: i64, millis: i64) -> Bucket {
    (0..messages).fold(Bucket::FULL, |bucket, _| bucket.take(at(millis)).unwrap())
}

/// A stored connection whose bucket has one token left, and a stored challenge that it shows and can resume.
pub(super) async fn with_one_token(store: &impl Store) -> (Connection, Challenge) {
    let fresh = Connection { bucket: after(CAPACITY - 2, 0), ..connection(tenant()) };
    store.connect(&fresh).await.unwrap();
    let screen = Screen::resumable(DeviceCode::from_random(crate::scene::fresh()).digest(), fresh.id.clone());
    let shown = Challenge { screen, ..challenge(fresh.tenant) };
    assert!(store.replace(&fresh, &shown).await.unwrap());
    (store.connection(&fresh.id).await.unwrap().unwrap(), shown)
}

/// This includes its tracked action and its bucket.
pub async fn a_connection_comes_back_as_it_was_stored(store: &impl Store) {
    let bare = connection(tenant());
    let phone = credential(bare.tenant, "ann");
    let tracked = action(&challenge(bare.tenant), &phone, Decision::Reject, at(5));
    let full = Connection { tracked: Some(tracked), ..connection(bare.tenant) };
    let used = Connection { bucket: after(3, 5), ..connection(bare.tenant) };
    for connection in [bare, full, used] {
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

/// Both change in one step.
pub async fn what_shows_a_challenge_takes_a_token(store: &impl Store) {
    let (shown, first) = with_one_token(store).await;
    assert_eq!(shown.bucket, after(CAPACITY - 1, 0));
    store.resume(&shown, &first, at(1)).await.unwrap().unwrap();
    let resumed = store.connection(&shown.id).await.unwrap().unwrap();
    assert_eq!(resumed.bucket, shown.bucket.take(at(1)).unwrap());
    let later = 3 * REFILL_MS;
    assert!(store.replace(&resumed, &for_screen(&resumed, later)).await.unwrap());
    let refreshed = store.connection(&shown.id).await.unwrap().unwrap();
    assert_eq!(refreshed.bucket, resumed.bucket.take(at(later)).unwrap());
}

/// Nothing at all is written.
pub async fn an_empty_bucket_shows_nothing(store: &impl Store) {
    let (shown, first) = with_one_token(store).await;
    let current = store.resume(&shown, &first, at(1)).await.unwrap().unwrap();
    let empty = store.connection(&shown.id).await.unwrap().unwrap();
    let second = for_screen(&shown, 2);
    assert_eq!(refusal(store.replace(&empty, &second).await), Refusal::TooManyRequests);
    assert_eq!(refusal(store.resume(&empty, &current, at(2)).await), Refusal::TooManyRequests);
    assert_eq!(store.challenge(&second.tenant, &second.id).await.unwrap(), None);
    assert_eq!(stored(store, &first).await, current);
    assert_eq!(store.connection(&shown.id).await.unwrap(), Some(empty));
}

/// What a screen shows stays the same if it resumes that, so the bucket itself is compared.
pub async fn a_stale_look_at_the_bucket_takes_nothing(store: &impl Store) {
    let (shown, first) = with_one_token(store).await;
    store.charge(&shown, shown.bucket.take(at(1)).unwrap()).await.unwrap();
    let charged = store.connection(&shown.id).await.unwrap().unwrap();
    assert_eq!(store.resume(&shown, &first, at(2)).await.unwrap(), None);
    assert!(!store.replace(&shown, &for_screen(&shown, 2)).await.unwrap());
    assert_eq!(store.connection(&shown.id).await.unwrap(), Some(charged));
}

/// It changes nothing else, and a socket that is gone stays so.
pub async fn a_refused_message_is_charged_once(store: &impl Store) {
    for taken in [0, 3] {
        let fresh = Connection { bucket: after(taken, 0), ..connection(tenant()) };
        store.connect(&fresh).await.unwrap();
        for millis in [1, 2] {
            store.charge(&fresh, fresh.bucket.take(at(millis)).unwrap()).await.unwrap();
        }
        let charged = Connection { bucket: fresh.bucket.take(at(1)).unwrap(), ..fresh.clone() };
        assert_eq!(store.connection(&fresh.id).await.unwrap(), Some(charged.clone()));
        store.disconnect(&fresh.id).await.unwrap();
        store.charge(&charged, charged.bucket.take(at(3)).unwrap()).await.unwrap();
        assert_eq!(store.connection(&fresh.id).await.unwrap(), None);
    }
}
