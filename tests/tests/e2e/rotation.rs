//! Signing keys: a new key is published before it signs, and a leaked one is void.

use anyhow::{Context as _, Result, ensure};
use scanlatch_aws::{Cloud, Settings};
use scanlatch_protocol::base64;
use scanlatch_protocol::key_set::{Change, Slot};
use scanlatch_service::fresh_key;
use scanlatch_service::port::{Clock as _, Rotates as _};
use scanlatch_tests::{Phone, Stack};
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;

/// The tokens of a login: its user token and its result token.
async fn login(stack: &Stack, phone: &Phone, user: &str) -> Result<(String, String)> {
    let tracked = stack.backend().track(user, "login", &json!({ "scope": "add:authenticators" })).await?;
    let tracked = tracked.assert_ok().text("token");
    let screen = stack.polling_screen().with_token(&tracked);
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    let result = screen.poll(&id, &code).await?.text("accessToken");
    let told = stack.backend().validate(&json!({ "token": result })).await?;
    ensure!(told.json["state"] == "CHALLENGE_SUCCEEDED", "{told:?}");
    Ok((tracked, result))
}

fn kid(token: &str) -> Value {
    let header = token.split('.').next().and_then(base64::decode).unwrap_or_default();
    serde_json::from_slice::<Value>(&header).unwrap_or_default()["kid"].clone()
}

async fn published(stack: &Stack) -> Result<Vec<Value>> {
    let keys = stack.api().get("/.well-known/jwks.json", "").await?;
    Ok(keys.assert_ok().json["keys"].as_array().context("no keys")?.iter().map(|key| key["kid"].clone()).collect())
}

/// Moves the stack's first key to the slot of a key that was made this many days ago.
async fn first_key_made(stack: &Stack, data: &std::path::Path, days_ago: i64) -> Result<()> {
    let environment = std::fs::read_to_string(data.join("functions.env"))?;
    let variable = |name: &str| {
        let line = environment.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.map(str::to_owned).with_context(|| format!("functions have no {name}"))
    };
    let settings = Settings {
        live_table: variable("LIVE_TABLE")?,
        directory_table: variable("DIRECTORY_TABLE")?,
        wrapping_key: variable("WRAPPING_KEY")?,
        callback_url: String::new(),
    };
    let cloud = Cloud::at_endpoint(stack.dynamodb_endpoint(), settings).with_kms_at(&variable("AWS_ENDPOINT_URL_KMS")?);
    let then = cloud.now().plus(-days_ago * DAY_MS);
    let make = Some(Slot { number: 0, created_at: then, signs_from: then });
    let made = cloud.change_key_set(&Change { make, remove: Vec::new() }, Some(&fresh_key(&cloud)?)).await?;
    ensure!(made, "there was a key already");
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_due_is_published_and_the_old_one_goes_on_signing() -> Result<()> {
    let data = tempfile::tempdir()?;
    let stack = Stack::start(&["--data", data.path().to_str().context("a path that is no text")?]).await?;
    first_key_made(&stack, data.path(), 89).await?;
    let phone = stack.phone_of("ann").await?;
    let (old, _) = login(&stack, &phone, "ann").await?;
    let report = stack.invoke("signing-key-rotate", &json!({ "detail-type": "Scheduled Event" })).await?;
    assert_eq!(report, Ok(json!({ "kid": kid(&old), "ageDays": 89, "made": true, "removed": 0 })));
    let again = stack.invoke("SigningKeyRotate", &json!({})).await?;
    assert_eq!(again, Ok(json!({ "kid": kid(&old), "ageDays": 89, "made": false, "removed": 0 })));
    stack.forget().await?;
    let keys = published(&stack).await?;
    assert_eq!((keys.len(), &keys[0]), (2, &kid(&old)));
    let (user, result) = login(&stack, &phone, "ann").await?;
    assert_eq!((kid(&user), kid(&result)), (kid(&old), kid(&old)));
    Ok(())
}

#[tokio::test]
async fn after_a_leak_nothing_that_was_signed_serves_and_users_log_in_anew() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let first = stack.invoke("signing-key-rotate", &json!({})).await?.map_err(|why| anyhow::anyhow!("{why}"))?;
    assert_eq!((&first["made"], &first["ageDays"]), (&json!(true), &json!(0)));
    let phone = stack.phone_of("ann").await?;
    let (user, result) = login(&stack, &phone, "ann").await?;
    let backend = stack.backend();
    let session = backend.post("/sessions", &json!({ "clientId": "demo", "token": result })).await?;
    assert_eq!((&kid(&user), &kid(&session.assert_ok().text("refreshToken"))), (&first["kid"], &first["kid"]));

    let report = stack.invoke("signing-key-rotate", &json!({ "emergency": true })).await?;
    let report = report.map_err(|why| anyhow::anyhow!("{why}"))?;
    assert_eq!((&report["made"], &report["removed"]), (&json!(true), &json!(1)));
    // Running processes follow within five minutes, new ones at once.
    stack.forget().await?;
    assert_eq!(published(&stack).await?, [report["kid"].clone()]);
    stack.phone().enrol(&user).await?.assert_refused(401, "token_invalid");
    assert_eq!(backend.validate(&json!({ "token": result })).await?.json["isValid"], false);
    let refresh = json!({ "refreshToken": session.text("refreshToken") });
    backend.post("/sessions/refresh", &refresh).await?.assert_refused(401, "token_invalid");
    let access = json!({ "accessToken": session.text("accessToken") });
    backend.post("/sessions/validate", &access).await?.assert_refused(401, "token_invalid");
    let (_, anew) = login(&stack, &phone, "ann").await?;
    assert_eq!(kid(&anew), report["kid"]);
    Ok(())
}

#[tokio::test]
async fn a_misspelt_emergency_fails_and_says_what_to_send() -> Result<()> {
    let failed =
        scanlatch_tests::shared_stack().await.invoke("signing-key-rotate", &json!({ "emergancy": true })).await?;
    let failed = failed.expect_err("it was taken for a day like any other");
    assert_eq!(failed["errorType"], "invalid_request");
    assert!(failed["errorMessage"].as_str().is_some_and(|why| why.contains(r#"{"emergency": true}"#)), "{failed}");
    Ok(())
}
