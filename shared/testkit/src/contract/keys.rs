//! The key set. It belongs to the deployment, so each of these tests has a store of its own.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use std::sync::Arc;

use super::races::at_once;
use crate::scene::at;
use crate::store::Store;
use scanlatch_protocol::key_set::{Cause, KeySet, Period, RotationReport};
use scanlatch_protocol::signing::SigningKey;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::FOLLOWED_WITHIN_MS;
use scanlatch_service::{fresh_key, rotate};

const DAY_MS: i64 = 86_400_000;

fn day(days: i64) -> Timestamp {
    at(days * DAY_MS)
}

async fn run(store: &impl Store, cause: Cause, now: Timestamp) -> RotationReport {
    rotate::run(store, cause, Period::default(), now).await.unwrap()
}

async fn signs(store: &impl Store, now: Timestamp) -> String {
    store.signing_key(now).await.unwrap().public().kid().to_owned()
}

/// Whether the key set holds this key, and whether the key is not retired.
async fn opens(store: &impl Store, kid: &str, now: Timestamp) -> (bool, bool) {
    let keys = store.verifying_keys(None, now).await.unwrap();
    (keys.find(kid).is_some(), keys.find(kid).is_some() && !keys.is_retired(kid))
}

/// A key set whose first key signed from day 0, and whose second was made on day 88; the ids of both.
async fn rotated(store: &impl Store) -> (String, String) {
    let first = run(store, Cause::Schedule, day(0)).await.kid;
    assert!(run(store, Cause::Schedule, day(88)).await.made);
    let second = signs(store, day(91)).await;
    assert_ne!(first, second);
    (first, second)
}

/// It stays the same key.
pub async fn the_signing_key_is_among_the_verifying_keys<S: Store + 'static>(store: &Arc<S>) {
    let key = store.signing_key_or_first(at(0)).await.unwrap();
    let keys = store.verifying_keys(Some(key.public().kid()), at(0)).await.unwrap();
    assert_eq!(keys.find(key.public().kid()), Some(key.public()));
    assert_eq!(store.signing_key(at(1)).await.unwrap().public(), key.public());
}

/// Signing fails; it does not make a key.
pub async fn an_empty_ring_signs_nothing<S: Store + 'static>(store: &Arc<S>) {
    assert!(store.signing_key(at(0)).await.is_err());
    assert!(store.verifying_keys(Some("x"), at(0)).await.unwrap().to_jwks().is_empty());
    assert_eq!(store.key_set().await.unwrap(), KeySet::default());
}

/// This holds however old the key becomes.
pub async fn only_the_first_key_is_made_outside_rotation<S: Store + 'static>(store: &Arc<S>) {
    let first = store.signing_key_or_first(day(0)).await.unwrap();
    let later = store.signing_key_or_first(day(1_000)).await.unwrap();
    assert_eq!(first.public(), later.public());
    assert_eq!(store.verifying_keys(None, day(1_000)).await.unwrap().to_jwks().len(), 1);
}

/// This holds for functions and rotations alike.
pub async fn first_keys_made_at_once_are_one<S: Store + 'static>(store: &Arc<S>) {
    let keys = at_once((0..20).map(|n| {
        let store = store.clone();
        async move {
            match n % 2 {
                0 => store.signing_key_or_first(at(n)).await.unwrap().public().kid().to_owned(),
                _ => run(store.as_ref(), Cause::Schedule, at(n)).await.kid,
            }
        }
    }))
    .await;
    assert!(keys.iter().all(|kid| *kid == keys[0]), "{keys:?}");
}

/// It verifies two days earlier.
pub async fn a_new_key_verifies_before_it_signs<S: Store + 'static>(store: &Arc<S>) {
    let (first, second) = rotated(store.as_ref()).await;
    assert_eq!(signs(store.as_ref(), day(90).plus(-1)).await, first);
    assert_eq!(opens(store.as_ref(), &second, day(88).plus(FOLLOWED_WITHIN_MS)).await, (true, true));
    assert_eq!(signs(store.as_ref(), day(90)).await, second);
}

/// It verifies two days longer.
pub async fn an_old_key_verifies_after_it_signed<S: Store + 'static>(store: &Arc<S>) {
    let (first, second) = rotated(store.as_ref()).await;
    assert_eq!(opens(store.as_ref(), &first, day(92).plus(-1)).await, (true, true));
    assert_eq!(opens(store.as_ref(), &second, day(92).plus(-1)).await, (true, true));
}

