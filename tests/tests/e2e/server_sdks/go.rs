//! The Go SDK: it sends nulls for unset members and the base path twice, and needs members of exactly its types.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Login, Sdk, UNAUTHORIZED, call, call_with, login, pending, suits_all};

#[tokio::test]
async fn go_tracks_with_nulls_where_nothing_was_set() -> Result<()> {
    let body = r#"{"idempotencyKey":"go-1","redirectToSettings":null,"assetAmount":null,"assetAmountUsd":null}"#;
    let tracked = call(Sdk::Go, "POST /users/go-nulls/actions/login", Some(body)).await?;
    let tracked = suits_all(&tracked);
    for text in ["state", "url", "token", "idempotencyKey"] {
        assert!(tracked[text].as_str().is_some_and(|text| !text.is_empty()), "{text} of {tracked}");
    }
    assert_eq!(tracked["idempotencyKey"], "go-1");
    assert_eq!(tracked["isEnrolled"], false);
    assert_eq!(tracked["allowedVerificationMethods"], json!(["DEVICE"]));
    Ok(())
}

#[tokio::test]
async fn go_tracks_without_attributes_by_an_empty_object() -> Result<()> {
    let tracked = call(Sdk::Go, "POST /users/go-empty/actions/login", Some("{}")).await?;
    assert_eq!(suits_all(&tracked)["state"], "CHALLENGE_REQUIRED");
    Ok(())
}

#[tokio::test]
async fn go_writes_null_for_attributes_that_are_nil_and_gets_a_refusal_that_it_can_read() -> Result<()> {
    for line in ["PATCH /users/go-nil", "POST /users/go-nil/authenticators", "PATCH /users/go-nil/actions/login/key"] {
        call(Sdk::Go, line, Some("null")).await?.assert_refused(400, "invalid_request");
    }
    Ok(())
}

