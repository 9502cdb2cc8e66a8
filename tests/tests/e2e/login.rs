//! A login from the first call to the last, by socket and by polling.

use anyhow::Result;
use scanlatch_tests::shared_stack;
use serde_json::json;

#[tokio::test]
async fn a_login_by_socket_reaches_the_screen_and_the_backend() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("socket-ann").await?;
    let mut screen = stack.socket_screen().await?;
    let data = json!({ "challengeType": "QR_CODE", "actionCode": "login", "custom": { "deviceInfo": "Terminal A" } });
    let created = screen.ask(&data).await?;
    assert_eq!(created["type"], "CHALLENGE_CREATED");
    assert_eq!(created["data"]["state"], "unclaimed");
    assert!(created["data"]["expiresAt"].as_str().is_some_and(|at| at.ends_with('Z')), "{created}");
    let id = created["data"]["challengeId"].as_str().unwrap().to_owned();

    let claimed = phone.claim(&id).await?;
    claimed.assert_ok();
    assert_eq!(claimed.json["success"], true);
    assert!(["127.0.0.1", "::1"].contains(&claimed.text("ipAddress").as_str()), "{claimed:?}");
    assert_eq!(claimed.json["userAgent"], "Kiosk/1.0");
    assert_eq!(claimed.json["actionCode"], "login");
    assert_eq!(claimed.json["custom"], json!({ "deviceInfo": "Terminal A" }));
    let told = screen.next().await?;
    let decide_by = &claimed.json["decideBy"];
    assert_eq!(
        told,
        json!({ "type": "STATE_CHANGE", "data": { "challengeId": id, "state": "claimed", "decideBy": decide_by } })
    );

    let decided = phone.decide(&id, true).await?;
    assert_eq!(decided.assert_ok().json, json!({ "isVerified": true }));
    let approved = screen.next().await?;
    assert_eq!(approved["data"]["state"], "approved");
    let token = &approved["data"]["accessToken"];

    let validated = stack.backend().validate(&json!({ "token": token, "action": "login" })).await?;
    validated.assert_ok();
    assert_eq!(validated.json["isValid"], true);
    assert_eq!(validated.json["state"], "CHALLENGE_SUCCEEDED");
    assert_eq!(validated.json["userId"], "socket-ann");
    assert_eq!(validated.json["action"], "login");
    assert_eq!(validated.json["actionCode"], "login");
    assert_eq!(validated.json["verificationMethod"], "DEVICE");
    assert_eq!(validated.json["idempotencyKey"], claimed.json["idempotencyKey"]);
    Ok(())
}

#[tokio::test]
async fn a_login_by_polling_shows_each_state_and_the_same_token_each_time() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("poll-ann").await?.with_newer_sdk();
    let screen = stack.polling_screen();
    let (id, code) = screen.open().await?;
    let states =
        |claimed, consumed, verified| json!({ "isClaimed": claimed, "isConsumed": consumed, "isVerified": verified });
    assert_eq!(screen.poll(&id, &code).await?.json, states(false, false, false));
    let claimed = phone.claim(&id).await?;
    let mut asked = states(true, false, false);
    asked["decideBy"] = claimed.assert_ok().json["decideBy"].clone();
    assert_eq!(screen.poll(&id, &code).await?.json, asked);
    phone.decide(&id, true).await?.assert_ok();
    let first = screen.poll(&id, &code).await?;
    assert_eq!(first.assert_ok().json["isVerified"], true);
    assert_eq!(screen.poll(&id, &code).await?, first);
    let validated = stack.backend().validate(&json!({ "token": first.text("accessToken") })).await?;
    assert_eq!(validated.json["userId"], "poll-ann");
    assert_eq!(screen.poll(&id, &code).await?, first);
    Ok(())
}

#[tokio::test]
async fn a_rejection_reaches_a_listening_screen_without_a_token() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("socket-ben").await?;
    let mut screen = stack.socket_screen().await?;
    let id = screen.challenge().await?;
    phone.claim(&id).await?.assert_ok();
    assert_eq!(phone.decide(&id, false).await?.assert_ok().json, json!({ "isVerified": false }));
    assert_eq!(screen.next().await?["data"]["state"], "claimed");
    let rejected = json!({ "type": "STATE_CHANGE", "data": { "challengeId": id, "state": "rejected" } });
    assert_eq!(screen.next().await?, rejected);
    Ok(())
}

#[tokio::test]
async fn a_rejection_reaches_a_polling_screen_without_a_token() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("poll-ben").await?;
    let screen = stack.polling_screen();
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, false).await?.assert_ok();
    let polled = screen.poll(&id, &code).await?;
    assert_eq!(polled.json, json!({ "isClaimed": true, "isConsumed": true, "isVerified": false }));
    Ok(())
}

#[tokio::test]
async fn repeating_a_claim_or_a_decision_gives_the_same_answer() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("repeating-ann").await?;
    let (id, _) = stack.polling_screen().open().await?;
    let claimed = phone.claim(&id).await?;
    assert_eq!(phone.claim(&id).await?, claimed);
    let decided = phone.decide(&id, true).await?;
    assert_eq!(phone.decide(&id, true).await?, decided);
    assert_eq!(phone.claim(&id).await?, claimed);
    Ok(())
}

#[tokio::test]
async fn a_verification_code_may_be_null_absent_or_text() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("code-ann").await?;
    for code in [None, Some(json!(null)), Some(json!("1234"))] {
        let (id, _) = stack.polling_screen().open().await?;
        phone.claim(&id).await?.assert_ok();
        let mut body = phone.signed(&id);
        body["approved"] = true.into();
        if let Some(code) = code {
            body["verificationCode"] = code;
        }
        phone.decide_with(&body).await?.assert_ok();
    }
    Ok(())
}