/// It goes after the longest session.
pub async fn a_spent_key_stays_for_refresh_tokens_and_goes<S: Store + 'static>(store: &Arc<S>) {
    let (first, second) = rotated(store.as_ref()).await;
    assert_eq!(opens(store.as_ref(), &first, day(92)).await, (true, false));
    for (now, removed) in [(day(456).plus(-1), 0), (day(456), 1), (day(457), 0)] {
        assert_eq!(run(store.as_ref(), Cause::Schedule, now).await.removed, removed);
    }
    let now = day(457).plus(FOLLOWED_WITHIN_MS);
    assert_eq!(opens(store.as_ref(), &first, now).await, (false, false));
    assert!(opens(store.as_ref(), &second, now).await.0);
}

/// A repeated rotation reports the same key.
pub async fn a_rotation_that_is_repeated_changes_nothing<S: Store + 'static>(store: &Arc<S>) {
    for now in [day(0), day(88), day(456)] {
        let done = run(store.as_ref(), Cause::Schedule, now).await;
        let key_set = store.key_set().await.unwrap();
        let again = run(store.as_ref(), Cause::Schedule, now.plus(60_000)).await;
        assert_eq!(again, RotationReport { made: false, removed: 0, ..done });
        assert_eq!(store.key_set().await.unwrap(), key_set);
    }
}

/// All of them report the key that signs.
pub async fn rotations_at_once_make_one_key<S: Store + 'static>(store: &Arc<S>) {
    let first = run(store.as_ref(), Cause::Schedule, day(0)).await.kid;
    let runs = at_once((0..10).map(|n| {
        let store = store.clone();
        async move { run(store.as_ref(), Cause::Schedule, day(88).plus(n)).await }
    }))
    .await;
    assert_eq!(runs.iter().filter(|report| report.made).count(), 1);
    assert!(runs.iter().all(|report| report.kid == first));
    let now = day(88).plus(FOLLOWED_WITHIN_MS);
    assert_eq!(store.verifying_keys(None, now).await.unwrap().to_jwks().len(), 2);
}

/// It neither makes nor removes a key.
pub async fn a_change_that_comes_too_late_changes_nothing<S: Store + 'static>(store: &Arc<S>) {
    run(store.as_ref(), Cause::Schedule, day(0)).await;
    let late = store.key_set().await.unwrap().on_leak(day(88));
    run(store.as_ref(), Cause::Schedule, day(88)).await;
    let key_set = store.key_set().await.unwrap();
    let key: SigningKey = fresh_key(store.as_ref()).unwrap();
    assert!(!store.change_key_set(&late, Some(&key)).await.unwrap());
    assert_eq!(store.key_set().await.unwrap(), key_set);
}

/// This holds as soon as all processes have read the new key set.
pub async fn after_a_leak_another_key_signs_and_the_leaked_one_verifies_no_more<S: Store + 'static>(store: &Arc<S>) {
    let (first, second) = rotated(store.as_ref()).await;
    let told = run(store.as_ref(), Cause::Leak, day(91)).await;
    assert_eq!((told.made, told.removed, told.age_days), (true, 2, 0));
    let now = day(91).plus(FOLLOWED_WITHIN_MS);
    assert_eq!(signs(store.as_ref(), now).await, told.kid);
    for (kid, expected) in [(&first, (false, false)), (&second, (false, false)), (&told.kid, (true, true))] {
        assert_eq!(opens(store.as_ref(), kid, now).await, expected);
    }
}

/// All callers get the same key.
pub async fn leaks_told_of_at_once_leave_one_key<S: Store + 'static>(store: &Arc<S>) {
    let leaked = run(store.as_ref(), Cause::Schedule, day(0)).await.kid;
    let runs = at_once((0..10).map(|n| {
        let store = store.clone();
        async move { run(store.as_ref(), Cause::Leak, day(1).plus(n)).await }
    }))
    .await;
    let now = day(1).plus(FOLLOWED_WITHIN_MS);
    let signing = signs(store.as_ref(), now).await;
    assert_ne!(signing, leaked);
    assert_eq!(store.verifying_keys(None, now).await.unwrap().to_jwks().len(), 1);
    assert!(runs.iter().any(|report| report.made && report.kid == signing));
}

/// The key set is read again before its usual time.
pub async fn an_unknown_key_is_looked_for<S: Store + 'static>(store: &Arc<S>) {
    store.signing_key_or_first(day(0)).await.unwrap();
    assert_eq!(opens(store.as_ref(), "x", day(0)).await, (false, false));
    let other = run(store.as_ref(), Cause::Leak, day(0)).await.kid;
    let keys = store.verifying_keys(Some(&other), day(0).plus(60_000)).await.unwrap();
    assert!(keys.find(&other).is_some());
}
