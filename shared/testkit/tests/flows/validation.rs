//! A backend asks what became of a token.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::token::Issuer;
use scanlatch_protocol::wire::backend::ValidateResponse;
use scanlatch_service::port::Clock as _;
use scanlatch_service::validate;
use scanlatch_testkit::scene::{create, fresh};
use serde_json::{Value, json};

use crate::world::{Phone, World, refusal, text};

fn says(answer: &Value, error: &str) {
    assert_eq!(*answer, json!({"isValid": false, "error": error}));
}

#[tokio::test]
async fn a_login_is_told_with_its_user_and_action() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let approved_at = world.store.now();
    world.store.advance(1_000);
    let token = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    let expected = json!({
        "isValid": true,
        "state": "CHALLENGE_SUCCEEDED",
        "stateUpdatedAt": approved_at.iso(),
        "userId": "ann",
        "action": "login",
        "actionCode": "login",
        "idempotencyKey": challenge.idempotency_key.as_str(),
        "verificationMethod": "DEVICE",
        "firstUse": true,
    });
    assert_eq!(world.validate(&token).await, expected);
}

#[tokio::test]
async fn only_the_first_validation_is_the_first() {
    let world = World::new().await;
    let token = world.log_in(&world.phone("ann").await).await;
    let first = world.validate(&token).await;
    let mut again = first.clone();
    again["firstUse"] = json!(false);
    assert_eq!(first["firstUse"], true);
    assert_eq!(world.validate(&token).await, again);
    assert_eq!(world.validate(&token).await, again);
}

#[tokio::test]
async fn what_the_backend_does_not_expect_is_no_success_and_redeems_nothing() {
    let world = World::new().await;
    let token = world.log_in(&world.phone("ann").await).await;
    let before = world.store.snapshot();
    for expected in [
        json!({"token": token, "userId": "ben"}),
        json!({"token": token, "action": "payment"}),
        json!({"token": token, "userId": "ann", "action": "payment"}),
        json!({"token": token, "userId": "ben", "action": "login"}),
        json!({"token": token, "userId": "Ann"}),
    ] {
        let answer = world.try_validate(&world.secret, expected).await.unwrap();
        says(&answer, "The token is for another user or action.");
    }
    assert_eq!(world.store.snapshot(), before);
    let right = json!({"token": token, "userId": "ann", "action": "login"});
    assert_eq!(world.try_validate(&world.secret, right).await.unwrap()["firstUse"], true);
}

#[tokio::test]
async fn a_user_token_tells_of_a_login_that_has_not_succeeded() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let token = world.token("ann", json!({"idempotencyKey": "order-7"})).await;
    let open = world.validate(&token).await;
    assert_eq!((&open["isValid"], &open["state"]), (&json!(false), &json!("CHALLENGE_REQUIRED")));
    let (challenge, _) = world.ask(&Identity::Token(token.clone())).await;
    world.claim(&phone, &challenge.id).await;
    world.reject(&phone, &challenge.id).await;
    let failed = world.validate(&token).await;
    assert_eq!((&failed["isValid"], &failed["state"]), (&json!(false), &json!("CHALLENGE_FAILED")));
}

#[tokio::test]
async fn a_user_token_is_no_success_even_after_the_login() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let token = world.token("ann", json!({"idempotencyKey": "order-7"})).await;
    let (challenge, code) = world.ask(&Identity::Token(token.clone())).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let before = world.store.snapshot();
    says(&world.validate(&token).await, "The token starts a challenge; it is not the result of one.");
    assert_eq!(world.store.snapshot(), before);
    let result = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    assert_eq!(world.validate(&result).await["firstUse"], true);
}

#[tokio::test]
async fn a_user_token_is_of_the_user_and_action_that_the_backend_expects() {
    let world = World::new().await;
    let token = world.token("ann", json!({})).await;
    for expected in [json!({"token": token, "userId": "ben"}), json!({"token": token, "action": "payment"})] {
        let answer = world.try_validate(&world.secret, expected).await.unwrap();
        says(&answer, "The token is for another user or action.");
    }
}

#[tokio::test]
async fn a_neighbours_secret_key_validates_none_of_our_tokens() {
    let (world, neighbour) = World::new().await.neighbour().await;
    let result = world.log_in(&world.phone("ann").await).await;
    let user = world.token("ann", json!({})).await;
    let before = world.store.snapshot();
    for token in [&result, &user] {
        let answer = world.try_validate(&neighbour.secret, json!({"token": token})).await.unwrap();
        says(&answer, "The token is invalid.");
    }
    assert_eq!(world.store.snapshot(), before);
    assert_eq!(world.validate(&result).await["firstUse"], true);
}

