//! The .NET SDK: its content type has a character set, it searches by `POST`, and its enumerations throw.

use anyhow::Result;
use serde_json::json;

use super::{Login, Sdk, call, login, pending, suits_all};

#[tokio::test]
async fn dotnet_tracks_with_at_least_one_false() -> Result<()> {
    let body = r#"{"redirectToSettings":false}"#;
    let tracked = call(Sdk::Dotnet, "POST /users/dotnet-track/actions/login", Some(body)).await?;
    let tracked = suits_all(&tracked);
    assert_eq!((&tracked["state"], &tracked["isEnrolled"]), (&json!("CHALLENGE_REQUIRED"), &json!(false)));
    Ok(())
}

#[tokio::test]
async fn dotnet_reads_every_member_of_a_user_that_it_must_have() -> Result<()> {
    login("dotnet-user").await?;
    let user = call(Sdk::Dotnet, "GET /users/dotnet-user", None).await?;
    let user = suits_all(&user);
    for truth in ["isEnrolled", "emailVerified", "phoneNumberVerified"] {
        assert!(user[truth].is_boolean(), "{truth} of {user}");
    }
    assert_eq!(user["enrolledVerificationMethods"], json!(["DEVICE"]));
    assert_eq!(user.get("custom"), None, "an absent object, not an empty text");
    Ok(())
}