#[tokio::test]
async fn go_leaves_out_what_is_empty_and_so_changes_nothing_else() -> Result<()> {
    let body = r#"{"custom":{"plan":"gold"},"username":"ann","displayName":"Ann"}"#;
    suits_all(&call(Sdk::Go, "PATCH /users/go-update", Some(body)).await?);
    let updated = call(Sdk::Go, "PATCH /users/go-update", Some(r#"{"email":"ann@example.com"}"#)).await?;
    let expected = json!({
        "custom": { "plan": "gold" },
        "username": "ann",
        "displayName": "Ann",
        "email": "ann@example.com",
        "emailVerified": false,
        "phoneNumberVerified": false,
    });
    assert_eq!(suits_all(&updated), &expected);
    Ok(())
}

#[tokio::test]
async fn go_writes_the_base_path_twice_when_it_asks_for_a_challenge() -> Result<()> {
    let challenge = pending("go-pending").await?;
    for query in ["userId=go-pending&verificationMethod=DEVICE", &format!("challengeId={challenge}")] {
        let found = call(Sdk::Go, &format!("GET /v1/challenges?{query}"), None).await?;
        assert_eq!(suits_all(&found)["challengeId"], challenge);
        assert_eq!(found.json["userId"], "go-pending");
        assert_eq!(found.json["action"], "login");
        assert!(found.json["expiresAt"].is_i64(), "{found:?}");
    }
    let none = call(Sdk::Go, "GET /v1/challenges?userId=go-nobody", None).await?;
    assert_eq!(suits_all(&none), &json!({}));
    call(Sdk::Go, "GET /v1/challenges", None).await?.assert_refused(400, "invalid_request");
    Ok(())
}

#[tokio::test]
async fn go_asks_for_an_action_without_a_key_and_reads_why_that_fails() -> Result<()> {
    let line = "GET /users/go-key/actions/login/";
    let refused = call_with(Sdk::Go, "wrong", line, None).await?;
    refused.assert_refused(401, "unauthorized");
    assert_eq!(refused.json["errorCode"], "unauthorized");
    assert_eq!(refused.json["errorDescription"], UNAUTHORIZED);
    let refused = call(Sdk::Go, line, None).await?;
    assert!(refused.status > 299, "{refused:?}");
    assert!(refused.json["errorCode"].is_string() && refused.json["errorDescription"].is_string(), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn go_reads_the_action_of_a_validation_from_action() -> Result<()> {
    let Login { token, key, .. } = login("go-validate").await?;
    let body = format!(r#"{{"token":"{token}","userId":"go-validate","action":"login"}}"#);
    let validated = call(Sdk::Go, "POST /validate", Some(&body)).await?;
    let validated = suits_all(&validated);
    assert_eq!((&validated["isValid"], &validated["action"]), (&json!(true), &json!("login")));
    assert_eq!(validated["idempotencyKey"], key);
    Ok(())
}

#[tokio::test]
async fn go_reads_rules_and_output_of_an_action() -> Result<()> {
    let Login { key, .. } = login("go-action").await?;
    let found = call(Sdk::Go, &format!("GET /users/go-action/actions/login/{key}"), None).await?;
    let found = suits_all(&found);
    assert_eq!((&found["rules"], &found["output"]), (&json!([]), &json!({})));
    assert_eq!(found["verificationMethod"], "DEVICE");
    let line = format!("PATCH /users/go-action/actions/login/{key}");
    call(Sdk::Go, &line, Some("{}")).await?.assert_refused(400, "invalid_request");
    let updated = call(Sdk::Go, &line, Some(r#"{"state":"REVIEW_REQUIRED"}"#)).await?;
    assert_eq!(suits_all(&updated)["state"], "REVIEW_REQUIRED");
    Ok(())
}

#[tokio::test]
async fn go_names_a_user_in_every_claim_even_an_empty_one() -> Result<()> {
    let Login { challenge, .. } = login("go-claim").await?;
    let claim = |user: &str| format!(r#"{{"challengeId":"{challenge}","userId":"{user}"}}"#);
    let claimed = call(Sdk::Go, "POST /claim", Some(&claim("go-claim"))).await?;
    assert_eq!(suits_all(&claimed)["verificationMethod"], "DEVICE");
    assert!(claimed.json["token"].is_string());
    call(Sdk::Go, "POST /claim", Some(&claim(""))).await?.assert_refused(400, "invalid_request");
    call(Sdk::Go, "POST /claim", Some(&claim("go-other"))).await?.assert_refused(404, "challenge_not_found");
    Ok(())
}

#[tokio::test]
async fn go_lists_authenticators_as_a_bare_array_and_reads_one_that_it_enrolled() -> Result<()> {
    let line = "/users/go-list/authenticators";
    assert_eq!(suits_all(&call(Sdk::Go, &format!("GET {line}"), None).await?), &json!([]));
    let body = r#"{"verificationMethod":"EMAIL_OTP","email":"ann@example.com"}"#;
    let enrolled = call(Sdk::Go, &format!("POST {line}"), Some(body)).await?;
    let enrolled = &suits_all(&enrolled)["authenticator"];
    assert_eq!((&enrolled["userId"], &enrolled["email"]), (&json!("go-list"), &json!("ann@example.com")));
    let listed = call(Sdk::Go, &format!("GET {line}"), None).await?;
    assert_eq!(suits_all(&listed), &Value::Array(vec![enrolled.clone()]));
    Ok(())
}

#[tokio::test]
async fn an_older_go_that_revokes_sessions_elsewhere_is_not_told_of_a_success_that_is_none() -> Result<()> {
    let Login { token, .. } = login("go-older").await?;
    let create = format!(r#"{{"clientId":"demo","token":"{token}"}}"#);
    let access = call(Sdk::Go, "POST /sessions", Some(&create)).await?.text("accessToken");
    let revoked = call(Sdk::Go, "POST /users/go-older/sessions/revoke", None).await?;
    revoked.assert_refused(404, "not_found");
    let validate = format!(r#"{{"accessToken":"{access}"}}"#);
    suits_all(&call(Sdk::Go, "POST /sessions/validate", Some(&validate)).await?);
    Ok(())
}
