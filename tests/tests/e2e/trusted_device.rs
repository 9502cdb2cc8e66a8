//! Phones that ask for their user's pending challenge, and phones that verify their user by themselves.

use anyhow::Result;
use scanlatch_tests::shared_stack;
use serde_json::json;

#[tokio::test]
async fn a_phone_finds_what_waits_for_its_user_and_approves_without_scanning() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("waiting-ann").await?;
    assert_eq!(phone.pending().await?.assert_ok().json, json!({}));
    let attributes = json!({ "ipAddress": "203.0.113.9", "idempotencyKey": "order-9" });
    let token = stack.backend().track("waiting-ann", "pay", &attributes).await?.text("token");
    let screen = stack.polling_screen().with_token(&token);
    let (id, code) = screen.open().await?;
    let pending = phone.pending().await?;
    assert_eq!(pending.text("challengeId"), id);
    assert_eq!(
        ["userId", "actionCode", "idempotencyKey", "ipAddress"].map(|member| pending.text(member)),
        ["waiting-ann", "pay", "order-9", "203.0.113.9"],
    );
    stack.phone_of("waiting-ben").await?.decide(&id, true).await?.assert_refused(404, "challenge_not_found");
    assert_eq!(phone.decide(&id, true).await?.assert_ok().json["isVerified"], true);
    assert_eq!(phone.pending().await?.json, json!({}));
    let result = screen.poll(&id, &code).await?.text("accessToken");
    let told = stack.backend().validate(&json!({ "token": result, "userId": "waiting-ann", "action": "pay" })).await?;
    assert_eq!((&told.json["isValid"], &told.json["idempotencyKey"]), (&json!(true), &json!("order-9")));
    Ok(())
}

/// The members of a pending challenge that the newest mobile SDKs parse.
#[tokio::test]
async fn what_waits_is_told_with_all_that_the_backend_said_of_it() -> Result<()> {
    let stack = shared_stack().await;
    let backend = stack.backend();
    let phone = stack.phone_of("told-ann").await?;
    backend.post("/users/told-ann", &json!({ "custom": { "plan": "gold" } })).await?.assert_ok();
    let attributes = json!({
        "deviceId": "kiosk-7",
        "custom": { "amount": "12.50" },
        "userAgent": "Kiosk/2.0",
        "ipAddress": "203.0.113.9",
    });
    let tracked = backend.track("told-ann", "pay", &attributes).await?;
    let (id, _) = stack.polling_screen().with_token(&tracked.text("token")).open().await?;
    let pending = phone.pending().await?;
    let found = backend.get(&format!("/challenges?challengeId={id}")).await?;
    // An integer of seconds since 1970, as for backends: Android reads a Long, iOS an Int.
    let expires_at = found.json["expiresAt"].as_i64().unwrap();
    let expected = json!({
        "challengeId": id,
        "userId": "told-ann",
        "userAuthenticatorId": phone.credential().await?.text("userAuthenticatorId"),
        "actionCode": "pay",
        "idempotencyKey": tracked.text("idempotencyKey"),
        "deviceId": "kiosk-7",
        "userAgent": "Kiosk/2.0",
        "ipAddress": "203.0.113.9",
        "custom": { "amount": "12.50" },
        "sources": { "custom": "backend", "deviceId": "backend", "ipAddress": "backend", "userAgent": "backend" },
        "user": { "custom": { "plan": "gold" } },
        "expiresAt": expires_at,
    });
    assert_eq!(pending.assert_ok().json, expected);
    Ok(())
}

#[tokio::test]
async fn a_trusted_device_verifies_its_user_and_a_retry_gives_the_same_token() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("trusted-ann").await?;
    stack.backend().post("/users/trusted-ann", &json!({ "username": "queen" })).await?.assert_ok();
    let opened = phone.open(&json!({ "action": "unlock" })).await?;
    assert_eq!(opened.assert_ok().text("nonce").len(), 43);
    let id = opened.text("challengeId");
    let verified = phone.verify(&id).await?;
    assert_eq!(["userId", "username"].map(|member| verified.text(member)), ["trusted-ann", "queen"]);
    assert_eq!(verified.text("userAuthenticatorId"), phone.credential().await?.text("userAuthenticatorId"));
    assert_eq!(phone.verify(&id).await?, verified);
    let told = stack.backend().validate(&json!({ "token": verified.text("token"), "action": "unlock" })).await?;
    assert_eq!((&told.json["isValid"], &told.json["userId"]), (&json!(true), &json!("trusted-ann")));
    stack.phone_of("trusted-ben").await?.verify(&id).await?.assert_refused(409, "challenge_already_claimed");
    Ok(())
}

#[tokio::test]
async fn what_a_device_opened_is_no_code_to_scan_and_a_code_is_nothing_to_verify() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("mixing-ann").await?;
    let own = phone.open(&json!({})).await?.text("challengeId");
    phone.claim(&own).await?.assert_refused(404, "challenge_not_found");
    phone.decide(&own, true).await?.assert_refused(404, "challenge_not_found");
    let (shown, code) = stack.polling_screen().open().await?;
    phone.verify(&shown).await?.assert_refused(404, "challenge_not_found");
    assert_eq!(stack.polling_screen().poll(&shown, &code).await?.json["isClaimed"], false);
    Ok(())
}

#[tokio::test]
async fn what_a_device_opens_with_a_token_is_for_that_user_and_what_the_backend_tracked() -> Result<()> {
    let stack = shared_stack().await;
    let (ann, ben) = (stack.phone_of("tracked-ann").await?, stack.phone_of("tracked-ben").await?);
    let tracked = stack.backend().track("tracked-ann", "pay", &json!({ "custom": { "amount": "7" } })).await?;
    let opened = ann.open_for_user(&tracked.text("token"), &json!({ "action": "unlock" })).await?;
    let id = opened.assert_ok().text("challengeId");
    ben.verify(&id).await?.assert_refused(404, "challenge_not_found");
    let token = ann.verify(&id).await?.assert_ok().text("token");
    let told = stack.backend().validate(&json!({ "token": token, "userId": "tracked-ann", "action": "pay" })).await?;
    assert_eq!(told.text("idempotencyKey"), tracked.text("idempotencyKey"));
    Ok(())
}
