//! The functions that Cognito and API Gateway's authorizers call, each with its events in `events/`, on the store in memory.
//! The published types of these events read what goes in and what comes out.

use anyhow::{Context as _, Result};
use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerRequest, ApiGatewayCustomAuthorizerRequestTypeRequest,
    ApiGatewayCustomAuthorizerResponse, ApiGatewayV2CustomAuthorizerSimpleResponse,
    ApiGatewayV2CustomAuthorizerV2Request,
};
use aws_lambda_events::cognito::{
    CognitoEventUserPoolsCreateAuthChallenge, CognitoEventUserPoolsDefineAuthChallenge,
    CognitoEventUserPoolsVerifyAuthChallenge,
};
use aws_lambda_events::iam::IamPolicyEffect;
use scanlatch_protocol::id::ClientId;
use scanlatch_protocol::openid::scope::Scopes;
use scanlatch_protocol::session::{NewSession, SessionTokens};
use scanlatch_runtime::authorizer::Admission;
use scanlatch_runtime::cognito::SignIn;
use scanlatch_service::admit::Needs;
use scanlatch_service::port::{Administers as _, Ends as _, Tenants as _};
use scanlatch_service::sessions::{Issuing, begin};
use scanlatch_testkit::memory::Memory;
use scanlatch_testkit::scene::user;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::events::{approved, config, json as event, store, tenant};

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

fn pool() -> SignIn {
    SignIn { tenant: tenant(), action: None, user_attribute: None }
}

async fn triggered(store: &Memory, pool: &SignIn, event: Value) -> Result<Value> {
    let answered = scanlatch_cognito_trigger::handle(store, &config(), pool, event).await;
    answered.map_err(|problem| anyhow::anyhow!("{problem:?}"))
}

/// A verification of this result token.
fn answer(token: &str) -> Result<Value> {
    let mut event = event("cognito-trigger")?;
    event["request"]["challengeAnswer"] = token.into();
    Ok(event)
}

#[tokio::test]
async fn cognito_trigger_asks_for_a_result_token() -> Result<()> {
    let store = store().await?;
    let reply = triggered(&store, &pool(), event("cognito-trigger-define")?).await?;
    let reply: CognitoEventUserPoolsDefineAuthChallenge = read(&reply);
    assert_eq!(reply.response.challenge_name.as_deref(), Some("CUSTOM_CHALLENGE"));
    let reply = triggered(&store, &pool(), event("cognito-trigger-create")?).await?;
    let reply: CognitoEventUserPoolsCreateAuthChallenge = read(&reply);
    let public = reply.response.public_challenge_parameters;
    assert_eq!((public["type"].as_str(), public["tenantId"].as_str()), ("SCANLATCH", &*tenant().to_string()));
    Ok(())
}

#[tokio::test]
async fn cognito_trigger_names_each_attempt_anew() -> Result<()> {
    let store = store().await?;
    let mut attempts = Vec::new();
    for _ in 0..2 {
        let mut reply = triggered(&store, &pool(), event("cognito-trigger-create")?).await?;
        attempts.push(reply["response"]["privateChallengeParameters"]["attempt"].take());
    }
    assert_ne!(attempts[0], attempts[1]);
    Ok(())
}

#[tokio::test]
async fn cognito_trigger_answers_with_the_whole_event() -> Result<()> {
    let store = store().await?;
    for name in ["cognito-trigger-define", "cognito-trigger-create", "cognito-trigger"] {
        let (sent, mut reply) = (event(name)?, triggered(&store, &pool(), event(name)?).await?);
        reply["response"] = sent["response"].clone();
        assert_eq!(reply, sent);
    }
    Ok(())
}

#[tokio::test]
async fn cognito_trigger_takes_the_token_of_the_user_who_signs_in() -> Result<()> {
    let store = store().await?;
    let token = approved(&store).await?;
    let reply = triggered(&store, &pool(), answer(&token)?).await?;
    assert!(read::<CognitoEventUserPoolsVerifyAuthChallenge>(&reply).response.answer_correct);
    Ok(())
}

#[tokio::test]
async fn cognito_trigger_finds_the_user_by_the_attribute_that_is_set() -> Result<()> {
    let store = store().await?;
    let mut event = answer(&approved(&store).await?)?;
    event["userName"] = "5d6e7f80".into();
    let by = |attribute: &str| SignIn { user_attribute: Some(attribute.to_owned()), ..pool() };
    for (pool, expected) in [(pool(), false), (by("email"), false), (by("custom:userId"), true)] {
        let reply = triggered(&store, &pool, event.clone()).await?;
        assert_eq!(reply["response"], json!({ "answerCorrect": expected }), "{pool:?}");
    }
    Ok(())
}

#[tokio::test]
async fn cognito_trigger_calls_a_wrong_token_a_wrong_answer() -> Result<()> {
    let store = store().await?;
    let reply = triggered(&store, &pool(), event("cognito-trigger")?).await?;
    assert_eq!(reply["response"], json!({ "answerCorrect": false }));
    Ok(())
}

#[tokio::test]
async fn cognito_trigger_takes_no_token_for_a_user_whom_the_pool_does_not_know() -> Result<()> {
    let store = store().await?;
    let mut event = answer(&approved(&store).await?)?;
    event["request"]["userNotFound"] = true.into();
    assert_eq!(triggered(&store, &pool(), event).await?["response"], json!({ "answerCorrect": false }));
    Ok(())
}

