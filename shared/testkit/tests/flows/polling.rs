//! A screen that polls.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_service::poll;
use scanlatch_testkit::scene::{fresh, tenant};
use serde_json::json;

use crate::world::{World, refusal, text};

const MINUTE: i64 = 60_000;

#[tokio::test]
async fn a_polling_screen_sees_each_step_of_a_login() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    let unclaimed = world.poll(&challenge.id, &code).await;
    assert_eq!(unclaimed, json!({"isClaimed": false, "isConsumed": false, "isVerified": false}));
    world.claim(&phone, &challenge.id).await;
    let claimed = world.poll(&challenge.id, &code).await;
    let decide_by = text(&claimed["decideBy"]);
    let expected = json!({"isClaimed": true, "isConsumed": false, "isVerified": false, "decideBy": decide_by});
    assert_eq!(claimed, expected);
    assert_eq!(world.approve(&phone, &challenge.id).await, json!({"isVerified": true}));
    let approved = world.poll(&challenge.id, &code).await;
    let token = text(&approved["accessToken"]);
    assert_eq!(approved, json!({"isClaimed": true, "isConsumed": true, "isVerified": true, "accessToken": token}));
}

#[tokio::test]
async fn the_phone_sees_who_is_asking() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    let expected = json!({
        "success": true,
        "ipAddress": "203.0.113.7",
        "userAgent": "Kiosk/1.0",
        "location": {"city": "Auckland", "country": "NZ"},
        "actionCode": "login",
        "idempotencyKey": challenge.idempotency_key.as_str(),
        "custom": {"place": "Terminal A"},
        "sources": {"custom": "screen", "ipAddress": "service", "location": "service", "userAgent": "screen"},
        "proximity": "unknown",
        "decideBy": "2026-01-01T00:02:00.000Z",
        "user": {},
    });
    assert_eq!(world.claim(&phone, &challenge.id).await, expected);
}

#[tokio::test]
async fn a_rejected_login_gives_no_token() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    assert_eq!(world.reject(&phone, &challenge.id).await, json!({"isVerified": false}));
    let rejected = world.poll(&challenge.id, &code).await;
    assert_eq!(rejected, json!({"isClaimed": true, "isConsumed": true, "isVerified": false}));
}

#[tokio::test]
async fn a_rejected_login_stays_rejected() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.reject(&phone, &challenge.id).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::AlreadyDecided);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn polls_that_overlap_get_the_same_token() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let first = world.poll(&challenge.id, &code).await;
    world.store.advance(MINUTE - 1);
    assert_eq!(world.poll(&challenge.id, &code).await, first);
    world.validate(&text(&first["accessToken"])).await;
    assert_eq!(world.poll(&challenge.id, &code).await, first);
}

#[tokio::test]
async fn only_the_screen_that_asked_can_poll() {
    let world = World::new().await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    let (other, other_code) = world.ask(&world.anybody()).await;
    let wrong_code = world.try_poll(&challenge.id, &DeviceCode::from_random(fresh())).await;
    let others_code = world.try_poll(&challenge.id, &other_code).await;
    let unknown = world.try_poll(&scanlatch_protocol::id::ChallengeId::from_random(fresh()), &code).await;
    for answer in [wrong_code, others_code, unknown, world.try_poll(&other.id, &code).await] {
        assert_eq!(refusal(answer), Refusal::UnknownChallenge);
    }
}

#[tokio::test]
async fn an_expired_challenge_is_unknown_to_whoever_lacks_its_code() {
    let world = World::new().await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.store.set_now(challenge.expires_at);
    let stranger = world.try_poll(&challenge.id, &DeviceCode::from_random(fresh())).await;
    assert_eq!(refusal(stranger), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn a_neighbours_screen_finds_nothing() {
    let (world, neighbour) = World::new().await.neighbour().await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    let polled = poll::run(&world.store, &world.issuer, &neighbour.tenant, &challenge.id, &code).await;
    assert_eq!(refusal(polled), Refusal::UnknownChallenge);
    let polled = poll::run(&world.store, &world.issuer, &tenant(), &challenge.id, &code).await;
    assert_eq!(refusal(polled), Refusal::Unauthorized);
}

#[tokio::test]
async fn a_socket_screen_has_no_code_to_poll_with() {
    let world = World::new().await;
    let screen = world.connect(&world.anybody()).await;
    let challenge = world.show(&screen).await;
    let polled = world.try_poll(&challenge.id, &DeviceCode::from_random(fresh())).await;
    assert_eq!(refusal(polled), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn a_screen_hears_that_its_challenge_expired() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (unclaimed, code) = world.ask(&world.anybody()).await;
    let (claimed, claimed_code) = world.ask(&world.anybody()).await;
    world.claim(&phone, &claimed.id).await;
    world.store.set_now(unclaimed.expires_at.plus(-1));
    world.poll(&unclaimed.id, &code).await;
    world.store.advance(1);
    assert_eq!(refusal(world.try_poll(&unclaimed.id, &code).await), Refusal::Expired);
    assert_eq!(refusal(world.try_poll(&claimed.id, &claimed_code).await), Refusal::Expired);
}

#[tokio::test]
async fn an_approval_in_the_last_moment_reaches_its_screen() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.store.set_now(challenge.expires_at.plus(-2));
    world.claim(&phone, &challenge.id).await;
    world.store.advance(1);
    world.approve(&phone, &challenge.id).await;
    world.store.advance(MINUTE);
    let token = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    assert_eq!(world.validate(&token).await["isValid"], true);
}

#[tokio::test]
async fn an_approval_is_not_handed_out_after_its_window() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    world.store.advance(challenge.redeemable_ms - 1);
    world.poll(&challenge.id, &code).await;
    world.store.advance(1);
    assert_eq!(refusal(world.try_poll(&challenge.id, &code).await), Refusal::Expired);
}

#[tokio::test]
async fn each_step_of_a_login_writes_at_most_once() {
    const READS: [&str; 8] =
        ["action", "challenge", "connection", "credential", "signing_key", "tenant", "user", "verifying_keys"];
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let writes = || world.store.calls().into_iter().filter(|call| !READS.contains(call)).collect::<Vec<_>>();
    writes();
    let (challenge, code) = world.ask(&world.anybody()).await;
    assert_eq!(writes(), ["create"]);
    world.claim(&phone, &challenge.id).await;
    // The count of undecided claims returns the credential too, so nothing is read before it.
    assert_eq!(writes(), ["count_claim", "claim"]);
    world.approve(&phone, &challenge.id).await;
    assert_eq!(writes(), ["decide"]);
    let token = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    assert!(writes().is_empty());
    world.validate(&token).await;
    assert_eq!(writes(), ["redeem"]);
}

#[tokio::test]
async fn a_repeated_decision_is_answered_without_a_write() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    world.store.calls();
    world.approve(&phone, &challenge.id).await;
    assert_eq!(world.store.calls(), ["tenant", "credential", "challenge"]);
}

#[tokio::test]
async fn a_second_phone_hears_that_it_is_too_late() {
    let world = World::new().await;
    let (first, second) = (world.phone("ann").await, world.phone("ben").await);
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&first, &challenge.id).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_claim(&second, &challenge.id).await), Refusal::AlreadyClaimed);
    assert_eq!(refusal(world.try_decide(&second, &challenge.id, true).await), Refusal::AlreadyClaimed);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn nobody_approves_without_a_claim() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::NotClaimed);
    assert_eq!(world.store.snapshot(), before);
}
