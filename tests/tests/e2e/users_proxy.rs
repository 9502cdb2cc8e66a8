//! Users whose ids hold a slash: backends can do with them what they can do with others.

use anyhow::Result;
use scanlatch_client::Method;
use scanlatch_tests::shared_stack;
use serde_json::json;

#[tokio::test]
async fn a_device_of_such_a_user_is_listed_and_revoked() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("listed%2Fann").await?;
    let id = phone.credential().await?.assert_ok().text("userAuthenticatorId");
    let listed = stack.backend().get("/users/listed/ann/authenticators").await?;
    assert_eq!(listed.json[0]["userAuthenticatorId"], id.as_str(), "{listed:?}");
    stack.backend().delete(&format!("/users/listed/ann/authenticators/{id}")).await?.assert_ok();
    phone.credential().await?.assert_refused(401, "invalid_credential");
    Ok(())
}

#[tokio::test]
async fn an_anonymous_code_is_tracked_for_such_a_user_and_what_became_of_it_is_told_and_judged() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone_of("bound%2Fann").await?;
    let (id, _) = stack.polling_screen().open().await?;
    let tracked = backend.track("bound%2Fann", "order", &json!({ "challengeId": id, "idempotencyKey": "k" })).await?;
    tracked.assert_ok();
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    let path = "/users/bound/ann/actions/order/k";
    assert_eq!(backend.get(path).await?.assert_ok().text("state"), "CHALLENGE_SUCCEEDED");
    backend.call(Method::PATCH, path, &json!({ "state": "REVIEW_FAILED" })).await?.assert_ok();
    let actions = backend.get("/users/bound/ann/actions?codes=order").await?;
    assert_eq!(actions.json[0]["state"], "REVIEW_FAILED", "{actions:?}");
    Ok(())
}

#[tokio::test]
async fn of_such_a_user_nothing_is_left_once_they_are_deleted() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone_of("forgotten%2Fann").await?;
    let body = json!({ "verificationMethod": "EMAIL_OTP", "email": "ann@slash.example" });
    backend.post("/users/forgotten/ann/authenticators", &body).await?.assert_ok();
    backend.call(Method::PATCH, "/users/forgotten/ann", &json!({ "email": "ann@slash.example" })).await?.assert_ok();
    backend.delete("/users/forgotten/ann").await?.assert_ok();
    phone.credential().await?.assert_refused(401, "invalid_credential");
    assert_eq!(backend.get("/users?email=ann@slash.example").await?.json["users"], json!([]));
    Ok(())
}