#[tokio::test]
async fn dotnet_updates_with_escapes_and_clears_by_an_empty_text() -> Result<()> {
    let body =
        r#"{"email":"ann\u002Ba@example.com","displayName":"\u7528 \u0026 \u003Cb\u003E","phoneNumber":"\u002B64"}"#;
    let updated = call(Sdk::Dotnet, "PATCH /users/dotnet-update", Some(body)).await?;
    assert_eq!(suits_all(&updated)["email"], "ann+a@example.com");
    assert_eq!(updated.json["displayName"], "用 & <b>");
    let cleared = call(Sdk::Dotnet, "PATCH /users/dotnet-update", Some(r#"{"displayName":""}"#)).await?;
    assert_eq!(suits_all(&cleared).get("displayName"), None);
    assert_eq!(cleared.json["phoneNumber"], "+64");
    Ok(())
}

#[tokio::test]
async fn dotnet_posts_its_search_for_a_challenge() -> Result<()> {
    let challenge = pending("dotnet-pending").await?;
    for (query, body) in [
        ("userId=dotnet-pending&action=login".to_owned(), json!({ "userId": "dotnet-pending", "action": "login" })),
        (format!("challengeId={challenge}"), json!({ "challengeId": challenge })),
    ] {
        let found = call(Sdk::Dotnet, &format!("POST /challenges?{query}"), Some(&body.to_string())).await?;
        assert_eq!(suits_all(&found)["challengeId"], challenge);
        assert_eq!(found.json["verificationMethod"], "DEVICE");
        assert!(found.json["expiresAt"].is_i64(), "{found:?}");
    }
    let nobody = Some(r#"{"userId":"dotnet-nobody"}"#);
    let none = call(Sdk::Dotnet, "POST /challenges?userId=dotnet-nobody", nobody).await?;
    assert_eq!(suits_all(&none), &json!({}));
    Ok(())
}

#[tokio::test]
async fn dotnet_says_in_every_claim_that_it_skips_no_check() -> Result<()> {
    let claim = |challenge: &str, user: &str| {
        format!(r#"{{"challengeId":"{challenge}","userId":"{user}","skipVerificationCheck":false}}"#)
    };
    let Login { challenge, .. } = login("dotnet-claim").await?;
    let claimed = call(Sdk::Dotnet, "POST /claim", Some(&claim(&challenge, "dotnet-claim"))).await?;
    assert_eq!(suits_all(&claimed)["verificationMethod"], "DEVICE");
    let open = pending("dotnet-open").await?;
    let refused = call(Sdk::Dotnet, "POST /claim", Some(&claim(&open, "dotnet-open"))).await?;
    refused.assert_refused(409, "challenge_not_approved");
    Ok(())
}

#[tokio::test]
async fn dotnet_reads_the_action_of_a_validation_from_action_code() -> Result<()> {
    let Login { token, .. } = login("dotnet-validate").await?;
    let body = format!(r#"{{"token":"{token}","userId":"dotnet-validate","action":"login"}}"#);
    let validated = call(Sdk::Dotnet, "POST /validate", Some(&body)).await?;
    assert_eq!(suits_all(&validated)["actionCode"], "login");
    let mismatch = format!(r#"{{"token":"{token}","userId":"dotnet-other"}}"#);
    let refused = call(Sdk::Dotnet, "POST /validate", Some(&mismatch)).await?;
    assert_eq!(suits_all(&refused)["isValid"], false);
    assert_eq!(refused.json.get("state"), None);
    Ok(())
}

#[tokio::test]
async fn dotnet_knows_every_state_and_every_method_that_is_told() -> Result<()> {
    let Login { key, .. } = login("dotnet-enums").await?;
    let line = format!("/users/dotnet-enums/actions/login/{key}");
    for state in super::STATES {
        let body = format!(r#"{{"state":"{state}"}}"#);
        let updated = call(Sdk::Dotnet, &format!("PATCH {line}"), Some(&body)).await?;
        assert_eq!(suits_all(&updated)["state"], state);
        assert_eq!(suits_all(&call(Sdk::Dotnet, &format!("GET {line}"), None).await?)["state"], state);
    }
    for body in [
        r#"{"verificationMethod":"SMS","phoneNumber":"\u002B64271234567"}"#,
        r#"{"verificationMethod":"EMAIL_OTP","email":"ann@example.com"}"#,
        r#"{"verificationMethod":"EMAIL_MAGIC_LINK","email":"ann@example.com"}"#,
        r#"{"verificationMethod":"AUTHENTICATOR_APP"}"#,
    ] {
        suits_all(&call(Sdk::Dotnet, "POST /users/dotnet-enums/authenticators", Some(body)).await?);
    }
    let listed = call(Sdk::Dotnet, "GET /users/dotnet-enums/authenticators", None).await?;
    let listed = suits_all(&listed).as_array().cloned().unwrap();
    assert_eq!(listed.len(), 5);
    assert!(listed.iter().all(|one| one["verificationMethod"].is_string()), "{listed:?}");
    suits_all(&call(Sdk::Dotnet, "GET /users/dotnet-enums", None).await?);
    Ok(())
}

#[tokio::test]
async fn dotnet_reads_users_and_their_continuation() -> Result<()> {
    for user in ["dotnet-page-1", "dotnet-page-2"] {
        let body = r#"{"username":"dotnet page"}"#;
        suits_all(&call(Sdk::Dotnet, &format!("PATCH /users/{user}"), Some(body)).await?);
    }
    let first = call(Sdk::Dotnet, "GET /users?username=dotnet+page&limit=1", None).await?;
    assert_eq!(suits_all(&first)["users"].as_array().map(Vec::len), Some(1));
    let next = first.text("lastEvaluatedUserId");
    assert!(!next.is_empty(), "{first:?}");
    let line = format!("GET /users?username=dotnet+page&limit=1&lastEvaluatedUserId={next}");
    let second = call(Sdk::Dotnet, &line, None).await?;
    assert_ne!(suits_all(&second)["users"][0]["userId"], first.json["users"][0]["userId"]);
    Ok(())
}

#[tokio::test]
async fn dotnet_enrols_passkeys_in_batches_and_is_told_that_there_are_none_here() -> Result<()> {
    let body = r#"{"authenticators":[{"userId":"ann","verificationMethod":"PASSKEY"}]}"#;
    call(Sdk::Dotnet, "POST /users/authenticators", Some(body)).await?.assert_refused(404, "not_found");
    Ok(())
}
