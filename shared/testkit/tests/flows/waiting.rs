//! Pending challenges of a user, and actions with several challenges.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::authorization::Identity;
use serde_json::{Value, json};

use crate::world::{Phone, World, refusal};

const HOME: &str = "203.0.113.7";

/// Ann's phone, and screens for her action `order-7`.
async fn hers() -> (World, Phone, Identity) {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = screen(&world, "order-7").await;
    (world, phone, screen)
}

async fn screen(world: &World, key: &str) -> Identity {
    Identity::Token(world.token("ann", json!({"idempotencyKey": key})).await)
}

#[tokio::test]
async fn a_newer_code_of_an_action_takes_the_place_of_one_that_nobody_claimed() {
    let (world, phone, screen) = hers().await;
    let (first, _) = world.ask(&screen).await;
    world.store.advance(1_000);
    let (second, code) = world.ask(&screen).await;
    assert_eq!(world.pending(&phone, HOME).await, Some(second.id));
    assert_eq!(refusal(world.try_claim(&phone, &first.id).await), Refusal::Superseded);
    world.approve(&phone, &second.id).await;
    assert!(world.poll(&second.id, &code).await["accessToken"].is_string());
    assert_eq!(world.pending(&phone, HOME).await, None);
}

#[tokio::test]
async fn what_was_approved_in_one_challenge_is_not_asked_again_in_another() {
    let (world, phone, screen) = hers().await;
    let (first, _) = world.ask(&screen).await;
    world.claim(&phone, &first.id).await;
    let (second, _) = world.ask(&screen).await;
    assert!(world.pending(&phone, HOME).await.is_some());
    world.approve(&phone, &second.id).await;
    assert_eq!(world.pending(&phone, HOME).await, None);
}

#[tokio::test]
async fn what_the_backend_blocked_is_not_asked() {
    let (world, phone, screen) = hers().await;
    world.ask(&screen).await;
    world.set_state("ann", "order-7", ActionState::Block).await;
    assert_eq!(world.pending(&phone, HOME).await, None);
}

#[tokio::test]
async fn an_action_that_succeeded_is_decided_by_no_other_challenge() {
    for approved in [true, false] {
        let (world, phone, screen) = hers().await;
        let (first, _) = world.ask(&screen).await;
        world.claim(&phone, &first.id).await;
        let (second, code) = world.ask(&screen).await;
        world.claim(&phone, &second.id).await;
        world.approve(&phone, &first.id).await;
        let before = world.store.snapshot();
        assert_eq!(refusal(world.try_decide(&phone, &second.id, approved).await), Refusal::ActionSucceeded);
        assert_eq!(world.store.snapshot(), before);
        assert_eq!(world.poll(&second.id, &code).await.get("accessToken"), None);
        assert_eq!(world.state("ann", "order-7").await, ActionState::ChallengeSucceeded);
    }
}

#[tokio::test]
async fn an_action_that_succeeded_opens_no_screen_but_answers_an_open_one() {
    let (world, phone, screen) = hers().await;
    let socket = world.connect(&screen).await;
    let first = world.show(&socket).await;
    world.claim(&phone, &first.id).await;
    world.approve(&phone, &first.id).await;
    assert_eq!(refusal(world.try_ask(&screen, None).await), Refusal::ActionSucceeded);
    assert_eq!(refusal(world.try_connect(&screen, None).await), Refusal::ActionSucceeded);
    let second = world.show(&socket).await;
    assert_eq!(refusal(world.try_decide(&phone, &second.id, true).await), Refusal::ActionSucceeded);
    assert_eq!(world.pending(&phone, HOME).await, None);
}

#[tokio::test]
async fn a_declined_action_may_be_tried_again_with_the_same_token() {
    for polls in [true, false] {
        let (world, phone, screen) = hers().await;
        let first = world.open(&screen, polls).await;
        world.claim(&phone, &first.id).await;
        world.reject(&phone, &first.id).await;
        assert_eq!(world.state("ann", "order-7").await, ActionState::ChallengeFailed);
        let second = world.open(&screen, polls).await;
        world.claim(&phone, &second.id).await;
        assert_eq!(world.approve(&phone, &second.id).await, json!({"isVerified": true}));
        assert_eq!(world.state("ann", "order-7").await, ActionState::ChallengeSucceeded);
        assert_eq!(refusal(world.try_decide(&phone, &first.id, true).await), Refusal::AlreadyDecided);
    }
}

#[tokio::test]
async fn a_login_that_was_opened_near_the_phone_comes_first() {
    let (world, phone, _) = hers().await;
    let far = world.ask_from(&screen(&world, "far").await, "198.51.100.9").await;
    world.store.advance(1_000);
    let near = world.ask_from(&screen(&world, "near").await, HOME).await;
    assert_eq!(world.pending(&phone, HOME).await, Some(near.id));
    assert_eq!(world.pending(&phone, "198.51.100.9").await, Some(far.id));
}

#[tokio::test]
async fn of_several_logins_the_oldest_comes_first_and_none_stays_hidden() {
    let (world, phone, _) = hers().await;
    let mut opened = Vec::new();
    for key in ["one", "two", "three"] {
        opened.push(world.ask_from(&screen(&world, key).await, "198.51.100.9").await.id);
        world.store.advance(1_000);
    }
    let mut asked = Vec::new();
    while let Some(id) = world.pending(&phone, HOME).await {
        asked.push(id);
        assert_eq!(world.reject(&phone, &id).await, json!({"isVerified": false}));
    }
    assert_eq!(asked, opened);
}

#[tokio::test]
async fn each_phone_of_a_user_is_asked_alike() {
    let (world, phone, screen) = hers().await;
    let other = world.phone("ann").await;
    let (challenge, _) = world.ask(&screen).await;
    for phone in [&phone, &other] {
        assert_eq!(world.pending(phone, HOME).await, Some(challenge.id));
    }
    assert_eq!(world.pending(&world.phone("ben").await, HOME).await, None);
}

#[tokio::test]
async fn a_login_is_told_to_the_screen_though_nobody_claimed_it() {
    let (world, phone, screen) = hers().await;
    let challenge = world.show(&world.connect(&screen).await).await;
    world.approve(&phone, &challenge.id).await;
    let told: Vec<Value> = world.told().into_iter().map(|(_, notice)| notice).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0]["data"]["accessToken"].is_string());
}
