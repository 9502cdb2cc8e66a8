//! Who may begin a challenge, and whose approval counts.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::ChallengeParams;
use scanlatch_protocol::id::ActionCode;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::tenant::settings::ActionRules;
use scanlatch_service::message;
use serde_json::json;

use crate::world::{World, refusal, text, wish};

fn backends_only(tenant: &mut Tenant) {
    tenant.settings.backend_challenges_only = true;
}

#[expect(clippy::unwrap_used, reason = "a test cannot go on without")]
fn pay() -> ActionCode {
    ActionCode::parse("pay").unwrap()
}

/// Only a backend may begin a payment.
fn backends_pay(tenant: &mut Tenant) {
    let only = ActionRules { backend_challenges_only: Some(true), ..ActionRules::default() };
    tenant.settings.action_rules.insert(pay(), only);
}

#[tokio::test]
async fn a_screen_without_an_origin_asks_in_vain_where_one_is_required() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.origin_required = true).await;
    assert_eq!(refusal(world.try_ask(&world.anybody(), None).await), Refusal::OriginMissing);
    assert_eq!(refusal(world.try_connect(&world.anybody(), None).await), Refusal::OriginMissing);
    world.try_ask(&world.anybody(), Some("https://shop.example")).await.unwrap();
}

#[tokio::test]
async fn a_trusted_device_has_no_origin_and_needs_none() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.origin_required = true).await;
    world.try_open_own(&world.anybody()).await.unwrap();
}

#[tokio::test]
async fn a_screen_cannot_begin_what_only_a_backend_may() {
    let world = World::new().await;
    world.change(backends_only).await;
    assert_eq!(refusal(world.try_ask(&world.anybody(), None).await), Refusal::BackendChallengeNeeded);
    let socket = world.connect(&world.anybody()).await;
    assert_eq!(refusal(world.try_show(&socket).await), Refusal::BackendChallengeNeeded);
    assert_eq!(refusal(world.try_open_own(&world.anybody()).await), Refusal::BackendChallengeNeeded);
}

#[tokio::test]
async fn a_message_that_is_refused_leaves_the_code_on_the_screen() {
    let world = World::new().await;
    world.change(backends_pay).await;
    let screen = world.connect(&world.anybody()).await;
    let shown = world.show(&screen).await;
    let before = world.store.snapshot();
    let pay = ChallengeParams { action: pay(), ..wish() };
    let refused = message::run(&world.store, &screen, pay, false).await.map(|_| ());
    assert_eq!(refusal(refused), Refusal::BackendChallengeNeeded);
    assert_eq!(world.store.snapshot(), before);
    assert_eq!(world.claim(&world.phone("ann").await, &shown.id).await["success"], true);
}

#[tokio::test]
async fn an_empty_origin_names_no_page() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.origin_required = true).await;
    for origin in ["", " "] {
        assert_eq!(refusal(world.try_ask(&world.anybody(), Some(origin)).await), Refusal::OriginMissing, "{origin:?}");
    }
}

#[tokio::test]
async fn what_a_backend_began_needs_no_origin() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.origin_required = true).await;
    let screen = Identity::Token(world.token("ann", json!({})).await);
    world.try_ask(&screen, None).await.unwrap();
}

/// The approval still serves what it was made for.
#[tokio::test]
async fn a_devices_approval_is_not_taken_for_what_only_a_backend_may_begin() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let own = world.open_own(&world.anybody()).await;
    let token = world.verify(&world.anybody(), &phone, &own.id).await;
    world.change(backends_pay).await;
    let before = world.store.snapshot();
    let body = json!({"challengeId": own.id.to_string(), "userId": "ann", "action": "pay"});
    assert_eq!(refusal(world.try_take(body).await), Refusal::BackendChallengeNeeded);
    assert_eq!(world.validate_for("pay", &token).await["isValid"], false);
    assert_eq!(world.store.snapshot(), before);
    assert_eq!(world.validate_for("login", &token).await["isValid"], true);
}

#[tokio::test]
async fn a_backends_user_token_begins_it() {
    let world = World::new().await;
    world.change(backends_only).await;
    let phone = world.phone("ann").await;
    let screen = Identity::Token(world.token("ann", json!({})).await);
    let (challenge, code) = world.ask(&screen).await;
    world.approve(&phone, &challenge.id).await;
    let token = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    assert_eq!(world.validate(&token).await["isValid"], true);
}

#[tokio::test]
async fn binding_does_not_open_a_way_round() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.change(backends_only).await;
    let before = world.store.snapshot();
    let tracked = world.try_track("ann", json!({"challengeId": challenge.id.to_string()})).await;
    assert_eq!(refusal(tracked.map(|_| ())), Refusal::BackendChallengeNeeded);
    let body = json!({"challengeId": challenge.id.to_string(), "userId": "ann", "skipVerificationCheck": true});
    assert_eq!(refusal(world.try_take(body).await), Refusal::BackendChallengeNeeded);
    assert_eq!(world.store.snapshot(), before);
    world.claim(&phone, &challenge.id).await;
}

#[tokio::test]
async fn an_approval_of_a_screens_challenge_counts_nowhere() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let token = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    world.change(backends_only).await;
    assert_eq!(world.validate(&token).await["isValid"], false);
    assert_eq!(refusal(world.try_begin(&token).await), Refusal::InvalidToken);
    let body = json!({"challengeId": challenge.id.to_string(), "userId": "ann"});
    assert_eq!(refusal(world.try_take(body).await), Refusal::BackendChallengeNeeded);
}
