//! Screens that come back, and screens that leave for good.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Decision, GRACE_MS, Screen, State, Withdrawal};
use scanlatch_protocol::secret::{DeviceCode, Digest};
use scanlatch_service::port::{Before, Connection, Decided, Deciding, Shown};

use crate::scene::{
    action, at, challenge, claim, connection, create, decide, enrolled, fresh, refusal, signed, stored,
};
use crate::store::Store;

fn code() -> Digest {
    DeviceCode::from_random(fresh()).digest()
}

/// A stored connection that shows a stored challenge.
async fn showing(store: &impl Store, resumable: bool) -> (Connection, Challenge) {
    let new = connection(crate::scene::tenant());
    store.connect(&new).await.unwrap();
    let screen = if resumable { Screen::resumable(code(), new.id.clone()) } else { Screen::Socket(new.id.clone()) };
    let challenge = Challenge { screen, ..challenge(new.tenant) };
    assert!(store.replace(&new, &challenge).await.unwrap());
    (store.connection(&new.id).await.unwrap().unwrap(), challenge)
}

/// A further connection of the same tenant.
async fn another(store: &impl Store, of: &Connection) -> Connection {
    let other = Connection { tenant: of.tenant, ..connection(of.tenant) };
    store.connect(&other).await.unwrap();
    other
}

/// Claimed or not, its challenge is cancelled.
pub async fn a_screen_without_a_code_leaves_for_good(store: &impl Store) {
    for claims in [false, true] {
        let (shown, challenge) = showing(store, false).await;
        let phone = enrolled(store, shown.tenant, "ann").await;
        if claims {
            claim(store, &challenge, &phone.holder(), 1).await.unwrap();
        }
        store.leave(&shown, at(2)).await.unwrap();
        assert_eq!(stored(store, &challenge).await.withdrawn, Some(Withdrawal::Cancelled));
        assert_eq!(refusal(claim(store, &challenge, &phone.holder(), 3).await), Refusal::Cancelled);
    }
}

/// The minute is exact to the millisecond; afterwards nobody can claim the challenge.
pub async fn a_code_waits_a_minute_for_its_screen(store: &impl Store) {
    let (shown, challenge) = showing(store, true).await;
    for _ in 0..2 {
        store.leave(&shown, at(5)).await.unwrap();
    }
    let away = stored(store, &challenge).await;
    assert!(away.withdrawn.is_none() && away.screen.is_away());
    let phone = enrolled(store, shown.tenant, "ann").await.holder();
    assert_eq!(refusal(claim(store, &challenge, &phone, 5 + GRACE_MS).await), Refusal::Cancelled);
    claim(store, &challenge, &phone, 5 + GRACE_MS - 1).await.unwrap();
}

/// Its screen can fetch the token until the challenge expires.
pub async fn a_claim_outlives_the_socket_of_a_screen_with_a_code(store: &impl Store) {
    let (shown, challenge) = showing(store, true).await;
    let phone = enrolled(store, shown.tenant, "ann").await;
    let claimed = claim(store, &challenge, &phone.holder(), 1).await.unwrap();
    store.leave(&shown, at(5)).await.unwrap();
    let away = stored(store, &claimed).await;
    decide(store, &away, &phone, Decision::Approve, 6 + GRACE_MS).await.unwrap();
}

/// Only the socket that shows a challenge withdraws it.
pub async fn a_socket_that_closes_late_takes_nothing_along(store: &impl Store) {
    let (first, challenge) = showing(store, true).await;
    let second = another(store, &first).await;
    let resumed = store.resume(&second, &challenge, at(3)).await.unwrap().unwrap();
    store.leave(&first, at(4)).await.unwrap();
    assert_eq!(stored(store, &challenge).await, resumed);
}

/// The challenge and the connection change in one step.
pub async fn a_screen_comes_back_on_a_new_socket(store: &impl Store) {
    let (first, challenge) = showing(store, true).await;
    let second = another(store, &first).await;
    store.leave(&first, at(2)).await.unwrap();
    let away = stored(store, &challenge).await;
    let resumed = store.resume(&second, &away, at(3)).await.unwrap().unwrap();
    assert_eq!(resumed.screen.socket(), Some(&second.id));
    assert_eq!(stored(store, &challenge).await, resumed);
    let seen = store.connection(&second.id).await.unwrap().unwrap();
    assert_eq!(seen.shows, Some(Shown::from(&challenge)));
    assert_eq!(store.resume(&seen, &resumed, at(4)).await.unwrap(), Some(resumed.clone()));
    assert_eq!(stored(store, &challenge).await.withdrawn, None);
}

