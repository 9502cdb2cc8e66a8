//! The set of RSA keys, which rotates as the other does once a first one was made.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use std::sync::Arc;

use scanlatch_protocol::key_set::{Cause, KeySet, Period};
use scanlatch_protocol::rsa::RsaPublicKey;
use scanlatch_protocol::signing::PublicKey as _;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::rotate;

use super::races::at_once;
use crate::scene::at;
use crate::store::Store;

fn day(days: i64) -> Timestamp {
    at(days * 86_400_000)
}

async fn run(store: &impl Store, cause: Cause, now: Timestamp) {
    rotate::run(store, cause, Period::default(), now).await.unwrap();
}

async fn first(store: &impl Store) -> String {
    store.signing_rsa_key_or_first(day(0)).await.unwrap().public().kid().to_owned()
}

/// Nobody needs them before a first login by OpenID.
pub async fn no_schedule_makes_the_first_rsa_key<S: Store + 'static>(store: &Arc<S>) {
    run(store.as_ref(), Cause::Schedule, day(0)).await;
    assert_eq!(store.rsa_key_set().await.unwrap(), KeySet::<RsaPublicKey>::default());
    assert!(store.signing_rsa_key(day(0)).await.is_err());
}

/// All of them get the same. Making a key keeps a processor busy for so long that a store may time out meanwhile.
pub async fn first_rsa_keys_made_at_once_are_one<S: Store + 'static>(store: &Arc<S>) {
    let kids = at_once((0..6).map(|_| {
        let store = store.clone();
        async move {
            for _ in 0..4 {
                if let Ok(key) = store.signing_rsa_key_or_first(day(0)).await {
                    return key.public().kid().to_owned();
                }
            }
            first(store.as_ref()).await
        }
    }))
    .await;
    assert!(kids.iter().all(|kid| *kid == kids[0]), "{kids:?}");
    let keys = store.verifying_rsa_keys(Some(&kids[0]), day(0)).await.unwrap();
    assert_eq!(keys.to_jwks().len(), 1);
}

/// The published half verifies what the wrapped one signs.
pub async fn an_rsa_key_that_is_stored_signs_what_its_public_half_verifies<S: Store + 'static>(store: &Arc<S>) {
    let key = store.signing_rsa_key_or_first(day(0)).await.unwrap();
    let signature = key.signer().sign(b"message").unwrap();
    let keys = store.verifying_rsa_keys(None, day(0)).await.unwrap();
    let public = keys.find(key.public().kid()).unwrap();
    assert!(store.has_signed(public, b"message", &signature));
    assert!(!store.has_signed(public, b"another", &signature));
}

/// Its successor is published two days before.
pub async fn an_rsa_key_is_followed_by_the_next<S: Store + 'static>(store: &Arc<S>) {
    let before = first(store.as_ref()).await;
    store.signing_key_or_first(day(0)).await.unwrap();
    run(store.as_ref(), Cause::Schedule, day(88)).await;
    let key_set = store.rsa_key_set().await.unwrap();
    assert_eq!(key_set.signing(day(89)).unwrap().public.kid(), before);
    assert_ne!(key_set.signing(day(90)).unwrap().public.kid(), before);
}

/// Whoever read one key could read all.
pub async fn a_leak_replaces_the_rsa_keys_too<S: Store + 'static>(store: &Arc<S>) {
    let before = first(store.as_ref()).await;
    store.signing_key_or_first(day(0)).await.unwrap();
    run(store.as_ref(), Cause::Leak, day(1)).await;
    let key_set = store.rsa_key_set().await.unwrap();
    assert!(key_set.verifying(day(1)).find(&before).is_none());
    assert!(key_set.signing(day(1)).is_some());
}
