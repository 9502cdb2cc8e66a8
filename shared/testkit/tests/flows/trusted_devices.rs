//! Devices that verify their user by themselves.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::REPEATED_MS;
use serde_json::json;

use crate::world::{Phone, World, refusal};

/// Ann's device and the token of her action `order-7`.
async fn hers() -> (World, Phone, Identity) {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let bearer = Identity::Token(world.token("ann", json!({"idempotencyKey": "order-7"})).await);
    (world, phone, bearer)
}

#[tokio::test]
async fn a_device_that_opened_as_anybody_verifies_for_the_action_of_its_token() {
    let (world, phone, bearer) = hers().await;
    let own = world.open_own(&world.anybody()).await;
    let token = world.verify(&bearer, &phone, &own.id).await;
    let answer = world.validate_for("login", &token).await;
    assert_eq!((&answer["isValid"], &answer["userId"]), (&json!(true), &json!("ann")));
    assert_eq!(answer["idempotencyKey"], "order-7");
    assert_eq!(world.state("ann", "order-7").await, ActionState::ChallengeSucceeded);
    assert_eq!(world.validate_for("trusted-device", &token).await["isValid"], false);
}

#[tokio::test]
async fn a_device_that_opened_with_its_token_verifies_for_that_action() {
    let (world, phone, bearer) = hers().await;
    let own = world.open_own(&bearer).await;
    let token = world.verify(&bearer, &phone, &own.id).await;
    assert_eq!(world.validate_for("login", &token).await["isValid"], true);
    assert_eq!(world.state("ann", "order-7").await, ActionState::ChallengeSucceeded);
}

#[tokio::test]
async fn an_untracked_verification_is_for_the_action_that_the_backend_names_first() {
    let (world, phone, _) = hers().await;
    let own = world.open_own(&world.anybody()).await;
    let token = world.verify(&world.anybody(), &phone, &own.id).await;
    let first = world.validate_for("pay", &token).await;
    assert_eq!((&first["isValid"], &first["action"]), (&json!(true), &json!("pay")));
    assert_eq!(world.validate_for("login", &token).await["isValid"], false);
    assert_eq!(world.validate(&token).await["action"], "pay");
}

#[tokio::test]
async fn a_verification_that_is_sent_again_is_answered_for_30_seconds() {
    for tracked in [true, false] {
        let (world, phone, bearer) = hers().await;
        let device = if tracked { bearer } else { world.anybody() };
        let body = phone.signed(&world.open_own(&world.anybody()).await.id);
        let token = world.try_send_verification(&device, &body).await.unwrap();
        world.store.advance(REPEATED_MS - 1);
        assert_eq!(world.try_send_verification(&device, &body).await.unwrap(), token);
        world.store.advance(1);
        let before = world.store.snapshot();
        assert_eq!(refusal(world.try_send_verification(&device, &body).await), Refusal::Expired);
        assert_eq!(world.store.snapshot(), before);
        assert_eq!(world.validate(&token).await["isValid"], true);
    }
}

#[tokio::test]
async fn a_device_that_lost_the_reply_verifies_again_with_a_new_challenge() {
    let (world, phone, bearer) = hers().await;
    let token = world.verify(&bearer, &phone, &world.open_own(&bearer).await.id).await;
    world.store.advance(REPEATED_MS - 1);
    for device in [&bearer, &world.anybody()] {
        let again = world.open_own(device).await;
        assert_eq!(world.verify(&bearer, &phone, &again.id).await, token);
    }
    world.store.advance(1);
    let late = world.open_own(&bearer).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_verify(&bearer, &phone, &late.id).await), Refusal::ActionSucceeded);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn another_device_of_the_user_is_not_given_what_the_first_approved() {
    let (world, phone, bearer) = hers().await;
    world.verify(&bearer, &phone, &world.open_own(&bearer).await.id).await;
    let other = world.phone("ann").await;
    let again = world.open_own(&bearer).await;
    assert_eq!(refusal(world.try_verify(&bearer, &other, &again.id).await), Refusal::ActionSucceeded);
}

#[tokio::test]
async fn an_action_that_a_screen_had_approved_gives_a_device_nothing() {
    let (world, phone, bearer) = hers().await;
    let (challenge, _) = world.ask(&bearer).await;
    world.approve(&phone, &challenge.id).await;
    let own = world.open_own(&bearer).await;
    assert_eq!(refusal(world.try_verify(&bearer, &phone, &own.id).await), Refusal::ActionSucceeded);
}

#[tokio::test]
async fn a_verification_whose_reply_was_lost_is_answered_with_its_token() {
    let (world, phone, bearer) = hers().await;
    let own = world.open_own(&bearer).await;
    world.store.lose_reply(1);
    assert!(world.try_verify(&bearer, &phone, &own.id).await.is_err());
    let token = world.verify(&bearer, &phone, &own.id).await;
    assert_eq!(world.validate(&token).await["isValid"], true);
}

#[tokio::test]
async fn a_token_verifies_with_its_own_users_key_only() {
    let (world, _, bearer) = hers().await;
    let other = world.phone("ben").await;
    for device in [&bearer, &world.anybody()] {
        let own = world.open_own(device).await;
        let before = world.store.snapshot();
        assert_eq!(refusal(world.try_verify(&bearer, &other, &own.id).await), Refusal::InvalidCredential);
        assert_eq!(world.store.snapshot(), before);
    }
}

#[tokio::test]
async fn a_barred_action_is_not_verified() {
    for state in [ActionState::Block, ActionState::ReviewFailed] {
        let (world, phone, bearer) = hers().await;
        let own = world.open_own(&bearer).await;
        world.set_state("ann", "order-7", state).await;
        let before = world.store.snapshot();
        assert_eq!(refusal(world.try_verify(&bearer, &phone, &own.id).await), Refusal::ActionBlocked);
        assert_eq!(refusal(world.try_open_own(&bearer).await), Refusal::ActionBlocked);
        assert_eq!(world.store.snapshot(), before);
    }
}

#[tokio::test]
async fn a_challenge_that_another_action_verified_is_nobodys_any_more() {
    let (world, phone, bearer) = hers().await;
    let own = world.open_own(&world.anybody()).await;
    world.verify(&world.anybody(), &phone, &own.id).await;
    assert_eq!(refusal(world.try_verify(&bearer, &phone, &own.id).await), Refusal::UnknownChallenge);
    let tracked = world.open_own(&bearer).await;
    let other = Identity::Token(world.token("ann", json!({"idempotencyKey": "order-8"})).await);
    assert_eq!(refusal(world.try_verify(&other, &phone, &tracked.id).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn what_a_screen_shows_is_no_devices_own() {
    let (world, phone, bearer) = hers().await;
    let (challenge, _) = world.ask(&bearer).await;
    assert_eq!(refusal(world.try_verify(&bearer, &phone, &challenge.id).await), Refusal::UnknownChallenge);
    let own = world.open_own(&bearer).await;
    assert_eq!(refusal(world.try_claim(&phone, &own.id).await), Refusal::UnknownChallenge);
    assert_eq!(refusal(world.try_decide(&phone, &own.id, true).await), Refusal::UnknownChallenge);
}
