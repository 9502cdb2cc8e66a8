//! Claims by a code that somebody typed.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::short_code::{MAX_TRIES, ShortCode, TRIES_MS};
use scanlatch_testkit::scene::fresh;
use serde_json::json;

use crate::world::{Phone, World, refusal, text};

async fn anns() -> (World, Phone) {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    (world, phone)
}

fn wrong() -> String {
    ShortCode::from_random(fresh()).shown()
}

#[tokio::test]
async fn a_user_who_types_the_code_logs_the_screen_in() {
    let (world, phone) = anns().await;
    let (challenge, code, short) = world.ask_with_short_code(&world.anybody()).await;
    let claimed = world.try_claim_by_code(&phone, &short.shown().to_lowercase()).await.unwrap();
    assert_eq!(text(&claimed["challengeId"]), challenge.id.to_string());
    assert_eq!((&claimed["ipAddress"], &claimed["actionCode"]), (&json!("203.0.113.7"), &json!("login")));
    world.approve(&phone, &challenge.id).await;
    let token = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    assert_eq!(world.validate(&token).await["userId"], "ann");
}

#[tokio::test]
async fn a_screen_on_a_socket_hears_of_a_claim_by_its_code() {
    let (world, phone) = anns().await;
    let screen = world.connect(&world.anybody()).await;
    let (challenge, short) = world.show_with_short_code(&screen).await;
    world.try_claim_by_code(&phone, short.letters()).await.unwrap();
    let told = world.told();
    assert_eq!(told.len(), 1);
    let (to, notice) = &told[0];
    assert_eq!((to, &notice["data"]["state"]), (&screen, &json!("claimed")));
    assert_eq!(notice["data"]["challengeId"], challenge.id.to_string());
}

#[tokio::test]
async fn a_claim_whose_reply_was_lost_is_answered_again_until_the_decision() {
    let (world, phone) = anns().await;
    let (challenge, _, short) = world.ask_with_short_code(&world.anybody()).await;
    let first = world.try_claim_by_code(&phone, short.letters()).await.unwrap();
    assert_eq!(world.try_claim_by_code(&phone, short.letters()).await.unwrap(), first);
    world.approve(&phone, &challenge.id).await;
    assert_eq!(refusal(world.try_claim_by_code(&phone, short.letters()).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn a_claimed_code_is_unknown_to_every_other_phone() {
    let (world, phone) = anns().await;
    let (challenge, _, short) = world.ask_with_short_code(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    let ben = world.phone("ben").await;
    assert_eq!(refusal(world.try_claim_by_code(&ben, short.letters()).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn a_code_is_unknown_once_its_screen_shows_another() {
    let (world, phone) = anns().await;
    let screen = world.connect(&world.anybody()).await;
    let (_, first) = world.show_with_short_code(&screen).await;
    world.store.advance(1_000);
    let (second, short) = world.show_with_short_code(&screen).await;
    assert_eq!(refusal(world.try_claim_by_code(&phone, first.letters()).await), Refusal::UnknownChallenge);
    let claimed = world.try_claim_by_code(&phone, short.letters()).await.unwrap();
    assert_eq!(text(&claimed["challengeId"]), second.id.to_string());
}

#[tokio::test]
async fn a_code_is_unknown_once_its_screen_has_left() {
    let (world, phone) = anns().await;
    let screen = world.connect(&world.anybody()).await;
    let (_, short) = world.show_with_short_code(&screen).await;
    world.leave(&screen).await;
    assert_eq!(refusal(world.try_claim_by_code(&phone, short.letters()).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn a_code_is_unknown_once_it_has_expired() {
    let (world, phone) = anns().await;
    let (challenge, _, short) = world.ask_with_short_code(&world.anybody()).await;
    world.store.set_now(challenge.expires_at);
    assert_eq!(refusal(world.try_claim_by_code(&phone, short.letters()).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn a_code_for_one_user_is_unknown_to_another() {
    let (world, phone) = anns().await;
    let screen = Identity::Token(world.token("ann", json!({"idempotencyKey": "order-7"})).await);
    let (_, _, short) = world.ask_with_short_code(&screen).await;
    let ben = world.phone("ben").await;
    assert_eq!(refusal(world.try_claim_by_code(&ben, short.letters()).await), Refusal::UnknownChallenge);
    world.try_claim_by_code(&phone, short.letters()).await.unwrap();
}

#[tokio::test]
async fn five_wrong_codes_lock_their_user_out_for_an_hour_also_with_the_right_one() {
    let (world, phone) = anns().await;
    for _ in 0..MAX_TRIES {
        assert_eq!(refusal(world.try_claim_by_code(&phone, &wrong()).await), Refusal::UnknownChallenge);
    }
    let (_, _, short) = world.ask_with_short_code(&world.anybody()).await;
    assert_eq!(refusal(world.try_claim_by_code(&phone, short.letters()).await), Refusal::TooManyTries);
    world.store.advance(TRIES_MS);
    let (_, _, short) = world.ask_with_short_code(&world.anybody()).await;
    world.try_claim_by_code(&phone, short.letters()).await.unwrap();
}

#[tokio::test]
async fn a_user_gets_no_more_tries_by_another_device() {
    let (world, phone) = anns().await;
    for _ in 0..MAX_TRIES {
        world.try_claim_by_code(&phone, &wrong()).await.unwrap_err();
    }
    let second = world.phone("ann").await;
    assert_eq!(refusal(world.try_claim_by_code(&second, &wrong()).await), Refusal::TooManyTries);
    let ben = world.phone("ben").await;
    assert_eq!(refusal(world.try_claim_by_code(&ben, &wrong()).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn right_codes_lock_nobody_out_and_forgive_no_wrong_ones() {
    let (world, phone) = anns().await;
    for _ in 1..MAX_TRIES {
        world.try_claim_by_code(&phone, &wrong()).await.unwrap_err();
    }
    for _ in 0..=MAX_TRIES {
        let (challenge, _, short) = world.ask_with_short_code(&world.anybody()).await;
        world.try_claim_by_code(&phone, short.letters()).await.unwrap();
        world.reject(&phone, &challenge.id).await;
    }
    assert_eq!(refusal(world.try_claim_by_code(&phone, &wrong()).await), Refusal::UnknownChallenge);
    assert_eq!(refusal(world.try_claim_by_code(&phone, &wrong()).await), Refusal::TooManyTries);
}

#[tokio::test]
async fn a_key_that_is_not_enrolled_is_not_even_counted() {
    let world = World::new().await;
    let (_, _, short) = world.ask_with_short_code(&world.anybody()).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_claim_by_code(&Phone::new(), short.letters()).await), Refusal::InvalidCredential);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn the_signature_of_a_claim_by_code_decides_nothing() {
    let (world, phone) = anns().await;
    let (challenge, _, short) = world.ask_with_short_code(&world.anybody()).await;
    let mut body = phone.signed_code(short.letters());
    world.try_send_claim(&body).await.unwrap();
    body["challengeId"] = json!(challenge.id);
    assert_eq!(refusal(world.try_send_decision(&body, true).await), Refusal::InvalidCredential);
}

#[tokio::test]
async fn a_login_that_does_not_ask_stores_no_short_code() {
    let world = World::new().await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    assert_eq!(challenge.short_code, None);
    assert!(world.store.snapshot().contains("short_codes: {}"), "{}", world.store.snapshot());
}
