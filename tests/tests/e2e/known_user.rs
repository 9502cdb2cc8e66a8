//! Challenges that a backend tracked for one user.

use anyhow::Result;
use scanlatch_tests::{SocketScreen, shared_stack};
use serde_json::json;

#[tokio::test]
async fn only_the_tracked_user_may_claim_and_the_tracked_values_win_when_polling() -> Result<()> {
    let stack = shared_stack().await;
    let (ann, ben) = (stack.phone_of("known-ann").await?, stack.phone_of("known-ben").await?);
    let attributes = json!({ "custom": { "amount": "12.50" }, "ipAddress": "203.0.113.9", "userAgent": "Shop/2" });
    let tracked = stack.backend().track("known-ann", "pay", &attributes).await?;
    let token = tracked.assert_ok().text("token");
    let screen = stack.polling_screen().with_token(&token);
    let created = screen.create(&json!({ "action": "other", "custom": { "amount": "0.01" } })).await?;
    let (id, code) = (created.assert_ok().text("challengeId"), created.text("deviceCode"));

    ben.claim(&id).await?.assert_refused(404, "challenge_not_found");
    let polled = screen.poll(&id, &code).await?;
    assert_eq!(polled.json["isClaimed"], false);

    let claimed = ann.claim(&id).await?;
    claimed.assert_ok();
    assert_eq!(claimed.json["actionCode"], "pay");
    assert_eq!(claimed.json["custom"], json!({ "amount": "12.50" }));
    assert_eq!(claimed.json["ipAddress"], "203.0.113.9");
    assert_eq!(claimed.json["userAgent"], "Shop/2");
    assert_eq!(claimed.text("idempotencyKey"), tracked.text("idempotencyKey"));
    ann.decide(&id, true).await?.assert_ok();
    let token = screen.poll(&id, &code).await?.text("accessToken");
    let validated =
        stack.backend().validate(&json!({ "token": token, "userId": "known-ann", "action": "pay" })).await?;
    assert_eq!(validated.json["state"], "CHALLENGE_SUCCEEDED");
    assert_eq!(validated.text("idempotencyKey"), tracked.text("idempotencyKey"));
    Ok(())
}

#[tokio::test]
async fn only_the_tracked_user_may_claim_and_the_tracked_values_win_on_a_socket() -> Result<()> {
    let stack = shared_stack().await;
    let (ann, ben) = (stack.phone_of("known-cem").await?, stack.phone_of("known-dan").await?);
    let tracked = stack.backend().track("known-cem", "pay", &json!({ "custom": { "amount": "9" } })).await?;
    let mut screen = SocketScreen::open_for_user(stack.ws_url(), &tracked.text("token")).await?;
    let id = screen.challenge().await?;
    ben.claim(&id).await?.assert_refused(404, "challenge_not_found");
    let claimed = ann.claim(&id).await?;
    assert_eq!(claimed.assert_ok().json["custom"], json!({ "amount": "9" }));
    assert_eq!(claimed.json["actionCode"], "pay");
    assert_eq!(screen.next().await?["data"]["state"], "claimed");
    Ok(())
}
