//! A screen that came with a user token.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::Identity;
use serde_json::{Value, json};

use crate::world::{Phone, World, refusal};

/// A world with Ann's phone and a screen with her user token.
async fn hers(body: Value) -> (World, Phone, Identity) {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = Identity::Token(world.token("ann", body).await);
    (world, phone, screen)
}

#[tokio::test]
async fn another_users_phone_finds_nothing_to_claim() {
    for polls in [true, false] {
        let (world, phone, screen) = hers(json!({})).await;
        let other = world.phone("ben").await;
        let id = world.open(&screen, polls).await.id;
        let before = world.store.snapshot();
        assert_eq!(refusal(world.try_claim(&other, &id).await), Refusal::UnknownChallenge);
        assert_eq!(world.store.snapshot(), before);
        assert_eq!(world.claim(&phone, &id).await["success"], true);
        assert_eq!(refusal(world.try_decide(&other, &id, true).await), Refusal::UnknownChallenge);
    }
}

#[tokio::test]
async fn another_users_phone_is_not_heard_of() {
    let (world, _, screen) = hers(json!({})).await;
    let other = world.phone("ben").await;
    let shown = world.show(&world.connect(&screen).await).await;
    refusal(world.try_claim(&other, &shown.id).await);
    assert_eq!(world.told(), []);
}

#[tokio::test]
async fn what_the_backend_tracked_wins_over_what_the_screen_says() {
    let body = json!({
        "idempotencyKey": "order-7",
        "custom": {"amount": "12.50"},
        "ipAddress": "198.51.100.1",
        "userAgent": "Firefox",
    });
    // The location belongs to the screen's own address, so it is not shown with the tracked one.
    let expected = json!({
        "success": true,
        "ipAddress": "198.51.100.1",
        "userAgent": "Firefox",
        "actionCode": "login",
        "idempotencyKey": "order-7",
        "custom": {"amount": "12.50"},
        "sources": {"custom": "backend", "ipAddress": "backend", "userAgent": "backend"},
        "proximity": "unknown",
        "decideBy": "2026-01-01T00:02:00.000Z",
        "user": {},
    });
    for polls in [true, false] {
        let (world, phone, screen) = hers(body.clone()).await;
        let id = world.open(&screen, polls).await.id;
        assert_eq!(world.claim(&phone, &id).await, expected);
    }
}

#[tokio::test]
async fn what_the_backend_did_not_see_is_the_screens() {
    let (world, phone, screen) = hers(json!({"idempotencyKey": "order-7"})).await;
    let (challenge, _) = world.ask(&screen).await;
    let claimed = world.claim(&phone, &challenge.id).await;
    assert_eq!(claimed["ipAddress"], "203.0.113.7");
    assert_eq!(claimed["location"], json!({"city": "Auckland", "country": "NZ"}));
    assert_eq!(claimed.get("custom"), None, "a screen adds nothing to a tracked action");
}

#[tokio::test]
async fn the_decision_is_the_tracked_actions() {
    for (approved, state) in [(true, "CHALLENGE_SUCCEEDED"), (false, "CHALLENGE_FAILED")] {
        let (world, phone, screen) = hers(json!({"idempotencyKey": "order-7", "custom": {"amount": "12.50"}})).await;
        let (challenge, _) = world.ask(&screen).await;
        world.claim(&phone, &challenge.id).await;
        world.store.advance(1_000);
        world.try_decide(&phone, &challenge.id, approved).await.unwrap();
        let action = world.try_track("ann", json!({"idempotencyKey": "order-7"})).await.unwrap().action;
        assert_eq!(action.state.as_str(), state);
        assert_eq!(action.state_updated_at, action.created_at.plus(1_000));
        assert_eq!(action.custom.unwrap().to_text(), r#"{"amount":"12.50"}"#);
    }
}

#[tokio::test]
async fn an_untracked_login_is_recorded_for_the_user_who_approved() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let key = challenge.idempotency_key.as_str();
    let action = world.try_track("ann", json!({"idempotencyKey": key})).await.unwrap().action;
    assert_eq!(action.state.as_str(), "CHALLENGE_SUCCEEDED");
    assert_eq!(action.custom, challenge.custom);
}

#[tokio::test]
async fn a_forgotten_action_opens_no_screen() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.action_lifetime_ms = 1_000).await;
    let screen = Identity::Token(world.token("ann", json!({})).await);
    world.store.advance(1_000);
    assert_eq!(refusal(world.try_ask(&screen, None).await), Refusal::InvalidToken);
    assert_eq!(refusal(world.try_connect(&screen, None).await), Refusal::InvalidToken);
}

#[tokio::test]
async fn tracking_tells_whether_the_user_has_a_phone() {
    let world = World::new().await;
    assert!(!world.try_track("ann", json!({})).await.unwrap().user.is_enrolled());
    world.phone("ann").await;
    assert!(world.try_track("ann", json!({})).await.unwrap().user.is_enrolled());
    assert!(!world.try_track("ben", json!({})).await.unwrap().user.is_enrolled());
}
