//! How far the phone is from the screen, and what a tenant makes of it.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::jwt::Token;
use scanlatch_protocol::proximity::Sight;
use scanlatch_protocol::tenant::settings::DistanceRule;
use serde_json::{Value, json};

use crate::world::{Phone, World, refusal, text};

fn sight(country: &str) -> Option<Sight> {
    Sight::observed(Some("192.0.2.9"), Some(country), None, None)
}

/// A tenant with this rule, and Ann's phone. Its screens are in New Zealand.
async fn with(rule: DistanceRule) -> (World, Phone) {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.distance = rule).await;
    let phone = world.phone("ann").await;
    (world, phone)
}

/// The payload of a token.
#[expect(clippy::unwrap_used, reason = "a test cannot go on without")]
fn payload(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&scanlatch_protocol::base64::decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn the_phone_and_the_backend_are_told_how_far_they_are_apart() {
    for (seen, expected) in [
        (Sight::observed(Some("203.0.113.7"), None, None, None), "sameNetwork"),
        (sight("NZ"), "sameCountry"),
        (sight("AU"), "far"),
        (None, "unknown"),
    ] {
        let (world, phone) = with(DistanceRule::Tell).await;
        let (challenge, code) = world.ask(&world.anybody()).await;
        let claimed = world.try_send_claim_from(&phone.signed(&challenge.id), seen).await.unwrap();
        assert_eq!(claimed["proximity"], expected);
        world.approve(&phone, &challenge.id).await;
        let token = text(&world.poll(&challenge.id, &code).await["accessToken"]);
        assert!(Token::read(&token).is_ok());
        assert_eq!(payload(&token)["prox"], expected);
    }
}

#[tokio::test]
async fn a_phone_that_is_too_far_does_not_claim() {
    let (world, phone) = with(DistanceRule::Deny).await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    let before = world.store.snapshot();
    let far = world.try_send_claim_from(&phone.signed(&challenge.id), sight("AU")).await;
    assert_eq!(refusal(far), Refusal::TooFar);
    assert_eq!(world.store.snapshot(), before);
    let near = world.try_send_claim_from(&phone.signed(&challenge.id), sight("NZ")).await.unwrap();
    assert_eq!(near["success"], true);
}

/// A backend may bind the code while the far phone claims it.
#[tokio::test]
async fn a_far_phone_does_not_approve_what_came_to_deny_it() {
    let (world, phone) = with(DistanceRule::Tell).await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.try_send_claim_from(&phone.signed(&challenge.id), sight("AU")).await.unwrap();
    world.change(|tenant| tenant.settings.distance = DistanceRule::Deny).await;
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::TooFar);
    assert_eq!(world.reject(&phone, &challenge.id).await["isVerified"], false);
}

#[tokio::test]
async fn an_unknown_place_denies_nothing() {
    let (world, phone) = with(DistanceRule::Deny).await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    assert_eq!(world.claim(&phone, &challenge.id).await["proximity"], "unknown");
    assert_eq!(world.approve(&phone, &challenge.id).await["isVerified"], true);
}

#[tokio::test]
async fn a_known_user_cannot_avoid_the_rule_by_approving_without_a_claim() {
    let (world, phone) = with(DistanceRule::Deny).await;
    let screen = scanlatch_protocol::authorization::Identity::Token(world.token("ann", json!({})).await);
    let (challenge, _) = world.ask(&screen).await;
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::NotClaimed);
}

#[tokio::test]
async fn what_a_backend_tracked_does_not_move_the_screen() {
    let (world, phone) = with(DistanceRule::Tell).await;
    let tracked = json!({"ipAddress": "192.0.2.9"});
    let screen = scanlatch_protocol::authorization::Identity::Token(world.token("ann", tracked).await);
    let (challenge, _) = world.ask(&screen).await;
    let claimed = world.try_send_claim_from(&phone.signed(&challenge.id), sight("AU")).await.unwrap();
    assert_eq!((&claimed["ipAddress"], &claimed["proximity"]), (&json!("192.0.2.9"), &json!("far")));
}

#[tokio::test]
async fn only_tenants_that_deny_pay_a_read_for_it() {
    for (rule, reads) in [(DistanceRule::Tell, 0), (DistanceRule::Deny, 1)] {
        let (world, phone) = with(rule).await;
        let (challenge, _) = world.ask(&world.anybody()).await;
        world.store.calls();
        world.claim(&phone, &challenge.id).await;
        let read = world.store.calls().into_iter().filter(|call| *call == "challenge").count();
        assert_eq!(read, reads, "{rule:?}");
    }
}
