//! Screens that renew their code and follow the one before.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Challenge, ChallengeParams, OVERLAP_MS};
use scanlatch_protocol::id::ConnectionId;
use scanlatch_service::{Result, message};
use serde_json::json;

use crate::world::{World, refusal, text, wish};

/// The code that a socket asks for while it follows the one that it shows.
async fn renew(world: &World, screen: &ConnectionId) -> Result<Challenge> {
    let params = ChallengeParams { overlaps: true, ..wish() };
    message::run(&world.store, screen, params, true).await.map(|(challenge, ..)| challenge)
}

#[tokio::test]
async fn who_scanned_the_code_before_logs_in() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let (older, code) = world.show_resumable(&screen).await;
    let newer = renew(&world, &screen).await.unwrap();
    world.store.advance(OVERLAP_MS - 1);
    world.claim(&phone, &older.id).await;
    world.approve(&phone, &older.id).await;
    let told = world.told();
    assert!(told.iter().all(|(to, notice)| *to == screen && notice["data"]["challengeId"] == older.id.to_string()));
    let token = text(&told[1].1["data"]["accessToken"]);
    assert_eq!(world.validate(&token).await["isValid"], true);
    assert_eq!(world.resume(&screen, &older.id, &code).await["state"], "approved");
    assert_eq!(refusal(world.try_claim(&world.phone("ben").await, &newer.id).await), Refusal::Superseded);
}

#[tokio::test]
async fn a_screen_that_does_not_ask_for_it_follows_one_code() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let (older, _) = world.show_resumable(&screen).await;
    world.show_resumable(&screen).await;
    assert_eq!(refusal(world.try_claim(&phone, &older.id).await), Refusal::Superseded);
}

#[tokio::test]
async fn a_screen_without_codes_follows_one_code() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let older = world.show(&screen).await;
    renew(&world, &screen).await.unwrap();
    assert_eq!(refusal(world.try_claim(&phone, &older.id).await), Refusal::Superseded);
}

#[tokio::test]
async fn a_known_users_code_is_replaced_at_once() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&Identity::Token(world.token("ann", json!({})).await)).await;
    let (older, _) = world.show_resumable(&screen).await;
    renew(&world, &screen).await.unwrap();
    assert_eq!(refusal(world.try_decide(&phone, &older.id, true).await), Refusal::Superseded);
}

#[tokio::test]
async fn nobody_approves_a_bound_code_unclaimed_while_a_newer_one_is_shown() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let (older, _) = world.show_resumable(&screen).await;
    renew(&world, &screen).await.unwrap();
    world.try_track("ann", json!({"challengeId": older.id.to_string()})).await.unwrap();
    assert_eq!(refusal(world.try_decide(&phone, &older.id, true).await), Refusal::NotClaimed);
    world.claim(&phone, &older.id).await;
    assert_eq!(world.approve(&phone, &older.id).await["isVerified"], true);
}

#[tokio::test]
async fn a_renewal_that_comes_after_the_claim_leaves_it() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let (shown, _) = world.show_resumable(&screen).await;
    world.claim(&phone, &shown.id).await;
    assert_eq!(refusal(renew(&world, &screen).await), Refusal::AlreadyClaimed);
    assert_eq!(world.approve(&phone, &shown.id).await["isVerified"], true);
}
