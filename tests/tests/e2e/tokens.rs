//! The two kinds of token, and what `validate` says about each.

use anyhow::Result;
use scanlatch_protocol::base64;
use scanlatch_tests::{Stack, handshake_status, shared_stack};
use serde_json::{Value, json};

/// A user token and the result token of a login by the same user.
async fn tokens_of(stack: &Stack, user: &str) -> Result<(String, String)> {
    let phone = stack.phone_of(user).await?;
    let tracked = stack.backend().track(user, "login", &json!({})).await?.text("token");
    let screen = stack.polling_screen().with_token(&tracked);
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    Ok((tracked, screen.poll(&id, &code).await?.text("accessToken")))
}

fn part(token: &str, n: usize) -> Value {
    let part = token.split('.').nth(n).and_then(base64::decode).unwrap_or_default();
    serde_json::from_slice(&part).unwrap_or(Value::Null)
}

#[tokio::test]
async fn a_result_token_is_refused_wherever_a_user_token_is_wanted() -> Result<()> {
    let stack = shared_stack().await;
    let (_, result) = tokens_of(stack, "kinds-ann").await?;
    stack.phone().enrol(&result).await?.assert_refused(401, "token_invalid");
    let screen = stack.polling_screen().with_token(&result);
    screen.create(&json!({ "action": "login" })).await?.assert_refused(401, "token_invalid");
    let offers = format!("authsignal-ws, x.authsignal.token.{result}");
    assert_eq!(handshake_status(stack.ws_url(), Some(&offers), None).await?, 401);
    Ok(())
}

#[tokio::test]
async fn a_user_token_never_validates_as_a_success_even_after_its_login_did() -> Result<()> {
    let stack = shared_stack().await;
    let (user, _) = tokens_of(stack, "kinds-ben").await?;
    let validated = stack.backend().validate(&json!({ "token": user })).await?;
    validated.assert_ok();
    assert_eq!(validated.json["isValid"], false);
    assert_ne!(validated.json["state"], "CHALLENGE_SUCCEEDED");
    Ok(())
}

#[tokio::test]
async fn an_unfinished_user_token_tells_its_action() -> Result<()> {
    let stack = shared_stack().await;
    let tracked = stack.backend().track("auth0|unfinished", "login", &json!({ "idempotencyKey": "key-1" })).await?;
    let validated = stack.backend().validate(&json!({ "token": tracked.text("token") })).await?;
    validated.assert_ok();
    assert_eq!(validated.json["isValid"], false);
    assert_eq!(validated.json["state"], "CHALLENGE_REQUIRED");
    assert_eq!(validated.json["userId"], "auth0|unfinished");
    assert_eq!(validated.json["action"], "login");
    assert_eq!(validated.json["idempotencyKey"], "key-1");
    Ok(())
}

#[tokio::test]
async fn validate_never_reports_success_on_a_mismatch_and_does_not_use_the_token_up() -> Result<()> {
    let stack = shared_stack().await;
    let (_, result) = tokens_of(stack, "mismatch-ann").await?;
    for wrong in [json!({ "userId": "mismatch-ben" }), json!({ "action": "other" })] {
        let mut body = wrong;
        body["token"] = result.clone().into();
        let validated = stack.backend().validate(&body).await?;
        assert_eq!(validated.assert_ok().json["isValid"], false);
        assert_eq!(validated.json.get("state"), None, "{validated:?}");
        assert_eq!(validated.json.get("userId"), None, "{validated:?}");
    }
    let validated = stack.backend().validate(&json!({ "token": result, "userId": "mismatch-ann" })).await?;
    assert_eq!(validated.json["firstUse"], true);
    Ok(())
}

#[tokio::test]
async fn a_validation_may_be_repeated_and_only_one_is_the_first() -> Result<()> {
    let stack = shared_stack().await;
    let (_, result) = tokens_of(stack, "first-use-ann").await?;
    let body = json!({ "token": result });
    let mut firsts = 0;
    let backend = stack.backend();
    let calls = (0..20).map(|_| backend.validate(&body));
    for validated in futures_util::future::join_all(calls).await {
        let validated = validated?;
        assert_eq!(validated.assert_ok().json["state"], "CHALLENGE_SUCCEEDED");
        firsts += u32::from(validated.json["firstUse"] == true);
    }
    assert_eq!(firsts, 1);
    Ok(())
}

