//! Phones and actions that a backend takes out of use.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::authorization::Identity;
use scanlatch_service::credential;
use scanlatch_service::port::Clock as _;
use serde_json::json;

use crate::world::{World, refusal, text};

#[tokio::test]
async fn what_a_revoked_phone_approved_counts_for_nothing() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    for validated in [false, true] {
        let (challenge, code) = world.ask(&world.anybody()).await;
        let device = world.phone("ben").await;
        world.claim(&device, &challenge.id).await;
        world.approve(&device, &challenge.id).await;
        let token = text(&world.poll(&challenge.id, &code).await["accessToken"]);
        if validated {
            assert_eq!(world.validate(&token).await["isValid"], true);
        }
        world.revoke(&device).await;
        let rejected = json!({"isClaimed": true, "isConsumed": true, "isVerified": false});
        assert_eq!(world.poll(&challenge.id, &code).await, rejected);
        let answer = world.validate(&token).await;
        assert_eq!(answer, json!({"isValid": false, "error": "The challenge was not approved."}));
        assert_eq!(refusal(world.try_begin(&token).await), Refusal::InvalidToken);
    }
    let token = world.log_in(&phone).await;
    assert_eq!(world.validate(&token).await["isValid"], true, "another phone's approval stands");
}

#[tokio::test]
async fn what_a_phone_approved_before_it_signed_out_counts_for_nothing_once_it_is_revoked() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let token = world.log_in(&phone).await;
    let id = credential::run(&world.store, &world.tenant, &phone.key).await.unwrap().id;
    world.try_remove(&phone, &format!("{}.0", world.store.now().seconds() / 600)).await.unwrap();
    world.revoke_by_id("ann", &id).await;
    assert_eq!(world.validate(&token).await["isValid"], false);
    assert_eq!(refusal(world.try_begin(&token).await), Refusal::InvalidToken);
}

#[tokio::test]
async fn a_code_that_a_revoked_phone_holds_is_free_for_the_next() {
    let world = World::new().await;
    let (lost, phone) = (world.phone("ann").await, world.phone("ann").await);
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.claim(&lost, &challenge.id).await;
    assert_eq!(refusal(world.try_claim(&phone, &challenge.id).await), Refusal::AlreadyClaimed);
    world.revoke(&lost).await;
    assert_eq!(world.claim(&phone, &challenge.id).await["success"], true);
    assert_eq!(refusal(world.try_decide(&lost, &challenge.id, true).await), Refusal::InvalidCredential);
    world.approve(&phone, &challenge.id).await;
    assert!(world.poll(&challenge.id, &code).await["accessToken"].is_string());
}

#[tokio::test]
async fn a_code_that_a_revoked_phone_decided_is_free_for_nobody() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    for approved in [true, false] {
        let (challenge, _) = world.ask(&world.anybody()).await;
        let device = world.phone("ann").await;
        world.claim(&device, &challenge.id).await;
        world.try_decide(&device, &challenge.id, approved).await.unwrap();
        world.revoke(&device).await;
        assert_eq!(refusal(world.try_claim(&phone, &challenge.id).await), Refusal::AlreadyClaimed);
    }
}

#[tokio::test]
async fn a_users_socket_serves_longer_than_its_token() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let socket = world.connect(&Identity::Token(world.token("ann", json!({})).await)).await;
    world.store.advance(11 * 60_000);
    let challenge = world.show(&socket).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    assert!(world.told().pop().unwrap().1["data"]["accessToken"].is_string());
}

#[tokio::test]
async fn a_users_socket_is_given_no_code_once_its_action_is_barred() {
    for state in [ActionState::Block, ActionState::ReviewFailed] {
        let world = World::new().await;
        let token = world.token("ann", json!({"idempotencyKey": "order-7"})).await;
        let socket = world.connect(&Identity::Token(token)).await;
        world.show(&socket).await;
        world.set_state("ann", "order-7", state).await;
        let before = world.store.snapshot();
        assert_eq!(refusal(world.try_show(&socket).await), Refusal::ActionBlocked);
        assert_eq!(world.store.snapshot(), before);
    }
}

#[tokio::test]
async fn a_users_socket_is_given_no_code_once_its_action_is_gone() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.action_lifetime_ms = 60_000).await;
    let socket = world.connect(&Identity::Token(world.token("ann", json!({})).await)).await;
    world.show(&socket).await;
    world.store.advance(60_000);
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_show(&socket).await), Refusal::InvalidToken);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_claimed_login_is_not_decided_once_its_action_is_barred() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let token = world.token("ann", json!({"idempotencyKey": "order-7"})).await;
    let challenge = world.show(&world.connect(&Identity::Token(token)).await).await;
    world.claim(&phone, &challenge.id).await;
    world.set_state("ann", "order-7", ActionState::Block).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::ActionBlocked);
    assert_eq!(world.store.snapshot(), before);
}
