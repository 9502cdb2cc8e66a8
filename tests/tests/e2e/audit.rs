//! What a login leaves behind, as `scanlatch audit` tells it: by the tables and by the lines of the functions.

use std::time::Duration;

use anyhow::{Context as _, Result};
use scanlatch_client::Method;
use scanlatch_tests::{Api, Stack};
use serde_json::{Value, json};

fn has(told: &Value, from: &str, event: &str) -> bool {
    told["events"].as_array().is_some_and(|all| all.iter().any(|one| one["from"] == from && one["event"] == event))
}

/// The time line, once it has this event of the log. The answer may come before the log line.
async fn audited(stack: &Stack, words: &[&str], last: &str) -> Result<Value> {
    let words = [&["audit", "--tenant", stack.tenant_id()], words].concat();
    let mut told = Value::Null;
    for _ in 0..40 {
        told = stack.scanlatch(&words).await?;
        if has(&told, "log", last) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(told)
}

/// Every item of a table as DynamoDB stores it.
async fn scanned(stack: &Stack, table: &str) -> Result<String> {
    let signed = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, \
                  Signature=0";
    let call = Api::new(stack.dynamodb_endpoint()).request(Method::POST, "/");
    let call = call.header("x-amz-target", "DynamoDB_20120810.Scan").header("x-amz-date", "20260101T000000Z");
    let call = call.header("content-type", "application/x-amz-json-1.0").header("authorization", signed);
    let answer = call.body(json!({ "TableName": table, "ConsistentRead": true }).to_string()).send().await?;
    Ok(String::from_utf8(answer.body)?)
}

#[tokio::test]
async fn a_login_is_told_by_the_tables_and_by_the_log_and_its_address_by_neither() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let (phone, backend, screen) = (stack.phone_of("ann").await?, stack.backend(), stack.polling_screen());
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    phone.decide(&id, false).await?.assert_refused(409, "challenge_already_decided");
    let token = screen.poll(&id, &code).await?.text("accessToken");
    backend.validate(&json!({ "token": token })).await?.assert_ok();

    let told = audited(&stack, &["--user", "ann"], "first").await?;
    for event in ["enrolled", "claimed", "approved"] {
        assert!(has(&told, "directory", event), "{event}: {told}");
    }
    for event in ["enrolled", "claimed", "approved", "refused", "first"] {
        assert!(has(&told, "log", event), "{event}: {told}");
    }
    assert_eq!(told["logUnread"], Value::Null);
    let of_log = told["events"].as_array().context("no events")?.iter().filter(|event| event["from"] == "log");
    for event in of_log.filter(|event| event["event"] != "enrolled" && event["event"] != "opened") {
        assert_eq!(event["challengeId"], id, "{event}");
        assert!(event["deviceId"].is_string() && event["action"] == "login", "{event}");
    }
    let by_challenge = audited(&stack, &["--challenge", &id], "first").await?;
    for (from, event) in [("live", "opened"), ("live", "redeemed"), ("directory", "approved"), ("log", "opened")] {
        assert!(has(&by_challenge, from, event), "{event}: {by_challenge}");
    }

    assert!(scanned(&stack, "LiveTable").await?.contains("127.0.0.1"), "the phone was shown an address");
    let directory = scanned(&stack, "DirectoryTable").await?;
    assert!(directory.contains("127.0.0.0/24") && !directory.contains("127.0.0.1"), "{directory}");

    let device = backend.get("/users/ann/authenticators").await?.json[0].clone();
    assert_eq!(device["attestation"], "unattested");
    let device = device["userAuthenticatorId"].as_str().context("no device")?.to_owned();
    backend.delete(&format!("/users/ann/authenticators/{device}")).await?.assert_ok();
    let told = audited(&stack, &["--user", "ann"], "revoked").await?;
    assert!(has(&told, "directory", "removed") && has(&told, "log", "revoked"), "{told}");

    backend.delete("/users/ann").await?.assert_ok();
    let told = audited(&stack, &["--user", "ann"], "nothing").await?;
    assert_eq!(told["events"], json!([]), "whoever was deleted is told of no more");
    stack.stop().await
}
