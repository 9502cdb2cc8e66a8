//! A screen on a socket.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::jwt::Token;
use scanlatch_protocol::token::ResultToken;
use scanlatch_service::port::{Clock as _, Verifies as _};
use scanlatch_testkit::memory::Fate;
use serde_json::{Value, json};

use crate::world::{World, is_unavailable, refusal, text};

fn change(id: &scanlatch_protocol::id::ChallengeId, state: &str) -> Value {
    let mut notice = json!({"type": "STATE_CHANGE", "data": {"challengeId": id.to_string(), "state": state}});
    if state == "claimed" {
        // Every world begins at the same instant, and its claims lapse after two minutes.
        notice["data"]["decideBy"] = json!("2026-01-01T00:02:00.000Z");
    }
    notice
}

#[tokio::test]
async fn a_socket_hears_claimed_and_then_approved() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let challenge = world.show(&screen).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let told = world.told();
    assert!(told.iter().all(|(to, _)| *to == screen));
    let notices: Vec<Value> = told.into_iter().map(|(_, notice)| notice).collect();
    let mut approved = change(&challenge.id, "approved");
    approved["data"]["accessToken"] = notices[1]["data"]["accessToken"].clone();
    assert_eq!(notices, [change(&challenge.id, "claimed"), approved]);
}

#[tokio::test]
async fn the_pushed_token_tells_the_login() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let challenge = world.show(&world.connect(&world.anybody()).await).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let token = text(&world.told()[1].1["data"]["accessToken"]);
    let keys = world.store.verifying_keys(None, world.store.now()).await.unwrap();
    let told = ResultToken::verify(&Token::read(&token).unwrap(), &keys, &world.issuer, world.store.now()).unwrap();
    let expected = ResultToken {
        tenant: world.tenant,
        user: scanlatch_protocol::id::UserId::parse("ann").unwrap(),
        action: challenge.action,
        idempotency_key: challenge.idempotency_key,
        challenge: challenge.id,
    };
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_socket_hears_a_rejection_without_a_token() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let challenge = world.show(&screen).await;
    world.claim(&phone, &challenge.id).await;
    world.reject(&phone, &challenge.id).await;
    assert_eq!(world.told().pop(), Some((screen, change(&challenge.id, "rejected"))));
}

#[tokio::test]
async fn only_its_own_screen_hears_of_a_challenge() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (screen, other) = (world.connect(&world.anybody()).await, world.connect(&world.anybody()).await);
    world.show(&other).await;
    let challenge = world.show(&screen).await;
    world.claim(&phone, &challenge.id).await;
    assert_eq!(world.told(), [(screen, change(&challenge.id, "claimed"))]);
}

#[tokio::test]
async fn a_refused_phone_is_not_heard_of() {
    let world = World::new().await;
    let (phone, late) = (world.phone("ann").await, world.phone("ben").await);
    let challenge = world.show(&world.connect(&world.anybody()).await).await;
    world.claim(&phone, &challenge.id).await;
    world.told();
    refusal(world.try_claim(&late, &challenge.id).await);
    refusal(world.try_decide(&late, &challenge.id, true).await);
    assert_eq!(world.told(), []);
}

#[tokio::test]
async fn a_lost_push_is_made_up_for_by_asking_again() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let challenge = world.show(&world.connect(&world.anybody()).await).await;
    world.store.next_pushes([Fate::Lost; 2]);
    let claimed = world.claim(&phone, &challenge.id).await;
    assert!(is_unavailable(&world.try_decide(&phone, &challenge.id, true).await));
    assert_eq!(world.told(), []);
    assert_eq!(world.claim(&phone, &challenge.id).await, claimed);
    assert_eq!(world.approve(&phone, &challenge.id).await, json!({"isVerified": true}));
    let told = world.told();
    let token = text(&told.last().unwrap().1["data"]["accessToken"]);
    assert_eq!(world.validate(&token).await["isValid"], true);
}

#[tokio::test]
async fn asking_again_pushes_the_same_token() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let challenge = world.show(&world.connect(&world.anybody()).await).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let first = world.told().pop();
    world.store.advance(1_000);
    world.approve(&phone, &challenge.id).await;
    assert_eq!(world.told().pop(), first);
}

#[tokio::test]
async fn a_refreshed_code_replaces_the_one_before() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let first = world.show(&screen).await;
    world.store.advance(1_000);
    let second = world.show(&screen).await;
    assert_ne!(first.id, second.id);
    assert_eq!(refusal(world.try_claim(&phone, &first.id).await), Refusal::Superseded);
    assert_eq!(world.claim(&phone, &second.id).await["success"], true);
}

#[tokio::test]
async fn a_claimed_code_that_was_refreshed_can_no_longer_be_decided() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let first = world.show(&screen).await;
    world.claim(&phone, &first.id).await;
    world.show(&screen).await;
    world.told();
    let before = world.store.snapshot();
    for approved in [true, false] {
        assert_eq!(refusal(world.try_decide(&phone, &first.id, approved).await), Refusal::Superseded);
    }
    assert_eq!(world.store.snapshot(), before);
    assert_eq!(world.told(), []);
}

#[tokio::test]
async fn an_expired_code_can_be_refreshed() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let first = world.show(&screen).await;
    world.store.set_now(first.expires_at);
    let second = world.show(&screen).await;
    assert_eq!(refusal(world.try_claim(&phone, &first.id).await), Refusal::Expired);
    assert_eq!(world.claim(&phone, &second.id).await["success"], true);
}

#[tokio::test]
async fn a_screen_that_left_cancels_its_code() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let challenge = world.show(&screen).await;
    world.leave(&screen).await;
    assert_eq!(refusal(world.try_claim(&phone, &challenge.id).await), Refusal::Cancelled);
}

#[tokio::test]
async fn what_was_claimed_cannot_be_decided_once_its_screen_left() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let challenge = world.show(&screen).await;
    world.claim(&phone, &challenge.id).await;
    world.leave(&screen).await;
    let before = world.store.snapshot();
    for approved in [true, false] {
        assert_eq!(refusal(world.try_decide(&phone, &challenge.id, approved).await), Refusal::Cancelled);
    }
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_socket_that_nobody_opened_is_nobody() {
    let world = World::new().await;
    let screen = ConnectionId::parse("nobody").unwrap();
    assert_eq!(refusal(world.try_show(&screen).await), Refusal::Unauthorized);
    world.leave(&screen).await;
}