#[tokio::test]
async fn garbage_is_an_answer_of_validate_and_a_wrong_key_is_not() -> Result<()> {
    let stack = shared_stack().await;
    for garbage in ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        let validated = stack.backend().validate(&json!({ "token": garbage })).await?;
        assert_eq!(validated.assert_ok().json["isValid"], false);
        assert_eq!(validated.json.get("state"), None);
    }
    let wrong = scanlatch_tests::Backend::new(stack.api(), "sk_wrong").validate(&json!({ "token": "x" })).await?;
    wrong.assert_refused(401, "unauthorized");
    assert_eq!(
        wrong.text("errorDescription"),
        "The request is unauthorized. Check that your API key and region base URL are correctly configured."
    );
    Ok(())
}

#[tokio::test]
async fn the_published_keys_are_p256_and_name_the_tokens_key() -> Result<()> {
    let stack = shared_stack().await;
    let (user, result) = tokens_of(stack, "jwks-ann").await?;
    let jwks = stack.api().get("/.well-known/jwks.json", "").await?;
    let per_tenant = format!("/client/public/{}/.well-known/jwks", stack.tenant_id());
    assert_eq!(stack.api().get(&per_tenant, "").await?.json, jwks.json);
    for token in [user, result] {
        let header = part(&token, 0);
        assert_eq!(header["alg"], "ES256");
        let keys = jwks.assert_ok().json["keys"].as_array().cloned().unwrap_or_default();
        let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("the token's key is published");
        assert_eq!((&key["kty"], &key["crv"], &key["use"]), (&json!("EC"), &json!("P-256"), &json!("sig")));
        assert!(key.get("d").is_none());
        let claims = part(&token, 1);
        assert_eq!(claims["other"]["tenantId"], stack.tenant_id());
        assert_eq!(claims["sub"], "jwks-ann");
    }
    Ok(())
}

#[tokio::test]
async fn tracking_the_same_key_again_addresses_the_same_action() -> Result<()> {
    let stack = shared_stack().await;
    let track = |amount: &'static str| async move {
        let body = json!({ "idempotencyKey": "order-7", "custom": { "amount": amount } });
        stack.backend().track("repeat-ann", "pay", &body).await
    };
    track("1").await?.assert_ok();
    let second = track("2").await?;
    assert_eq!(second.assert_ok().text("idempotencyKey"), "order-7");
    let phone = stack.phone_of("repeat-ann").await?;
    let (id, _) = stack.polling_screen().with_token(&second.text("token")).open().await?;
    assert_eq!(phone.claim(&id).await?.json["custom"], json!({ "amount": "1" }));
    Ok(())
}

#[tokio::test]
async fn every_token_names_its_tenant_as_its_issuer() -> Result<()> {
    let stack = shared_stack().await;
    let (user, result) = tokens_of(stack, "issuer-ann").await?;
    let session = stack.backend().post("/sessions", &json!({ "clientId": "demo", "token": result })).await?;
    for token in [user, result, session.text("accessToken"), session.text("refreshToken")] {
        let issuer = part(&token, 1)["iss"].as_str().unwrap_or_default().to_owned();
        assert!(issuer.ends_with(&format!("/{}", stack.tenant_id())), "{issuer}");
    }
    Ok(())
}

#[tokio::test]
async fn the_key_set_of_a_tenant_that_does_not_exist_is_not_there() -> Result<()> {
    let stack = shared_stack().await;
    let unknown = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";
    for id in [unknown, "xx", "%20", &unknown.replace('-', "")] {
        let answer = stack.api().get(&format!("/client/public/{id}/.well-known/jwks"), "").await?;
        answer.assert_refused(404, "tenant_not_found");
    }
    Ok(())
}