/// It can fetch the token for as long as the approval counts.
pub async fn a_screen_comes_back_for_an_approval_though_it_shows_another_code(store: &impl Store) {
    let (first, challenge) = showing(store, true).await;
    let phone = enrolled(store, first.tenant, "ann").await;
    let claimed = claim(store, &challenge, &phone.holder(), 1).await.unwrap();
    decide(store, &claimed, &phone, Decision::Approve, 2).await.unwrap();
    let seen = store.connection(&first.id).await.unwrap().unwrap();
    let next = Challenge { screen: Screen::Socket(first.id.clone()), ..crate::scene::challenge(first.tenant) };
    assert!(store.replace(&seen, &next).await.unwrap());
    let approved = stored(store, &challenge).await;
    assert_eq!(approved.withdrawn, Some(Withdrawal::Superseded));
    let second = another(store, &first).await;
    let resumed = store.resume(&second, &approved, at(3)).await.unwrap().unwrap();
    assert_eq!(resumed.screen.socket(), Some(&second.id));
    assert_eq!(stored(store, &challenge).await, resumed);
}

/// A screen shows one code at a time.
pub async fn a_screen_that_comes_back_shows_its_other_code_no_longer(store: &impl Store) {
    let (first, challenge) = showing(store, true).await;
    let second = another(store, &first).await;
    let other = Challenge { screen: Screen::Socket(second.id.clone()), ..crate::scene::challenge(first.tenant) };
    assert!(store.replace(&second, &other).await.unwrap());
    assert_eq!(store.resume(&second, &challenge, at(3)).await.unwrap(), None);
    let seen = store.connection(&second.id).await.unwrap().unwrap();
    store.resume(&seen, &challenge, at(3)).await.unwrap().unwrap();
    assert_eq!(stored(store, &other).await.withdrawn, Some(Withdrawal::Superseded));
}

/// The store itself checks the code.
pub async fn a_wrong_code_resumes_nothing(store: &impl Store) {
    let (first, challenge) = showing(store, true).await;
    let second = another(store, &first).await;
    let forged = Challenge { screen: Screen::polling(code()), ..challenge.clone() };
    assert_eq!(refusal(store.resume(&second, &forged, at(3)).await), Refusal::UnknownChallenge);
    assert_eq!(stored(store, &challenge).await, challenge);
    assert_eq!(store.connection(&second.id).await.unwrap().unwrap().shows, None);
}

/// A decision that read the old socket reads again, so that the answer goes to the new one.
pub async fn a_decision_looks_again_when_its_screen_has_moved(store: &impl Store) {
    let (first, challenge) = showing(store, true).await;
    let phone = enrolled(store, first.tenant, "ann").await;
    let read = claim(store, &challenge, &phone.holder(), 1).await.unwrap();
    let second = another(store, &first).await;
    store.resume(&second, &read, at(2)).await.unwrap().unwrap();
    let record = action(&read, &phone, Decision::Approve, at(3));
    let deciding = |challenge| Deciding {
        challenge,
        by: &phone,
        decision: Decision::Approve,
        r: Some(signed()),
        wrong_code: false,
        action: &record,
    };
    assert_eq!(store.decide(deciding(&read), at(3)).await.unwrap(), Decided::Moved);
    let moved = stored(store, &read).await;
    assert!(matches!(moved.state, State::Claimed { .. }));
    assert!(matches!(store.decide(deciding(&moved), at(4)).await.unwrap(), Decided::Made(_)));
}

/// Polling shows that the screen is there.
pub async fn a_screen_that_polls_is_not_away(store: &impl Store) {
    let (shown, challenge) = showing(store, true).await;
    store.leave(&shown, at(2)).await.unwrap();
    let away = stored(store, &challenge).await;
    store.polled(&away, at(3)).await.unwrap();
    let polls = stored(store, &challenge).await;
    assert_eq!((polls.screen.is_away(), polls.screen.socket()), (false, None));
    let phone = enrolled(store, shown.tenant, "ann").await.holder();
    claim(store, &challenge, &phone, 5 + GRACE_MS).await.unwrap();
}

/// A polling screen names the challenge that it showed, and proves it.
pub async fn a_polling_screen_replaces_its_own_code_only(store: &impl Store) {
    let code = code();
    let first = Challenge { screen: Screen::polling(code), ..challenge(crate::scene::tenant()) };
    let other = challenge(first.tenant);
    for challenge in [&first, &other] {
        create(store, challenge).await.unwrap();
    }
    let next = challenge(first.tenant);
    let wrong = Before { shown: Some((other.id, code)), action: None };
    store.create(&next, &wrong).await.unwrap();
    assert_eq!(stored(store, &other).await, other);
    assert_eq!(stored(store, &next).await, next);
    let next = challenge(first.tenant);
    store.create(&next, &Before { shown: Some((first.id, code)), action: None }).await.unwrap();
    assert_eq!(stored(store, &first).await.withdrawn, Some(Withdrawal::Superseded));
    assert_eq!(stored(store, &next).await, next);
}
