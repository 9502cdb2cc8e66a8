//! The PHP SDK: it sends empty bodies, `+` for a space, and an empty array for an empty object.

use anyhow::Result;
use serde_json::json;

use super::{Login, Sdk, UNAUTHORIZED, call, call_with, login, suits_all};

#[tokio::test]
async fn php_tracks_without_attributes_by_an_empty_body() -> Result<()> {
    let tracked = call(Sdk::Php, "POST /users/php-track/actions/login", None).await?;
    assert_eq!(suits_all(&tracked)["state"], "CHALLENGE_REQUIRED");
    assert!(!tracked.text("url").is_empty() && !tracked.text("token").is_empty(), "{tracked:?}");
    Ok(())
}

#[tokio::test]
async fn php_updates_without_attributes_by_an_empty_body_and_changes_nothing() -> Result<()> {
    suits_all(&call(Sdk::Php, "PATCH /users/php-update", Some(r#"{"email":"ann@example.com"}"#)).await?);
    let updated = call(Sdk::Php, "PATCH /users/php-update", None).await?;
    assert_eq!(suits_all(&updated)["email"], "ann@example.com");
    Ok(())
}

#[tokio::test]
async fn php_writes_a_space_in_an_id_as_a_plus_and_a_plus_is_a_plus() -> Result<()> {
    suits_all(&call(Sdk::Php, "PATCH /users/php+a", Some(r#"{"username":"php+a"}"#)).await?);
    let user = call(Sdk::Php, "GET /users/php%2Ba", None).await?;
    assert_eq!(suits_all(&user)["username"], "php+a");
    let spaced = call(Sdk::Go, "GET /users/php%20a", None).await?;
    assert_eq!(suits_all(&spaced).get("username"), None);
    Ok(())
}

#[tokio::test]
async fn php_escapes_the_other_characters_of_an_id() -> Result<()> {
    let path = "auth0%7Cphp%2Fc%2Bd%3Ae%7E%E7%94%A8";
    let tracked = call(Sdk::Php, &format!("POST /users/{path}/actions/login"), Some(r#"{"username":"odd"}"#)).await?;
    let body = json!({ "token": suits_all(&tracked)["token"], "userId": "auth0|php/c+d:e~用" }).to_string();
    let validated = call(Sdk::Php, "POST /validate", Some(&body)).await?;
    assert_eq!(suits_all(&validated)["userId"], "auth0|php/c+d:e~用");
    assert_eq!(suits_all(&call(Sdk::Php, &format!("GET /users/{path}"), None).await?)["username"], "odd");
    Ok(())
}

#[tokio::test]
async fn php_escapes_slashes_and_other_scripts_in_bodies() -> Result<()> {
    let body = r#"{"displayName":"\u7528\u6237","custom":{"page":"https:\/\/example.com\/a"}}"#;
    let updated = call(Sdk::Php, "PATCH /users/php-escapes", Some(body)).await?;
    assert_eq!(suits_all(&updated)["displayName"], "用户");
    assert_eq!(updated.json["custom"]["page"], "https://example.com/a");
    Ok(())
}

#[tokio::test]
async fn php_writes_a_custom_that_it_emptied_as_an_array_and_gets_an_object() -> Result<()> {
    suits_all(&call(Sdk::Php, "PATCH /users/php-custom", Some(r#"{"custom":{"plan":"gold"}}"#)).await?);
    suits_all(&call(Sdk::Php, "PATCH /users/php-custom", Some(r#"{"custom":[]}"#)).await?);
    let user = call(Sdk::Php, "GET /users/php-custom", None).await?;
    assert_eq!(suits_all(&user).get("custom").and_then(|custom| custom.get("plan")), None);
    let refused = call(Sdk::Php, "PATCH /users/php-custom", Some(r#"{"custom":["gold"]}"#)).await?;
    refused.assert_refused(400, "invalid_request");
    Ok(())
}

#[tokio::test]
async fn php_drops_action_code_and_reads_action() -> Result<()> {
    let Login { token, .. } = login("php-validate").await?;
    let body = format!(r#"{{"userId":"php-validate","action":"login","token":"{token}"}}"#);
    let validated = call(Sdk::Php, "POST /validate", Some(&body)).await?;
    assert_eq!(suits_all(&validated)["action"], "login");
    assert_eq!(validated.json["state"], "CHALLENGE_SUCCEEDED");
    Ok(())
}

#[tokio::test]
async fn php_asks_for_actions_by_code_and_date() -> Result<()> {
    suits_all(&call(Sdk::Php, "POST /users/php-actions/actions/pay", None).await?);
    let query = "codes=login%2Cpay&fromDate=2020-01-01";
    let found = call(Sdk::Php, &format!("GET /users/php-actions/actions?{query}"), None).await?;
    assert_eq!(suits_all(&found)[0]["actionCode"], "pay");
    Ok(())
}

#[tokio::test]
async fn php_reads_the_code_of_a_refusal_from_error_code() -> Result<()> {
    let refused = call_with(Sdk::Php, "wrong", "POST /users/php/actions/login", None).await?;
    refused.assert_refused(401, "unauthorized");
    assert_eq!(refused.json["errorCode"], "unauthorized");
    assert_eq!(refused.json["errorDescription"], UNAUTHORIZED);
    Ok(())
}

#[tokio::test]
async fn php_asks_for_risk_devices_and_is_told_that_there_are_none_here() -> Result<()> {
    call(Sdk::Php, "GET /users/php-devices/devices", None).await?.assert_refused(404, "not_found");
    let invalidated = call(Sdk::Php, "POST /users/php-devices/devices/d-1/invalidate", None).await?;
    invalidated.assert_refused(404, "not_found");
    Ok(())
}
