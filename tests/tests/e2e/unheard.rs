//! An approval that no screen can hear is not confirmed to the phone.

use anyhow::Result;
use scanlatch_client::Method;
use scanlatch_tests::{SocketScreen, Stack, shared_stack};
use serde_json::{Value, json};

async fn faults(stack: &Stack, faults: Value) -> Result<()> {
    stack.control(Method::POST, "faults", &faults).await.map(|_| ())
}

/// Claims a challenge whose screen heard it and then left unnoticed.
async fn claimed_and_left(stack: &Stack, phone: &scanlatch_tests::Phone, mut screen: SocketScreen) -> Result<String> {
    let id = screen.challenge().await?;
    phone.claim(&id).await?.assert_ok();
    assert_eq!(screen.next().await?["data"]["state"], "claimed");
    faults(stack, json!({ "loseDisconnects": true })).await?;
    screen.close().await?;
    faults(stack, json!({})).await?;
    Ok(id)
}

#[tokio::test]
async fn an_approval_for_a_screen_that_left_unnoticed_is_taken_back_and_its_action_as_before() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let phone = stack.phone_of("ann").await?;
    let tracked = stack.backend().track("ann", "pay", &json!({ "idempotencyKey": "order-1" })).await?;
    let screen = SocketScreen::open_for_user(stack.ws_url(), &tracked.text("token")).await?;
    let id = claimed_and_left(&stack, &phone, screen).await?;
    for _ in 0..2 {
        phone.decide(&id, true).await?.assert_refused(410, "challenge_cancelled");
    }
    let action = stack.backend().get("/users/ann/actions/pay/order-1").await?;
    assert_eq!(action.text("state"), "CHALLENGE_REQUIRED");

    // A new code with the same token is approved.
    let mut again = SocketScreen::open_for_user(stack.ws_url(), &tracked.text("token")).await?;
    let id = again.challenge().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    let action = stack.backend().get("/users/ann/actions/pay/order-1").await?;
    assert_eq!(action.text("state"), "CHALLENGE_SUCCEEDED");
    Ok(())
}

/// A double tap: both taps get 410, so the approval must not stand.
#[tokio::test]
async fn approvals_sent_twice_at_once_for_a_screen_that_left_are_taken_back() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let phone = stack.phone_of("ann").await?;
    for round in 0..20 {
        let key = format!("order-{round}");
        let tracked = stack.backend().track("ann", "pay", &json!({ "idempotencyKey": key })).await?;
        let screen = SocketScreen::open_for_user(stack.ws_url(), &tracked.text("token")).await?;
        let id = claimed_and_left(&stack, &phone, screen).await?;
        let (one, two, three) =
            tokio::try_join!(phone.decide(&id, true), phone.decide(&id, true), phone.decide(&id, true))?;
        for answer in [one, two, three] {
            answer.assert_refused(410, "challenge_cancelled");
        }
        let action = stack.backend().get(&format!("/users/ann/actions/pay/{key}")).await?;
        assert_eq!(action.text("state"), "CHALLENGE_REQUIRED", "round {round}");
    }
    Ok(())
}

#[tokio::test]
async fn an_anonymous_approval_that_nobody_heard_leaves_a_failed_action() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let phone = stack.phone_of("ann").await?;
    let screen = stack.socket_screen().await?;
    let id = claimed_and_left(&stack, &phone, screen).await?;
    phone.decide(&id, true).await?.assert_refused(410, "challenge_cancelled");
    let actions = stack.backend().get("/users/ann/actions?codes=login").await?;
    assert_eq!(actions.json[0]["state"], "CHALLENGE_FAILED");
    Ok(())
}

#[tokio::test]
async fn a_claim_repeated_after_the_approval_tells_the_screen_nothing() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("unheard-ann").await?;
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    phone.claim(&id).await?.assert_ok();
    assert_eq!(screen.next().await?["data"]["state"], "claimed");
    assert!(screen.next().await?["data"]["accessToken"].is_string());
    assert!(screen.is_silent().await?);
    Ok(())
}

#[tokio::test]
async fn an_approval_whose_push_nobody_knows_of_is_asked_for_again_and_heard() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let phone = stack.phone_of("ann").await?;
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    phone.claim(&id).await?.assert_ok();
    faults(&stack, json!({ "failPushes": true })).await?;
    phone.decide(&id, true).await?.assert_refused(503, "unavailable");
    faults(&stack, json!({})).await?;
    assert_eq!(phone.decide(&id, true).await?.assert_ok().json["isVerified"], true);
    assert_eq!(screen.next().await?["data"]["state"], "claimed");
    assert!(screen.next().await?["data"]["accessToken"].is_string());
    Ok(())
}

#[tokio::test]
async fn a_recorded_claim_is_no_approval() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("unheard-eve").await?;
    let (id, code) = stack.polling_screen().open().await?;
    let mut recorded = phone.signed(&id);
    phone.claim_with(&recorded).await?.assert_ok();
    recorded["approved"] = true.into();
    phone.decide_with(&recorded).await?.assert_refused(409, "signature_spent");
    assert_eq!(stack.polling_screen().poll(&id, &code).await?.json["isConsumed"], false);
    phone.decide(&id, true).await?.assert_ok();
    Ok(())
}
