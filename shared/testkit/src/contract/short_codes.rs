//! Short codes and the tries of users.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Decision, Screen};
use scanlatch_protocol::id::{CallId, TenantId};
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::short_code::{MAX_TRIES, ShortCode, TRIES_MS};
use scanlatch_service::port::Before;

use crate::scene::{
    LIFE_MS, action, at, challenge, claim, connection, create, enrolled, fresh, refusal, stored, tenant, user,
};
use crate::store::Store;

pub(super) fn code() -> Digest {
    ShortCode::from_random(fresh()).digest()
}

pub(super) fn call() -> CallId {
    CallId::from_random(fresh())
}

/// A challenge with this short code, made at `millis`.
pub(super) fn with_code(tenant: TenantId, code: Digest, millis: i64) -> Challenge {
    Challenge { short_code: Some(code), created_at: at(millis), expires_at: at(millis + LIFE_MS), ..challenge(tenant) }
}

/// The challenge comes back with the code's digest.
pub async fn a_short_code_leads_to_its_challenge_until_that_expires(store: &impl Store) {
    let (tenant, code) = (tenant(), code());
    let challenge = with_code(tenant, code, 0);
    assert_eq!(store.challenge_of_code(&tenant, &code, at(1)).await.unwrap(), None);
    create(store, &challenge).await.unwrap();
    assert_eq!(stored(store, &challenge).await, challenge);
    assert_eq!(store.challenge_of_code(&tenant, &code, at(LIFE_MS - 1)).await.unwrap(), Some(challenge.id));
    assert_eq!(store.challenge_of_code(&tenant, &code, at(LIFE_MS)).await.unwrap(), None);
}

/// The tenant is part of the name.
pub async fn a_short_code_means_nothing_to_another_tenant(store: &impl Store) {
    let (own, code) = (tenant(), code());
    create(store, &with_code(own, code, 0)).await.unwrap();
    let foreign = tenant();
    assert_eq!(store.challenge_of_code(&foreign, &code, at(1)).await.unwrap(), None);
    let other = with_code(foreign, code, 0);
    create(store, &other).await.unwrap();
    assert_eq!(store.challenge_of_code(&foreign, &code, at(1)).await.unwrap(), Some(other.id));
}

/// The second challenge is not stored either, and the first one keeps its code.
pub async fn a_live_short_code_is_not_given_twice(store: &impl Store) {
    let (tenant, code) = (tenant(), code());
    let first = with_code(tenant, code, 0);
    create(store, &first).await.unwrap();
    let second = with_code(tenant, code, LIFE_MS - 1);
    assert!(!store.create(&second, &Before::default()).await.unwrap());
    assert_eq!(store.challenge(&tenant, &second.id).await.unwrap(), None);
    assert_eq!(store.challenge_of_code(&tenant, &code, at(1)).await.unwrap(), Some(first.id));
}

/// Nobody waits until the clean-up.
pub async fn an_expired_short_code_may_be_given_again(store: &impl Store) {
    let (tenant, code) = (tenant(), code());
    create(store, &with_code(tenant, code, 0)).await.unwrap();
    let second = with_code(tenant, code, LIFE_MS);
    create(store, &second).await.unwrap();
    assert_eq!(store.challenge_of_code(&tenant, &code, at(LIFE_MS + 1)).await.unwrap(), Some(second.id));
}

/// A retry after a lost reply is not taken for another challenge with the code.
pub async fn storing_a_challenge_with_a_short_code_twice_changes_nothing(store: &impl Store) {
    let challenge = with_code(tenant(), code(), 0);
    for _ in 0..2 {
        create(store, &challenge).await.unwrap();
    }
    let found = store.challenge_of_code(&challenge.tenant, &challenge.short_code.unwrap(), at(1)).await.unwrap();
    assert_eq!(found, Some(challenge.id));
}

/// What the connection shows stays.
pub async fn a_socket_gets_no_short_code_that_is_live(store: &impl Store) {
    let (fresh, code) = (connection(tenant()), code());
    store.connect(&fresh).await.unwrap();
    create(store, &with_code(fresh.tenant, code, 0)).await.unwrap();
    let screen = Screen::Socket(fresh.id.clone());
    let taken = Challenge { screen: screen.clone(), ..with_code(fresh.tenant, code, 1) };
    assert!(!store.replace(&fresh, &taken).await.unwrap());
    assert_eq!(store.connection(&fresh.id).await.unwrap(), Some(fresh.clone()));
    let free = Challenge { screen, ..with_code(fresh.tenant, self::code(), 1) };
    assert!(store.replace(&fresh, &free).await.unwrap());
    let found = store.challenge_of_code(&fresh.tenant, &free.short_code.unwrap(), at(2)).await.unwrap();
    assert_eq!(found, Some(free.id));
}

