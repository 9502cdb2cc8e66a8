//! Short codes over the wire, and where a screen finds the socket.

use anyhow::Result;
use scanlatch_tests::shared_stack;
use serde_json::{Value, json};

fn is_shown(code: &str) -> bool {
    let (first, last) = code.split_once('-').unwrap_or_default();
    [first, last]
        .iter()
        .all(|half| half.len() == 4 && half.bytes().all(|letter| b"BCDFGHJKLMNPQRSTVWXZ".contains(&letter)))
}

#[tokio::test]
async fn a_login_by_a_typed_code_reaches_the_polling_screen() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("typing-ann").await?;
    let screen = stack.polling_screen();
    let created = screen.create(&json!({ "action": "login", "shortCode": true })).await?;
    let short = created.assert_ok().text("shortCode");
    assert!(is_shown(&short), "{short}");
    let claimed = phone.claim_by_code(&short.to_lowercase().replace('-', " ")).await?;
    let id = claimed.assert_ok().text("challengeId");
    assert_eq!(id, created.text("challengeId"));
    assert_eq!(claimed.json["actionCode"], "login");
    phone.decide(&id, true).await?.assert_ok();
    assert_eq!(screen.poll(&id, &created.text("deviceCode")).await?.json["isVerified"], true);
    Ok(())
}

#[tokio::test]
async fn a_login_by_a_typed_code_reaches_the_screen_on_a_socket() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("typing-ben").await?.with_newer_sdk();
    let mut screen = stack.socket_screen().await?;
    let created = screen.ask(&json!({ "actionCode": "login", "shortCode": true })).await?;
    let short = created["data"]["shortCode"].as_str().unwrap_or_default();
    assert!(is_shown(short), "{created}");
    let claimed = phone.claim_by_code(short).await?;
    assert_eq!(claimed.assert_ok().json["challengeId"], created["data"]["challengeId"]);
    assert_eq!(screen.next().await?["data"]["state"], "claimed");
    Ok(())
}

#[tokio::test]
async fn a_screen_that_wants_a_code_later_refreshes_with_it() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("typing-cem").await?;
    let screen = stack.polling_screen();
    let (id, code) = screen.open().await?;
    let replaces = json!({ "challengeId": id, "deviceCode": code });
    let created = screen.create(&json!({ "action": "login", "replaces": replaces, "shortCode": true })).await?;
    phone.claim(&id).await?.assert_refused(410, "challenge_superseded");
    phone.claim_by_code(&created.assert_ok().text("shortCode")).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn a_wrong_code_and_a_used_one_are_refused_alike() -> Result<()> {
    let stack = shared_stack().await;
    let (phone, other) = (stack.phone_of("typing-dan").await?, stack.phone_of("typing-eva").await?);
    let created = stack.polling_screen().create(&json!({ "action": "login", "shortCode": true })).await?;
    let short = created.assert_ok().text("shortCode");
    phone.claim_by_code(&short).await?.assert_ok();
    let used = other.claim_by_code(&short).await?;
    used.assert_refused(404, "challenge_not_found");
    let wrong = other.claim_by_code("BBBB-BBBB").await?;
    assert_eq!((wrong.status, wrong.json), (used.status, used.json));
    Ok(())
}

#[tokio::test]
async fn five_wrong_codes_are_followed_by_429_also_with_the_right_one() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("guessing-ann").await?;
    for _ in 0..5 {
        phone.claim_by_code("BBBB-BBBB").await?.assert_refused(404, "challenge_not_found");
    }
    let created = stack.polling_screen().create(&json!({ "action": "login", "shortCode": true })).await?;
    let short = created.assert_ok().text("shortCode");
    phone.claim_by_code(&short).await?.assert_refused(429, "too_many_requests");
    // Scanning still works.
    phone.claim(&created.text("challengeId")).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_a_code_is_refused_and_costs_no_try() -> Result<()> {
    let stack = shared_stack().await;
    let phone = stack.phone_of("typing-fay").await?;
    for typed in ["", "WDJB", "WDJB-MJHA", "00000000", "WDJB-MJHT-WDJB"] {
        phone.claim_by_code(typed).await?.assert_refused(400, "invalid_request");
    }
    let mut both = phone.signed_code("WDJB-MJHT");
    both["challengeId"] = json!("3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063");
    phone.claim_with(&both).await?.assert_refused(400, "invalid_request");
    let mut neither = both.clone();
    (neither["challengeId"], neither["shortCode"]) = (Value::Null, Value::Null);
    phone.claim_with(&neither).await?.assert_refused(400, "invalid_request");
    let mut forged = phone.signed_code("WDJB-MJHT");
    forged["shortCode"] = json!("BBBB-BBBB");
    phone.claim_with(&forged).await?.assert_refused(401, "invalid_credential");
    for _ in 0..5 {
        phone.claim_by_code("BBBB-BBBB").await?.assert_refused(404, "challenge_not_found");
    }
    Ok(())
}

#[tokio::test]
async fn a_screen_that_does_not_ask_is_given_no_code() -> Result<()> {
    let stack = shared_stack().await;
    for body in [json!({ "action": "login" }), json!({ "action": "login", "shortCode": false })] {
        let created = stack.polling_screen().create(&body).await?;
        let members: Vec<_> =
            created.assert_ok().json.as_object().into_iter().flatten().map(|(name, _)| name).collect();
        assert_eq!(members, ["challengeId", "createdAt", "deviceCode", "expiresAt", "socketUrl"]);
    }
    let refused = stack.polling_screen().create(&json!({ "action": "login", "shortCode": "yes" })).await?;
    refused.assert_refused(400, "invalid_request");
    Ok(())
}

#[tokio::test]
async fn a_polling_screen_is_told_where_it_may_open_a_socket() -> Result<()> {
    let stack = shared_stack().await;
    let created = stack.polling_screen().create(&json!({ "action": "login" })).await?;
    assert_eq!(created.assert_ok().text("socketUrl"), stack.ws_url());
    Ok(())
}
