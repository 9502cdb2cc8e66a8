//! Each function of the OpenID provider with its event in `events/`, as API Gateway sends it, on the store in memory.

use anyhow::{Context as _, Result};
use lambda_http::{Body, Response};
use scanlatch_protocol::id::{ClientId, SessionId};
use scanlatch_protocol::openid::authorization::{Authorization, Destination, Prompt};
use scanlatch_protocol::openid::client::{Client, Grant, Registration};
use scanlatch_protocol::openid::redirect::RedirectUri;
use scanlatch_protocol::openid::request::{AuthorizationRequest, BrowserSecret, RequestHandle, RequestState};
use scanlatch_protocol::openid::scope::Scopes;
use scanlatch_protocol::secret::Digest;
use scanlatch_runtime::Problem;
use scanlatch_service::port::{Asks as _, Clock as _, RegistersClients as _};
use scanlatch_testkit::memory::Memory;
use scanlatch_tests::CALLBACK;
use serde_json::json;

use crate::events::{config, http, store, tenant, told};

/// A store with the applications that the events name.
async fn with_applications() -> Result<Memory> {
    let store = store().await?;
    let secret = Digest::of(format!("cs_{}", "A".repeat(43)).as_bytes());
    for (id, grants, secret) in
        [("grafana", vec![Grant::AuthorizationCode], Some(secret)), ("television", vec![Grant::DeviceCode], None)]
    {
        let registration = Registration {
            name: "Grafana".to_owned(),
            redirect_uris: vec![RedirectUri::parse(CALLBACK)?],
            grants,
            ..Registration::default()
        };
        let id = ClientId::parse(id)?;
        let created_at = store.now();
        let client = Client { tenant: tenant(), id: id.clone(), created_at, secrets: Vec::new(), registration };
        store.add_client(&client).await?;
        if let Some(secret) = secret {
            store.add_client_secret(&tenant(), &id, &secret, created_at).await?;
        }
    }
    Ok(store)
}

fn location(handled: Result<Response<Body>, Problem>) -> String {
    let response = handled.unwrap_or_else(Problem::into_response);
    response.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn openid_discovery_tells_where_everything_is() -> Result<()> {
    let answer = scanlatch_openid_discovery::handle(&store().await?, &config(), http("openid-discovery")?).await;
    let (status, body) = told(answer);
    let issuer = format!("https://login.example/v1/t/{}", tenant());
    assert_eq!(
        (status, &body["issuer"], &body["token_endpoint"]),
        (200, &json!(issuer), &json!(format!("{issuer}/token")))
    );
    Ok(())
}

#[tokio::test]
async fn openid_authorize_sends_the_browser_to_the_login_page_with_a_secret_of_its_own() -> Result<()> {
    let store = with_applications().await?;
    let answer = scanlatch_openid_authorize::handle(&store, &config(), http("openid-authorize")?).await;
    let cookie =
        answer.as_ref().ok().and_then(|answer| answer.headers()["set-cookie"].to_str().ok()).map(str::to_owned);
    let cookie = cookie.context("no cookie")?;
    assert!(cookie.starts_with("__Host-scanlatch-browser="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000"), "{cookie}");
    assert!(location(answer).starts_with(&format!("https://login.example/sign-in#t={}&r=", tenant())));
    Ok(())
}

#[tokio::test]
async fn openid_sign_in_shows_a_code_for_the_application() -> Result<()> {
    let store = with_applications().await?;
    let handle = RequestHandle::parse(&"A".repeat(43)).context("no handle")?;
    let browser = BrowserSecret::parse(&"B".repeat(43)).context("no secret")?;
    store
        .ask(&AuthorizationRequest {
            id: handle.digest(),
            tenant: tenant(),
            client: ClientId::parse("grafana")?,
            name: "Grafana".to_owned(),
            asks: Authorization {
                destination: Destination { redirect_uri: CALLBACK.to_owned(), state: None },
                scopes: Scopes::parse("openid")?,
                nonce: None,
                code_challenge: None,
                prompt: Prompt::IfNeeded,
                max_age_ms: None,
                login_hint: None,
                id_token_hint: None,
                ui_locales: None,
            },
            session: SessionId::from_random([1; 16]),
            expires_at: store.now().plus(60_000),
            state: RequestState::Open { browser: browser.digest().to_text() },
        })
        .await?;
    let (status, body) = told(scanlatch_openid_sign_in::handle(&store, &config(), http("openid-sign-in")?).await);
    assert_eq!((status, &body["application"]), (200, &json!({ "clientId": "grafana", "name": "Grafana" })));
    assert_eq!(body["socketUrl"], "wss://login.example/ws-v1-challenge");
    Ok(())
}

#[tokio::test]
async fn openid_device_gives_a_code_to_type() -> Result<()> {
    let store = with_applications().await?;
    let (status, body) = told(scanlatch_openid_device::handle(&store, &config(), http("openid-device")?).await);
    assert_eq!((status, &body["verification_uri"]), (200, &json!("https://login.example/device")));
    assert_eq!(body["expires_in"], 600);
    Ok(())
}

#[tokio::test]
async fn openid_token_refuses_a_code_that_it_did_not_give() -> Result<()> {
    let store = with_applications().await?;
    let (status, body) = told(scanlatch_openid_token::handle(&store, &config(), http("openid-token")?).await);
    assert_eq!((status, &body["error"]), (400, &json!("invalid_grant")));
    Ok(())
}

#[tokio::test]
async fn openid_userinfo_refuses_a_token_that_nobody_signed() -> Result<()> {
    let store = with_applications().await?;
    let answer = scanlatch_openid_userinfo::handle(&store, &config(), http("openid-userinfo")?).await;
    let response = answer.unwrap_or_else(Problem::into_response);
    assert_eq!(response.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
    Ok(())
}

#[tokio::test]
async fn openid_end_tells_an_application_that_a_text_is_no_token() -> Result<()> {
    let store = with_applications().await?;
    let (status, body) = told(scanlatch_openid_end::handle(&store, &config(), http("openid-end")?).await);
    assert_eq!((status, body), (200, json!({ "active": false })));
    Ok(())
}