/// The tracked action is not changed by a challenge that was not stored.
pub async fn a_live_short_code_leaves_a_tracked_action_alone(store: &impl Store) {
    let (tenant, code) = (tenant(), code());
    create(store, &with_code(tenant, code, 0)).await.unwrap();
    let phone = enrolled(store, tenant, "ann").await;
    let tracked = action(&challenge(tenant), &phone, Decision::Reject, at(0));
    let tracked = store.track(&tracked).await.unwrap();
    let second = with_code(tenant, code, 1).of_action(&tracked);
    let before = Before { action: Some(tracked.clone()), shown: None };
    assert!(!store.create(&second, &before).await.unwrap());
    assert_eq!(store.action(&tracked.name, at(2)).await.unwrap(), Some(tracked));
}

/// A claim by the code finds that out.
pub async fn a_claim_leaves_the_short_code_alone(store: &impl Store) {
    let (tenant, code) = (tenant(), code());
    let challenge = with_code(tenant, code, 0);
    create(store, &challenge).await.unwrap();
    let claimed = claim(store, &challenge, &enrolled(store, tenant, "ann").await.holder(), 1).await.unwrap();
    assert_eq!(claimed.short_code, Some(code));
    assert_eq!(store.challenge_of_code(&tenant, &code, at(2)).await.unwrap(), Some(challenge.id));
}

/// The hour begins with the first try.
pub async fn a_sixth_try_within_the_hour_is_refused(store: &impl Store) {
    let tenant = tenant();
    let ann = user("ann#b");
    for millis in 0..5 {
        store.count_try(&tenant, &ann, call(), at(millis)).await.unwrap();
    }
    let sixth = store.count_try(&tenant, &ann, call(), at(TRIES_MS - 1)).await;
    assert_eq!(refusal(sixth), Refusal::TooManyTries);
    store.count_try(&tenant, &user("ben"), call(), at(6)).await.unwrap();
    store.count_try(&self::tenant(), &ann, call(), at(6)).await.unwrap();
    for millis in 0..5 {
        store.count_try(&tenant, &ann, call(), at(TRIES_MS + millis)).await.unwrap();
    }
    assert_eq!(refusal(store.count_try(&tenant, &ann, call(), at(TRIES_MS + 6)).await), Refusal::TooManyTries);
}

/// Even the last one, whose reply is lost most easily.
pub async fn a_repeated_try_counts_once(store: &impl Store) {
    let (tenant, ann) = (tenant(), user("ann"));
    for _ in 0..MAX_TRIES {
        let call = call();
        for _ in 0..2 {
            store.count_try(&tenant, &ann, call, at(1)).await.unwrap();
        }
    }
    assert_eq!(refusal(store.count_try(&tenant, &ann, call(), at(1)).await), Refusal::TooManyTries);
}

/// Giving it back twice makes no room for two.
pub async fn a_try_that_is_given_back_makes_room_for_one(store: &impl Store) {
    let (tenant, ann, right) = (tenant(), user("ann"), call());
    store.give_try_back(&tenant, &ann, right).await.unwrap();
    for call in [right, call(), call(), call(), call()] {
        store.count_try(&tenant, &ann, call, at(1)).await.unwrap();
    }
    for _ in 0..2 {
        store.give_try_back(&tenant, &ann, right).await.unwrap();
    }
    store.count_try(&tenant, &ann, call(), at(2)).await.unwrap();
    assert_eq!(refusal(store.count_try(&tenant, &ann, call(), at(2)).await), Refusal::TooManyTries);
}

/// The hour goes on with no try in it.
pub async fn tries_that_are_all_given_back_make_room_for_as_many(store: &impl Store) {
    let (tenant, ann, right) = (tenant(), user("ann"), call());
    store.count_try(&tenant, &ann, right, at(1)).await.unwrap();
    store.give_try_back(&tenant, &ann, right).await.unwrap();
    for _ in 0..MAX_TRIES {
        store.count_try(&tenant, &ann, call(), at(2)).await.unwrap();
    }
    assert_eq!(refusal(store.count_try(&tenant, &ann, call(), at(2)).await), Refusal::TooManyTries);
}
