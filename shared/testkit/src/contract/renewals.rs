//! Codes that a screen renews while it follows the one before.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Decision, OVERLAP_MS, Screen, State};
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_service::port::Connection;

use crate::scene::{at, challenge, claim, connection, decide, enrolled, fresh, refusal, stored, tenant};
use crate::store::Store;

/// When the scene's code is renewed.
const RENEWED: i64 = 60_000;

/// A challenge of the screen that can be resumed.
fn shown_on(screen: &Connection, millis: i64) -> Challenge {
    let code = DeviceCode::from_random(fresh()).digest();
    let screen_of_it = Screen::resumable(code, screen.id.clone());
    Challenge { screen: screen_of_it, created_at: at(millis), ..challenge(screen.tenant) }
}

/// The connection as it is stored.
async fn seen(store: &impl Store, screen: &Connection) -> Connection {
    store.connection(&screen.id).await.unwrap().unwrap()
}

/// A screen, the code that it renewed, and the newer one.
async fn renewed(store: &impl Store) -> (Connection, Challenge, Challenge) {
    let screen = connection(tenant());
    store.connect(&screen).await.unwrap();
    let (older, newer) = (shown_on(&screen, 0), shown_on(&screen, RENEWED));
    assert!(store.replace(&screen, &older).await.unwrap());
    let screen = seen(store, &screen).await;
    assert!(store.renew(&screen, &newer).await.unwrap());
    (seen(store, &screen).await, stored(store, &older).await, stored(store, &newer).await)
}

/// Whoever has just scanned the older one logs in, and the newer one can no longer be claimed.
pub async fn a_claim_of_the_older_code_supersedes_the_newer(store: &impl Store) {
    let (_, older, newer) = renewed(store).await;
    let (ann, ben) = (enrolled(store, older.tenant, "ann").await, enrolled(store, older.tenant, "ben").await);
    let claimed = claim(store, &older, &ann.holder(), RENEWED + 1).await.unwrap();
    assert_eq!(refusal(claim(store, &newer, &ben.holder(), RENEWED + 2).await), Refusal::Superseded);
    decide(store, &claimed, &ann, Decision::Approve, RENEWED + 3).await.unwrap();
}

/// A claim of the newer one bars the older one.
pub async fn a_claim_of_the_newer_code_bars_the_older(store: &impl Store) {
    let (_, older, newer) = renewed(store).await;
    let (ann, ben) = (enrolled(store, older.tenant, "ann").await, enrolled(store, older.tenant, "ben").await);
    let claimed = claim(store, &newer, &ann.holder(), RENEWED + 1).await.unwrap();
    assert_eq!(refusal(claim(store, &older, &ben.holder(), RENEWED + 2).await), Refusal::Superseded);
    assert_eq!(stored(store, &older).await, older);
    decide(store, &claimed, &ann, Decision::Approve, RENEWED + 3).await.unwrap();
}

/// The claimer of the older one gets the same answer again.
pub async fn a_claim_of_the_older_code_may_be_repeated(store: &impl Store) {
    let (_, older, _) = renewed(store).await;
    let ann = enrolled(store, older.tenant, "ann").await;
    let claimed = claim(store, &older, &ann.holder(), RENEWED + 1).await.unwrap();
    let again = claim(store, &older, &ann.holder(), RENEWED + 2).await.unwrap();
    assert_eq!((again.state, again.claim), (claimed.state, claimed.claim));
}

/// Half a minute, to the millisecond.
pub async fn the_older_code_lives_half_a_minute(store: &impl Store) {
    for (millis, expected) in [(OVERLAP_MS - 1, None), (OVERLAP_MS, Some(Refusal::Expired))] {
        let (_, older, _) = renewed(store).await;
        let ann = enrolled(store, older.tenant, "ann").await;
        let claimed = claim(store, &older, &ann.holder(), RENEWED + millis).await;
        match expected {
            None => assert!(claimed.is_ok()),
            Some(expected) => assert_eq!(refusal(claimed), expected),
        }
    }
}

/// Never more than two codes can be claimed.
pub async fn a_third_code_ends_the_first(store: &impl Store) {
    for renews in [true, false] {
        let (screen, first, second) = renewed(store).await;
        let third = shown_on(&screen, RENEWED + 1_000);
        let shown = if renews { store.renew(&screen, &third).await } else { store.replace(&screen, &third).await };
        assert!(shown.unwrap());
        let ann = enrolled(store, first.tenant, "ann").await;
        assert_eq!(refusal(claim(store, &first, &ann.holder(), RENEWED + 1_001).await), Refusal::Superseded);
        let claimed = claim(store, &second, &ann.holder(), RENEWED + 1_001).await;
        assert_eq!(claimed.is_ok(), renews);
    }
}

/// A renewal that comes after a claim of either code changes nothing.
pub async fn a_claimed_code_is_not_renewed(store: &impl Store) {
    for claims_older in [true, false] {
        let (screen, older, newer) = renewed(store).await;
        let ann = enrolled(store, older.tenant, "ann").await;
        let scanned = if claims_older { &older } else { &newer };
        let claimed = claim(store, scanned, &ann.holder(), RENEWED + 1).await.unwrap();
        let third = shown_on(&screen, RENEWED + 2);
        assert_eq!(refusal(store.renew(&screen, &third).await), Refusal::AlreadyClaimed);
        assert_eq!(stored(store, &claimed).await, claimed);
        assert_eq!(seen(store, &screen).await, screen);
        assert_eq!(store.challenge(&third.tenant, &third.id).await.unwrap(), None);
    }
}

/// Nothing is left of it to follow.
pub async fn an_expired_code_is_replaced_and_not_renewed(store: &impl Store) {
    let screen = connection(tenant());
    store.connect(&screen).await.unwrap();
    let first = shown_on(&screen, 0);
    assert!(store.replace(&screen, &first).await.unwrap());
    let screen = seen(store, &screen).await;
    let late = first.expires_at.millis() - at(0).millis();
    let next = Challenge { expires_at: at(2 * late), ..shown_on(&screen, late) };
    assert!(store.renew(&screen, &next).await.unwrap());
    let shows = seen(store, &screen).await.shows.unwrap();
    assert_eq!((shows.challenge, shows.older), (next.id, None));
}

/// The screen asks how its newest code stands, and both stay alive.
pub async fn resuming_the_newer_code_leaves_the_older(store: &impl Store) {
    let (screen, older, newer) = renewed(store).await;
    store.resume(&screen, &newer, at(RENEWED + 1)).await.unwrap().unwrap();
    let ann = enrolled(store, older.tenant, "ann").await;
    let claimed = claim(store, &older, &ann.holder(), RENEWED + 2).await.unwrap();
    assert!(matches!(claimed.state, State::Claimed { .. }));
}
