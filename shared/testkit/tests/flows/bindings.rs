//! Challenges that a backend binds to its user.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::Challenge;
use serde_json::{Value, json};

use crate::world::{Phone, World, refusal, text};

/// A code on a screen that sends `custom` data and no user token.
async fn shown() -> (World, Phone, Challenge) {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let challenge = world.show(&world.connect(&world.anybody()).await).await;
    assert!(challenge.custom.is_some());
    (world, phone, challenge)
}

/// `more` with the challenge and the user that it is for.
fn named(challenge: &Challenge, mut more: Value) -> Value {
    more["challengeId"] = json!(challenge.id.to_string());
    more["userId"] = json!("ann");
    more
}

#[tokio::test]
async fn a_tracked_action_without_data_shows_nothing_of_what_the_screen_said() {
    let (world, phone, challenge) = shown().await;
    world.try_track_as("ann", "pay", named(&challenge, json!({}))).await.unwrap();
    let claimed = world.claim(&phone, &challenge.id).await;
    assert_eq!((&claimed["actionCode"], claimed.get("custom")), (&json!("pay"), None));
    world.approve(&phone, &challenge.id).await;
    let record = world.record("ann", &world.stored(&challenge.id)).await;
    assert_eq!((record.name.code.as_str(), record.custom), ("pay", None));
}

#[tokio::test]
async fn what_the_backend_tracked_takes_the_place_of_what_the_screen_said() {
    let (world, phone, challenge) = shown().await;
    let body = json!({"custom": {"amount": "5 EUR"}, "userAgent": "Firefox", "ipAddress": "198.51.100.1"});
    world.try_track_as("ann", "pay", named(&challenge, body)).await.unwrap();
    let claimed = world.claim(&phone, &challenge.id).await;
    assert_eq!(claimed["custom"], json!({"amount": "5 EUR"}));
    assert_eq!((&claimed["userAgent"], &claimed["ipAddress"]), (&json!("Firefox"), &json!("198.51.100.1")));
    assert_eq!(claimed.get("location"), None, "the place is that of another address");
}

#[tokio::test]
async fn a_binding_that_is_sent_again_changes_nothing() {
    let (world, _, challenge) = shown().await;
    let body = named(&challenge, json!({"custom": {"amount": "5 EUR"}}));
    world.try_track_as("ann", "pay", body.clone()).await.unwrap();
    let before = world.store.snapshot();
    world.try_track_as("ann", "pay", body).await.unwrap();
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_challenge_that_is_taken_before_its_approval_is_for_the_action_that_the_backend_names() {
    let (world, phone, challenge) = shown().await;
    let body = named(&challenge, json!({"skipVerificationCheck": true, "action": "pay"}));
    let token = world.try_take(body).await.unwrap();
    let claimed = world.claim(&phone, &challenge.id).await;
    assert_eq!((&claimed["actionCode"], claimed.get("custom")), (&json!("pay"), None));
    assert_eq!(world.validate(&token).await["action"], "pay");
}

#[tokio::test]
async fn a_challenge_that_is_taken_before_its_approval_keeps_nothing_that_the_screen_said() {
    let (world, phone, challenge) = shown().await;
    world.try_take(named(&challenge, json!({"skipVerificationCheck": true}))).await.unwrap();
    assert_eq!(world.claim(&phone, &challenge.id).await.get("custom"), None);
}

#[tokio::test]
async fn an_approval_is_taken_for_its_own_action_only() {
    let (world, phone, challenge) = shown().await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let token = text(&world.told().pop().unwrap().1["data"]["accessToken"]);
    let before = world.store.snapshot();
    for skips in [true, false] {
        let other = named(&challenge, json!({"skipVerificationCheck": skips, "action": "pay"}));
        assert_eq!(refusal(world.try_take(other).await), Refusal::OtherAction);
    }
    assert_eq!(world.store.snapshot(), before);
    let right = named(&challenge, json!({"action": "login"}));
    assert_eq!(world.try_take(right).await.unwrap(), token);
    assert_eq!(world.validate(&token).await["firstUse"], false, "taking it was the first use");
}

#[tokio::test]
async fn a_challenge_is_taken_for_one_user_and_action() {
    let (world, _, challenge) = shown().await;
    let take = |action: &str| named(&challenge, json!({"skipVerificationCheck": true, "action": action}));
    world.try_take(take("pay")).await.unwrap();
    world.try_take(take("pay")).await.unwrap();
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_take(take("login")).await), Refusal::NotOpen);
    let mut bens = take("pay");
    bens["userId"] = json!("ben");
    assert_eq!(refusal(world.try_take(bens).await), Refusal::NotOpen);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_claimed_or_withdrawn_challenge_is_not_taken() {
    let (world, phone, claimed) = shown().await;
    world.claim(&phone, &claimed.id).await;
    let socket = world.connect(&world.anybody()).await;
    let withdrawn = world.show(&socket).await;
    world.show(&socket).await;
    let before = world.store.snapshot();
    for challenge in [&claimed, &withdrawn] {
        let body = named(challenge, json!({"skipVerificationCheck": true}));
        assert_eq!(refusal(world.try_take(body).await), Refusal::NotOpen);
        assert_eq!(refusal(world.try_track_as("ann", "pay", named(challenge, json!({}))).await), Refusal::NotOpen);
    }
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_code_that_becomes_an_earlier_actions_shows_what_was_tracked_then() {
    let (world, phone, challenge) = shown().await;
    let first = json!({"idempotencyKey": "order-7", "custom": {"amount": "5 EUR"}, "userAgent": "Firefox"});
    world.try_track_as("ann", "pay", first).await.unwrap();
    let again = named(&challenge, json!({"idempotencyKey": "order-7", "custom": {"amount": "1 EUR"}}));
    world.try_track_as("ann", "pay", again).await.unwrap();
    let claimed = world.claim(&phone, &challenge.id).await;
    assert_eq!((&claimed["custom"], &claimed["userAgent"]), (&json!({"amount": "5 EUR"}), &json!("Firefox")));
}

#[tokio::test]
async fn a_code_that_is_taken_for_a_tracked_action_shows_what_was_tracked() {
    let (world, phone, challenge) = shown().await;
    let key = challenge.idempotency_key.as_str();
    let tracked = json!({"idempotencyKey": key, "custom": {"amount": "5 EUR"}, "userAgent": "Firefox"});
    world.try_track_as("ann", "pay", tracked).await.unwrap();
    world.take(named(&challenge, json!({"skipVerificationCheck": true, "action": "pay"}))).await;
    let claimed = world.claim(&phone, &challenge.id).await;
    assert_eq!((&claimed["custom"], &claimed["userAgent"]), (&json!({"amount": "5 EUR"}), &json!("Firefox")));
}
