//! The Ruby SDK: it escapes every character except when it tracks, and reads no success without a JSON body.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Login, Sdk, call, login, pending, suits_all};

#[tokio::test]
async fn ruby_escapes_an_id_everywhere_but_in_track_and_both_mean_one_user() -> Result<()> {
    // Its `track` refuses an invalid URI, so callers escape these characters themselves, and only those.
    for (tracked_as, read_as, id) in [
        ("auth0%7Cruby", "auth0%7Cruby", "auth0|ruby"),
        ("ruby/b+c:d", "ruby%2Fb%2Bc%3Ad", "ruby/b+c:d"),
        ("ruby%20a/%E7%94%A8", "ruby%20a%2F%E7%94%A8", "ruby a/用"),
    ] {
        let body = r#"{"email":"ann@example.com"}"#;
        let tracked = call(Sdk::Ruby, &format!("POST /users/{tracked_as}/actions/login"), Some(body)).await?;
        let key = suits_all(&tracked)["idempotencyKey"].as_str().unwrap();
        let user = call(Sdk::Ruby, &format!("GET /users/{read_as}"), None).await?;
        assert_eq!(suits_all(&user)["email"], "ann@example.com", "{id}");
        let action = call(Sdk::Ruby, &format!("GET /users/{read_as}/actions/login/{key}"), None).await?;
        assert_eq!(suits_all(&action)["userId"], id);
    }
    Ok(())
}

#[tokio::test]
async fn ruby_escapes_an_idempotency_key() -> Result<()> {
    let body = r#"{"idempotencyKey":"order 7/用"}"#;
    suits_all(&call(Sdk::Ruby, "POST /users/ruby-key/actions/pay", Some(body)).await?);
    let line = "/users/ruby-key/actions/pay/order%207%2F%E7%94%A8";
    let updated = call(Sdk::Ruby, &format!("PATCH {line}"), Some(r#"{"state":"ALLOW"}"#)).await?;
    assert_eq!(suits_all(&updated)["idempotencyKey"], "order 7/用");
    assert_eq!(suits_all(&call(Sdk::Ruby, &format!("GET {line}"), None).await?)["state"], "ALLOW");
    Ok(())
}

#[tokio::test]
async fn ruby_updates_by_post_with_any_attribute() -> Result<()> {
    let body = r#"{"email":"ann@example.com","emailVerified":true,"locale":"de","colour":"green"}"#;
    let updated = call(Sdk::Ruby, "POST /users/ruby-update", Some(body)).await?;
    let expected = json!({
        "email": "ann@example.com", "emailVerified": true, "phoneNumberVerified": false, "locale": "de",
    });
    assert_eq!(suits_all(&updated), &expected);
    Ok(())
}

#[tokio::test]
async fn ruby_merges_into_the_answer_of_every_delete_and_revocation() -> Result<()> {
    let body = r#"{"verificationMethod":"SMS","phoneNumber":"+64271234567"}"#;
    let line = "/users/ruby-delete/authenticators";
    let enrolled = call(Sdk::Ruby, &format!("POST {line}"), Some(body)).await?;
    let id = suits_all(&enrolled)["authenticator"]["userAuthenticatorId"].as_str().unwrap();
    for (line, body) in [
        (format!("DELETE {line}/{id}"), None),
        (format!("DELETE {line}/{id}"), None),
        ("DELETE /users/ruby-delete".to_owned(), None),
        ("DELETE /users/ruby-delete".to_owned(), None),
        ("POST /sessions/user/revoke".to_owned(), Some(r#"{"userId":"ruby-delete"}"#)),
    ] {
        assert!(suits_all(&call(Sdk::Ruby, &line, body).await?).is_object(), "{line}");
    }
    Ok(())
}

#[tokio::test]
async fn ruby_drops_action_code_and_reads_action() -> Result<()> {
    let Login { token, .. } = login("ruby-validate").await?;
    let body = format!(r#"{{"userId":"ruby-validate","token":"{token}"}}"#);
    let validated = call(Sdk::Ruby, "POST /validate", Some(&body)).await?;
    assert_eq!(suits_all(&validated)["action"], "login");
    Ok(())
}

#[tokio::test]
async fn ruby_asks_for_challenges_and_binds_one_before_the_approval() -> Result<()> {
    let challenge = pending("ruby-pending").await?;
    let found = call(Sdk::Ruby, "GET /challenges?userId=ruby-pending&verificationMethod=DEVICE", None).await?;
    assert_eq!(suits_all(&found)["challengeId"], challenge);
    call(Sdk::Ruby, "GET /challenges", None).await?.assert_refused(400, "invalid_request");

    let (open, _) = scanlatch_tests::shared_stack().await.polling_screen().open().await?;
    let body = format!(r#"{{"challengeId":"{open}","userId":"ruby-bound","skipVerificationCheck":true}}"#);
    let claimed = call(Sdk::Ruby, "POST /claim", Some(&body)).await?;
    let body = json!({ "token": suits_all(&claimed)["token"] }).to_string();
    let validated = call(Sdk::Ruby, "POST /validate", Some(&body)).await?;
    assert_eq!(suits_all(&validated)["state"], "CHALLENGE_REQUIRED");
    assert_eq!(validated.json["userId"], "ruby-bound");
    Ok(())
}

#[tokio::test]
async fn ruby_parses_arrays_by_their_content_type() -> Result<()> {
    for line in ["GET /users/ruby-arrays/authenticators", "GET /users/ruby-arrays/actions"] {
        let listed = call(Sdk::Ruby, line, None).await?;
        assert_eq!(suits_all(&listed), &Value::Array(Vec::new()), "{line}");
    }
    Ok(())
}