#[tokio::test]
async fn a_token_is_its_tenants_even_where_a_neighbour_has_all_the_same_names() {
    let (world, neighbour) = World::new().await.neighbour().await;
    let phone = world.phone("ann").await;
    let user = world.token("ann", json!({"idempotencyKey": "order-7"})).await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let result = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    let there = World { tenant: neighbour.tenant, secret: neighbour.secret, ..world };
    let same = there.phone("ann").await;
    there.token("ann", json!({"idempotencyKey": "order-7"})).await;
    create(&there.store, &Challenge { tenant: there.tenant, ..challenge.clone() }).await.unwrap();
    there.claim(&same, &challenge.id).await;
    there.approve(&same, &challenge.id).await;
    for token in [result, user] {
        says(&there.validate(&token).await, "The token is invalid.");
    }
}

#[tokio::test]
async fn a_secret_key_that_was_never_issued_is_refused() {
    let world = World::new().await;
    let token = world.log_in(&world.phone("ann").await).await;
    let before = world.store.snapshot();
    let guessed = SecretKey::from_random(world.tenant, fresh());
    assert_eq!(refusal(world.try_validate(&guessed, json!({"token": token})).await), Refusal::Unauthorized);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_token_is_worth_nothing_after_its_window() {
    let world = World::new().await;
    let token = world.log_in(&world.phone("ann").await).await;
    world.store.advance(2 * 60_000 - 1);
    assert_eq!(world.validate(&token).await["isValid"], true);
    world.store.advance(1);
    says(&world.validate(&token).await, "The token has expired.");
}

#[tokio::test]
async fn an_expired_user_token_says_so() {
    let world = World::new().await;
    let token = world.token("ann", json!({})).await;
    world.store.advance(10 * 60_000);
    says(&world.validate(&token).await, "The token has expired.");
}

#[tokio::test]
async fn what_we_did_not_sign_is_no_token() {
    let world = World::new().await;
    let token = world.log_in(&world.phone("ann").await).await;
    let elsewhere = World::new().await;
    let foreign = elsewhere.log_in(&elsewhere.phone("ann").await).await;
    let (head, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = foreign.rsplit_once('.').unwrap();
    let long = "a".repeat(100_000);
    for bad in ["", "a.b.c", &foreign, &format!("{head}."), head, &format!("{head}.{signature}"), &long] {
        says(&world.validate(bad).await, "The token is invalid.");
    }
}

#[tokio::test]
async fn another_deployments_token_is_refused() {
    let world = World::new().await;
    let token = world.log_in(&world.phone("ann").await).await;
    let staging = Issuer::new("staging");
    let expected = scanlatch_protocol::validation::Expected::default();
    let answer = validate::run(&world.store, &staging, &world.secret, &token, &expected).await.unwrap();
    says(&serde_json::to_value(ValidateResponse::from(&answer)).unwrap(), "The token is invalid.");
}

#[tokio::test]
async fn a_result_token_opens_nothing() {
    let world = World::new().await;
    let result = world.log_in(&world.phone("ann").await).await;
    let screen = Identity::Token(result.clone());
    assert_eq!(refusal(world.try_enrol(&Phone::new(), &result).await), Refusal::InvalidToken);
    assert_eq!(refusal(world.try_connect(&screen, None).await), Refusal::InvalidToken);
    assert_eq!(refusal(world.try_ask(&screen, None).await), Refusal::InvalidToken);
}

#[tokio::test]
async fn an_expired_user_token_opens_nothing() {
    let world = World::new().await;
    let token = world.token("ann", json!({})).await;
    let screen = Identity::Token(token.clone());
    world.store.advance(10 * 60_000);
    assert_eq!(refusal(world.try_enrol(&Phone::new(), &token).await), Refusal::ExpiredToken);
    assert_eq!(refusal(world.try_connect(&screen, None).await), Refusal::ExpiredToken);
    assert_eq!(refusal(world.try_ask(&screen, None).await), Refusal::ExpiredToken);
}

#[tokio::test]
async fn a_token_is_validated_once_where_the_tenant_says_so() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.validate_once = true).await;
    let token = world.log_in(&world.phone("ann").await).await;
    assert_eq!(world.validate(&token).await["isValid"], true);
    says(
        &world.validate(&token).await,
        "The token was used before, and this tenant lets a token be validated only once.",
    );
}

#[tokio::test]
async fn a_session_may_begin_after_the_only_validation() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.validate_once = true).await;
    let token = world.log_in(&world.phone("ann").await).await;
    assert_eq!(world.validate(&token).await["isValid"], true);
    world.try_begin(&token).await.unwrap();
}

#[tokio::test]
async fn nobody_validates_a_token_after_its_session_began() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.validate_once = true).await;
    let token = world.log_in(&world.phone("ann").await).await;
    world.try_begin(&token).await.unwrap();
    assert_eq!(world.validate(&token).await["isValid"], false);
}

#[tokio::test]
async fn a_token_that_was_handed_out_dies_before_the_approval() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let early = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    world.store.advance(2 * 60_000);
    says(&world.validate(&early).await, "The token has expired.");
    let late = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    assert_eq!(world.validate(&late).await["isValid"], true);
}
