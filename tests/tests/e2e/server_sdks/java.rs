//! The Java SDK: it updates by `POST`, reads `error` and `actionCode`, and builds an invalid path (the `?` is missing).

use anyhow::Result;
use serde_json::json;

use super::{Login, Sdk, call, call_with, login, pending, suits_all};

#[tokio::test]
async fn java_updates_by_post_and_clears_by_an_empty_text() -> Result<()> {
    let body = r#"{"email":"ann@example.com","username":"ann","defaultVerificationMethod":"DEVICE"}"#;
    suits_all(&call(Sdk::Java, "POST /users/java-update", Some(body)).await?);
    let updated = call(Sdk::Java, "POST /users/java-update", Some(r#"{"email":""}"#)).await?;
    let expected = json!({ "username": "ann", "emailVerified": false, "phoneNumberVerified": false });
    assert_eq!(suits_all(&updated), &expected);
    call(Sdk::Java, "POST /users/java-update", Some("null")).await?.assert_refused(400, "invalid_request");
    Ok(())
}

#[tokio::test]
async fn java_sends_the_length_of_nothing_with_a_get_and_a_delete() -> Result<()> {
    assert_eq!(suits_all(&call(Sdk::Java, "GET /users/java-length", None).await?)["isEnrolled"], false);
    assert!(suits_all(&call(Sdk::Java, "DELETE /users/java-length", None).await?).is_object());
    Ok(())
}

#[tokio::test]
async fn java_reads_custom_as_texts_so_what_was_stored_as_texts_comes_back_so() -> Result<()> {
    let body = r#"{"custom":{"plan":"gold","seats":"3"}}"#;
    suits_all(&call(Sdk::Java, "POST /users/java-custom", Some(body)).await?);
    let user = call(Sdk::Java, "GET /users/java-custom", None).await?;
    assert_eq!(suits_all(&user)["custom"], json!({ "plan": "gold", "seats": "3" }));
    Ok(())
}

#[tokio::test]
async fn java_tracks_with_attributes_that_are_not_served() -> Result<()> {
    let body = r#"{"locale":"de","customDomain":"login.example.com","deviceId":"d-1","redirectToSettings":true}"#;
    let tracked = call(Sdk::Java, "POST /users/java-track/actions/login", Some(body)).await?;
    assert_eq!(suits_all(&tracked)["isEnrolled"], false);
    assert!(tracked.text("url").contains('?'), "{tracked:?}");
    Ok(())
}

#[tokio::test]
async fn java_reads_the_action_of_a_validation_from_action_code() -> Result<()> {
    let Login { token, .. } = login("java-validate").await?;
    let body = format!(r#"{{"token":"{token}","userId":"java-validate"}}"#);
    let validated = call(Sdk::Java, "POST /validate", Some(&body)).await?;
    assert_eq!(suits_all(&validated)["actionCode"], "login");
    assert_eq!(validated.json["isValid"], true);
    Ok(())
}

#[tokio::test]
async fn java_reads_the_code_of_a_refusal_from_error() -> Result<()> {
    for (secret, line, status, code) in [
        (None, "GET /users/java/actions/login/none", 404, "action_not_found"),
        (None, "GET /users?limit=0", 400, "invalid_request"),
        (Some("wrong"), "GET /users/java", 401, "unauthorized"),
    ] {
        let answer = match secret {
            Some(secret) => call_with(Sdk::Java, secret, line, None).await?,
            None => call(Sdk::Java, line, None).await?,
        };
        answer.assert_refused(status, code);
        assert_eq!(answer.json["error"], code);
    }
    Ok(())
}

#[tokio::test]
async fn java_asks_for_actions_with_an_offset_in_its_date() -> Result<()> {
    let Login { key, .. } = login("java-actions").await?;
    let query = "fromDate=2020-01-01T00%3A00%3A00%2B02%3A00&codes=login%2Cpay&state=CHALLENGE_SUCCEEDED";
    let found = call(Sdk::Java, &format!("GET /users/java-actions/actions?{query}"), None).await?;
    let actions = suits_all(&found).as_array().cloned().unwrap();
    assert_eq!(actions.len(), 1, "{found:?}");
    assert_eq!((&actions[0]["idempotencyKey"], &actions[0]["actionCode"]), (&json!(key), &json!("login")));
    assert!(actions[0]["updatedAt"].is_string());
    let none = call(Sdk::Java, "GET /users/java-actions/actions?state=ALLOW", None).await?;
    assert_eq!(suits_all(&none), &json!([]));
    Ok(())
}

#[tokio::test]
async fn java_asks_for_a_challenge_at_a_path_that_is_none_and_can_read_that() -> Result<()> {
    let body = r#"{"userId":"java-find","verificationMethod":"DEVICE"}"#;
    let line = "POST /challengesuserId=java-find&verificationMethod=DEVICE";
    call(Sdk::Java, line, Some(body)).await?.assert_refused(404, "not_found");
    call(Sdk::Java, "POST /challenges", Some("{}")).await?.assert_refused(400, "invalid_request");
    Ok(())
}

#[tokio::test]
async fn java_claims_a_challenge() -> Result<()> {
    let Login { challenge, .. } = login("java-claim").await?;
    let body = format!(r#"{{"challengeId":"{challenge}","userId":"java-claim"}}"#);
    let claimed = call(Sdk::Java, "POST /claim", Some(&body)).await?;
    assert_eq!(suits_all(&claimed)["verificationMethod"], "DEVICE");
    let open = pending("java-open").await?;
    let body = format!(r#"{{"challengeId":"{open}","userId":"java-open"}}"#);
    call(Sdk::Java, "POST /claim", Some(&body)).await?.assert_refused(409, "challenge_not_approved");
    Ok(())
}

#[tokio::test]
async fn java_reads_the_end_of_a_session_into_32_bits() -> Result<()> {
    let Login { token, .. } = login("java-session").await?;
    let create = format!(r#"{{"clientId":"demo","token":"{token}"}}"#);
    let access = call(Sdk::Java, "POST /sessions", Some(&create)).await?.text("accessToken");
    let validate = format!(r#"{{"accessToken":"{access}","clientIds":["demo"]}}"#);
    let validated = call(Sdk::Java, "POST /sessions/validate", Some(&validate)).await?;
    let expires_at = suits_all(&validated)["expiresAt"].as_i64().unwrap();
    assert!(i32::try_from(expires_at).is_ok_and(|seconds| seconds > 1_700_000_000), "{expires_at}");
    Ok(())
}
