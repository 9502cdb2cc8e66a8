//! The functions that a parameter deploys, on a stack that has them.

use anyhow::{Context as _, Result};
use scanlatch_protocol::openid::client::{Grant, Registration};
use scanlatch_tests::{Application, Browser, Phone, Stack};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::events::json as event;
use crate::openid::{exchanged, logged_in, registration};

const TENANT: &str = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";

/// The stack of these tests, whose tenant the functions know.
async fn stack() -> &'static Stack {
    static SHARED: OnceCell<(Stack, TempDir)> = OnceCell::const_new();
    let start = || async {
        let folder = tempfile::tempdir()?;
        let secret = format!("sk_{}_{}", TENANT.replace('-', ""), "A".repeat(43));
        let demo = json!({ "tenantId": TENANT, "secretKey": secret });
        std::fs::write(folder.path().join("demo.json"), demo.to_string())?;
        let parameters = [
            "CognitoTrigger=on".to_owned(),
            format!("CognitoTenantId={TENANT}"),
            "Authorizer=on".to_owned(),
            format!("AuthorizerTenantId={TENANT}"),
        ];
        let mut arguments = vec!["--data", folder.path().to_str().context("an odd path")?];
        arguments.extend(parameters.iter().flat_map(|parameter| ["--parameter", parameter]));
        Ok::<_, anyhow::Error>((Stack::start(&arguments).await?, folder))
    };
    &SHARED.get_or_init(|| async { start().await.unwrap() }).await.0
}

/// The token of a login by this phone.
async fn result_token(phone: &Phone) -> Result<String> {
    let screen = stack().await.polling_screen();
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    Ok(screen.poll(&id, &code).await?.text("accessToken"))
}

/// The answer of a trigger for this user.
async fn triggered(name: &str, user: &str, request: &Value) -> Result<Value> {
    let mut event = event(name)?;
    event["userName"] = user.into();
    for (member, value) in request.as_object().into_iter().flatten() {
        event["request"][member] = value.clone();
    }
    let answered = stack().await.invoke("cognito-trigger", &event).await?;
    Ok(answered.map_err(|failed| anyhow::anyhow!("{failed}"))?["response"].take())
}

#[tokio::test]
async fn an_app_that_scanned_first_signs_in_to_a_user_pool() -> Result<()> {
    let token = result_token(&stack().await.phone_of("pool-ann").await?).await?;
    let defined = triggered("cognito-trigger-define", "pool-ann", &json!({})).await?;
    assert_eq!(defined["challengeName"], "CUSTOM_CHALLENGE");
    let created = triggered("cognito-trigger-create", "pool-ann", &json!({})).await?;
    assert_eq!(created["publicChallengeParameters"], json!({ "type": "SCANLATCH", "tenantId": TENANT }));
    let answer = json!({
        "challengeAnswer": token,
        "privateChallengeParameters": created["privateChallengeParameters"],
    });
    for _ in 0..2 {
        let verified = triggered("cognito-trigger", "pool-ann", &answer).await?;
        assert_eq!(verified, json!({ "answerCorrect": true }));
    }
    let solved = json!({ "session": [{ "challengeName": "CUSTOM_CHALLENGE", "challengeResult": true }] });
    assert_eq!(triggered("cognito-trigger-define", "pool-ann", &solved).await?["issueTokens"], true);
    Ok(())
}

#[tokio::test]
async fn a_second_sign_in_with_one_token_is_refused() -> Result<()> {
    let token = result_token(&stack().await.phone_of("pool-ben").await?).await?;
    for expected in [true, false] {
        let created = triggered("cognito-trigger-create", "pool-ben", &json!({})).await?;
        let private = &created["privateChallengeParameters"];
        let answer = json!({ "challengeAnswer": token, "privateChallengeParameters": private });
        assert_eq!(triggered("cognito-trigger", "pool-ben", &answer).await?["answerCorrect"], expected);
    }
    Ok(())
}

/// What the authorizer says of a token, in an event of this name.
async fn asked(name: &str, token: &str) -> Result<std::result::Result<Value, Value>> {
    let text = event(name)?.to_string().replace("eyJ0eXAiOiJhdCtqd3QifQ.e30.AA", token);
    stack().await.invoke("authorizer", &serde_json::from_str(&text)?).await
}

#[tokio::test]
async fn an_api_hears_at_once_that_a_session_was_ended() -> Result<()> {
    let token = result_token(&stack().await.phone_of("api-ann").await?).await?;
    let backend = stack().await.backend();
    let tokens = backend.post("/sessions", &json!({ "clientId": "demo", "token": token })).await?;
    let access = tokens.assert_ok().text("accessToken");
    let admitted = asked("authorizer", &access).await?.map_err(|failed| anyhow::anyhow!("{failed}"))?;
    assert_eq!((&admitted["isAuthorized"], &admitted["context"]["userId"]), (&json!(true), &json!("api-ann")));
    backend.post("/sessions/revoke", &json!({ "accessToken": access })).await?.assert_ok();
    assert_eq!(asked("authorizer", &access).await?, Ok(json!({ "isAuthorized": false })));
    Ok(())
}

#[tokio::test]
async fn an_api_admits_an_applications_access_token() -> Result<()> {
    let stack = stack().await;
    let registration = Registration { grants: Grant::ALL.to_vec(), ..registration() };
    let application = Application::register(stack, registration, false).await?;
    let phone = stack.phone_of("api-ben").await?;
    let to = logged_in(stack, &application, &mut Browser::default(), &phone).await?;
    let access = exchanged(&application, &to).await?.assert_ok().text("access_token");
    let policy = asked("authorizer-token", &access).await?.map_err(|failed| anyhow::anyhow!("{failed}"))?;
    assert_eq!((&policy["principalId"], &policy["context"]["clientId"]), (&json!("api-ben"), &json!(application.id)));
    Ok(())
}

#[tokio::test]
async fn a_rest_api_gets_the_error_that_it_answers_401_to() -> Result<()> {
    let failed = asked("authorizer-request", "a.b.c").await?.err().context("no error")?;
    assert_eq!(failed["errorMessage"], "Unauthorized");
    Ok(())
}

#[tokio::test]
async fn a_stack_without_the_parameter_has_no_such_function() -> Result<()> {
    let template = crate::workspace::template_with(&[])?;
    let binaries: Vec<&str> = template.functions.values().map(|function| function.binary.as_str()).collect();
    assert!(!binaries.contains(&"cognito-trigger") && !binaries.contains(&"authorizer"), "{binaries:?}");
    Ok(())
}

#[tokio::test]
async fn a_trigger_without_its_tenant_is_refused_before_anything_is_deployed() {
    for (parameter, tenant) in [("CognitoTrigger=on", "CognitoTenantId"), ("Authorizer=on", "AuthorizerTenantId")] {
        let error = format!("{:#}", crate::workspace::template_with(&[parameter]).unwrap_err());
        assert!(error.contains(tenant), "{error}");
    }
}