#[tokio::test]
async fn cognito_trigger_fails_where_it_is_another_trigger() -> Result<()> {
    let event = json!({ "triggerSource": "PreSignUp_SignUp", "request": {}, "response": {} });
    assert!(triggered(&store().await?, &pool(), event).await.is_err());
    Ok(())
}

fn anybody() -> Admission {
    Admission { tenant: tenant(), needs: Needs::default() }
}

/// The tokens of a session of the user whom the events name.
async fn session(store: &Memory) -> Result<SessionTokens> {
    let token = approved(store).await?;
    let client = ClientId::parse("web")?;
    let mut tenant = store.tenant(&tenant()).await?.context("no tenant")?;
    tenant.settings.session_clients = vec![client.clone()];
    store.put_tenant(&tenant).await?;
    let config = config();
    let by = Issuing { issuer: &config.issuer, base_url: &config.public_url };
    Ok(begin(store, by, &tenant, NewSession { client, token, action: None }).await?)
}

/// The answer to the event of this name with this token.
async fn asked(
    store: &Memory,
    admission: &Admission,
    name: &str,
    token: &str,
) -> Result<Result<Value, scanlatch_runtime::Problem>> {
    let text = event(name)?.to_string().replace("eyJ0eXAiOiJhdCtqd3QifQ.e30.AA", token);
    Ok(scanlatch_authorizer::handle(store, &config(), admission, serde_json::from_str(&text)?).await)
}

#[test]
fn the_published_types_read_the_authorizers_events() -> Result<()> {
    let http: ApiGatewayV2CustomAuthorizerV2Request = read(&event("authorizer")?);
    assert_eq!(http.type_.as_deref(), Some("REQUEST"));
    let token: ApiGatewayCustomAuthorizerRequest = read(&event("authorizer-token")?);
    assert_eq!(token.type_.as_deref(), Some("TOKEN"));
    let request: ApiGatewayCustomAuthorizerRequestTypeRequest = read(&event("authorizer-request")?);
    assert_eq!(request.type_.as_deref(), Some("REQUEST"));
    Ok(())
}

#[tokio::test]
async fn authorizer_tells_an_http_api_who_calls() -> Result<()> {
    let store = store().await?;
    let tokens = session(&store).await?;
    let reply = asked(&store, &anybody(), "authorizer", &tokens.access).await?.unwrap();
    let reply: ApiGatewayV2CustomAuthorizerSimpleResponse = read(&reply);
    assert!(reply.is_authorized);
    assert_eq!((&reply.context["userId"], &reply.context["clientId"]), (&json!("auth0|ann"), &json!("web")));
    Ok(())
}

#[tokio::test]
async fn authorizer_gives_a_rest_api_a_policy_for_the_stage() -> Result<()> {
    let store = store().await?;
    let tokens = session(&store).await?;
    for name in ["authorizer-token", "authorizer-request"] {
        let reply = asked(&store, &anybody(), name, &tokens.access).await?.unwrap();
        let reply: ApiGatewayCustomAuthorizerResponse = read(&reply);
        let statement = reply.policy_document.statement.first().context("no statement")?;
        assert_eq!((&statement.effect, reply.principal_id.as_deref()), (&IamPolicyEffect::Allow, Some("auth0|ann")));
        assert_eq!(statement.resource, ["arn:aws:execute-api:eu-central-1:123456789012:f6g7h8i9j0/prod/*"]);
    }
    Ok(())
}

#[tokio::test]
async fn authorizer_admits_nobody_whose_session_was_ended() -> Result<()> {
    let store = store().await?;
    let tokens = session(&store).await?;
    store.end_all(&tenant(), &user("auth0|ann")).await?;
    let reply = asked(&store, &anybody(), "authorizer", &tokens.access).await?.unwrap();
    assert_eq!(reply, json!({ "isAuthorized": false }));
    Ok(())
}

#[tokio::test]
async fn authorizer_fails_before_a_rest_api_where_the_token_does_not_serve() -> Result<()> {
    let store = store().await?;
    for name in ["authorizer-token", "authorizer-request"] {
        let problem = asked(&store, &anybody(), name, "a.b.c").await?.unwrap_err();
        assert_eq!(problem.status(), 401);
    }
    Ok(())
}

#[tokio::test]
async fn authorizer_denies_a_token_that_lacks_a_scope() -> Result<()> {
    let store = store().await?;
    let tokens = session(&store).await?;
    let needs = Needs { scopes: Scopes::parse("orders.read")?, ..Needs::default() };
    let admission = Admission { needs, ..anybody() };
    let simple = asked(&store, &admission, "authorizer", &tokens.access).await?.unwrap();
    assert_eq!(simple, json!({ "isAuthorized": false }));
    let policy = asked(&store, &admission, "authorizer-token", &tokens.access).await?.unwrap();
    assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], "Deny");
    Ok(())
}

#[tokio::test]
async fn authorizer_admits_listed_clients_alone() -> Result<()> {
    let store = store().await?;
    let tokens = session(&store).await?;
    for (client, expected) in [("web", true), ("app", false)] {
        let needs = Needs { clients: vec![client.to_owned()], ..Needs::default() };
        let reply = asked(&store, &Admission { needs, ..anybody() }, "authorizer", &tokens.access).await?.unwrap();
        assert_eq!(reply["isAuthorized"], expected, "{client}");
    }
    Ok(())
}
