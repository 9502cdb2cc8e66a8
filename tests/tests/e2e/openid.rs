//! Logins by OpenID over the wire.

use anyhow::{Context as _, Result};
use scanlatch_protocol::openid::client::{Grant, Registration};
use scanlatch_protocol::openid::redirect::RedirectUri;
use scanlatch_protocol::openid::signed::Algorithm;
use scanlatch_tests::{Answer, Application, Browser, CALLBACK, Phone, Stack, parameter, shared_stack};
use serde_json::{Value, json};

pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) fn registration() -> Registration {
    Registration {
        name: "Grafana".to_owned(),
        redirect_uris: vec![RedirectUri::parse(CALLBACK).unwrap()],
        logout_uris: vec![RedirectUri::parse("https://app.example/bye").unwrap()],
        grants: Grant::ALL.to_vec(),
        ..Registration::default()
    }
}

pub(crate) const ASKED: [(&str, &str); 6] = [
    ("redirect_uri", CALLBACK),
    ("response_type", "code"),
    ("scope", "openid email offline_access"),
    ("state", "s t"),
    ("nonce", "n"),
    ("prompt", "login"),
];

/// Logs the owner of the phone in, and returns where the browser is sent.
pub(crate) async fn logged_in(
    stack: &Stack,
    application: &Application,
    browser: &mut Browser,
    phone: &Phone,
) -> Result<String> {
    logged_in_as(stack, application, browser, phone, &ASKED).await
}

/// The same for a request with these parameters.
pub(crate) async fn logged_in_as(
    stack: &Stack,
    application: &Application,
    browser: &mut Browser,
    phone: &Phone,
    asked: &[(&str, &str)],
) -> Result<String> {
    let mut asked = asked.to_vec();
    if application.secret.is_empty() {
        asked.extend([("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]);
    }
    let page = browser.open(application, &asked).await?;
    approved(stack, application, browser, phone, &page).await
}

/// Approves what the login page at this address shows, and returns where the browser is sent.
pub(crate) async fn approved(
    stack: &Stack,
    application: &Application,
    browser: &mut Browser,
    phone: &Phone,
    page: &str,
) -> Result<String> {
    let shown = browser.page(application, page, "sign-in", json!({})).await?;
    let (id, code) = (shown.assert_ok().text("challengeId"), shown.text("deviceCode"));
    assert_eq!(shown.json["application"]["name"], "Grafana");
    let claimed = phone.claim(&id).await?;
    assert_eq!(claimed.assert_ok().json["application"], json!({ "clientId": application.id, "name": "Grafana" }));
    phone.decide(&id, true).await?.assert_ok();
    let token = stack.polling_screen().poll(&id, &code).await?.text("accessToken");
    let done = browser.page(application, page, "sign-in/complete", json!({ "token": token })).await?;
    Ok(done.assert_ok().text("redirectTo"))
}

pub(crate) async fn exchanged(application: &Application, to: &str) -> Result<Answer> {
    let code = parameter(to, "code").unwrap_or_default();
    let mut parameters = vec![("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
    if application.secret.is_empty() {
        parameters.push(("code_verifier", VERIFIER));
    }
    application.post("token", &parameters).await
}

pub(crate) fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&scanlatch_protocol::base64::decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_login_gives_the_application_its_tokens() -> Result<()> {
    let stack = shared_stack().await;
    let application = Application::register(stack, registration(), false).await?;
    let phone = stack.phone_of("openid-ann").await?;
    let mut browser = Browser::default();
    let to = logged_in(stack, &application, &mut browser, &phone).await?;
    assert!(to.starts_with(&format!("{CALLBACK}?code=")), "{to}");
    assert_eq!(parameter(&to, "state").as_deref(), Some("s t"));
    let tokens = exchanged(&application, &to).await?;
    let id = claims(&tokens.assert_ok().text("id_token"));
    assert_eq!((&id["sub"], &id["nonce"], &id["aud"]), (&json!("openid-ann"), &json!("n"), &json!(application.id)));
    assert_eq!(id["iss"], json!(parameter(&to, "iss")));
    let told = application.get("userinfo", &tokens.text("access_token")).await?;
    assert_eq!(told.assert_ok().json["sub"], "openid-ann");
    let refreshed = [("grant_type", "refresh_token"), ("refresh_token", &*tokens.text("refresh_token"))];
    let renewed = application.post("token", &refreshed).await?;
    renewed.assert_ok();
    let active = application.post("introspect", &[("token", &renewed.text("access_token"))]).await?;
    assert_eq!(active.assert_ok().json["active"], true);
    assert_eq!(application.post("revoke", &[("token", &renewed.text("refresh_token"))]).await?.status, 200);
    let told = application.get("userinfo", &renewed.text("access_token")).await?;
    told.assert_refused(401, "invalid_token");
    assert_eq!(told.text("error_description"), told.text("errorDescription"));
    Ok(())
}

#[tokio::test]
async fn a_public_application_exchanges_with_its_verifier() -> Result<()> {
    let stack = shared_stack().await;
    let application = Application::register(stack, registration(), true).await?;
    let phone = stack.phone_of("openid-ben").await?;
    let to = logged_in(stack, &application, &mut Browser::default(), &phone).await?;
    exchanged(&application, &to).await?.assert_ok();
    exchanged(&application, &to).await?.assert_refused(400, "invalid_grant");
    Ok(())
}

#[tokio::test]
async fn who_has_logged_in_is_not_asked_by_the_next_application_until_they_log_out() -> Result<()> {
    let stack = shared_stack().await;
    let first = Application::register(stack, registration(), false).await?;
    let second = Application::register(stack, registration(), false).await?;
    let phone = stack.phone_of("openid-cem").await?;
    let mut browser = Browser::default();
    let to = logged_in(stack, &first, &mut browser, &phone).await?;
    let tokens = exchanged(&first, &to).await?;
    let silent = [("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", "openid"), ("prompt", "none")];
    let to = browser.open(&second, &silent).await?;
    assert_eq!(claims(&exchanged(&second, &to).await?.assert_ok().text("id_token"))["sub"], "openid-cem");
    let hint = tokens.assert_ok().text("id_token");
    let bye = [("id_token_hint", &*hint), ("post_logout_redirect_uri", "https://app.example/bye"), ("state", "x")];
    assert_eq!(browser.log_out(&first, &bye).await?, (303, Some("https://app.example/bye?state=x".to_owned())));
    let to = browser.open(&second, &silent).await?;
    assert_eq!(parameter(&to, "error").as_deref(), Some("login_required"));
    Ok(())
}

#[tokio::test]
async fn another_sites_form_logs_nobody_out_and_the_page_knows_what_it_said() -> Result<()> {
    let stack = shared_stack().await;
    let application = Application::register(stack, registration(), false).await?;
    let mut browser = Browser::default();
    logged_in(stack, &application, &mut browser, &stack.phone_of("openid-dora").await?).await?;
    let said =
        [("client_id", &*application.id), ("post_logout_redirect_uri", "https://app.example/bye"), ("state", "x y")];
    // A browser sends no cookies with another site's form.
    let (status, again) = Browser::default().post_log_out(&application, &said).await?;
    let page = browser.visit(&application, &again.with_context(|| format!("no redirect but {status}"))?).await?;
    assert!(page.contains("/sign-out#"), "{page}");
    for (name, value) in said {
        assert_eq!(parameter(&page, name).as_deref(), Some(value), "{page}");
    }
    Ok(())
}

#[tokio::test]
async fn a_redirect_uri_that_differs_by_a_character_is_told_to_the_person_alone() -> Result<()> {
    let stack = shared_stack().await;
    let application = Application::register(stack, registration(), false).await?;
    let mut asked = ASKED.to_vec();
    asked[0] = ("redirect_uri", "https://app.example/callback/");
    assert_eq!(Browser::default().try_open(&application, &asked).await?, (400, None));
    Ok(())
}

#[tokio::test]
async fn a_device_without_a_keyboard_polls_until_its_person_has_decided() -> Result<()> {
    let stack = shared_stack().await;
    let application = Application::register(stack, registration(), true).await?;
    let phone = stack.phone_of("openid-dan").await?;
    let asked = application.post("device_authorization", &[("scope", "openid")]).await?;
    let code = asked.assert_ok().text("device_code");
    assert_eq!(asked.json["interval"], 5);
    let poll = [("grant_type", Grant::DeviceCode.as_str()), ("device_code", &*code)];
    application.post("token", &poll).await?.assert_refused(400, "authorization_pending");
    application.post("token", &poll).await?.assert_refused(400, "slow_down");
    let claimed = phone.claim_by_code(&asked.text("user_code")).await?;
    phone.decide(&claimed.assert_ok().text("challengeId"), true).await?.assert_ok();
    let tokens = application.post("token", &poll).await?;
    assert_eq!(claims(&tokens.assert_ok().text("id_token"))["sub"], "openid-dan");
    Ok(())
}

#[tokio::test]
async fn a_request_that_was_pushed_is_taken_up_once() -> Result<()> {
    let stack = shared_stack().await;
    let application = Application::register(stack, registration(), false).await?;
    let pushed = application.post("par", &ASKED).await?;
    assert_eq!(pushed.status, 201);
    let uri = pushed.text("request_uri");
    let mut browser = Browser::default();
    assert!(browser.open(&application, &[("request_uri", &uri)]).await?.contains("/sign-in#t="));
    assert_eq!(browser.try_open(&application, &[("request_uri", &uri)]).await?, (400, None));
    Ok(())
}

#[tokio::test]
async fn a_pushed_id_token_is_read_before_the_browser_comes() -> Result<()> {
    let stack = shared_stack().await;
    let application = Application::register(stack, registration(), false).await?;
    let mut browser = Browser::default();
    let to = logged_in(stack, &application, &mut browser, &stack.phone_of("openid-flo").await?).await?;
    let hint = exchanged(&application, &to).await?.assert_ok().text("id_token");
    let silent = [("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", "openid"), ("prompt", "none")];
    let pushed = |hint: String| {
        let application = &application;
        async move { application.post("par", &[&silent[..], &[("id_token_hint", &hint)]].concat()).await }
    };
    let uri = pushed(hint.clone()).await?.text("request_uri");
    let to = browser.open(&application, &[("request_uri", &uri)]).await?;
    assert!(parameter(&to, "code").is_some(), "{to}");
    pushed("x".to_owned()).await?.assert_refused(400, "login_required");
    Ok(())
}

#[tokio::test]
async fn an_application_that_wants_es256_is_served_everywhere() -> Result<()> {
    let stack = shared_stack().await;
    let es256 = Algorithm::Es256;
    let registration = Registration { id_token_algorithm: es256, access_token_algorithm: es256, ..registration() };
    let application = Application::register(stack, registration, false).await?;
    let mut browser = Browser::default();
    let to = logged_in(stack, &application, &mut browser, &stack.phone_of("openid-gus").await?).await?;
    let tokens = exchanged(&application, &to).await?;
    let told = application.get("userinfo", &tokens.assert_ok().text("access_token")).await?;
    assert_eq!(told.assert_ok().json["sub"], "openid-gus");
    let silent = [("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", "openid"), ("prompt", "none")];
    let hint = tokens.text("id_token");
    let pushed = application.post("par", &[&silent[..], &[("id_token_hint", &*hint)]].concat()).await?;
    let to = browser.open(&application, &[("request_uri", &pushed.text("request_uri"))]).await?;
    assert!(parameter(&to, "code").is_some(), "{to}");
    Ok(())
}

#[tokio::test]
async fn after_a_leak_the_provider_signs_with_another_rsa_key() -> Result<()> {
    let stack = Stack::start(&[]).await?;
    let application = Application::register(&stack, registration(), false).await?;
    let phone = stack.phone_of("ann").await?;
    let first =
        exchanged(&application, &logged_in(&stack, &application, &mut Browser::default(), &phone).await?).await?;
    let before = first.assert_ok().text("access_token");
    application.get("userinfo", &before).await?.assert_ok();
    let report = stack.invoke("signing-key-rotate", &json!({ "emergency": true })).await?;
    report.map_err(|why| anyhow::anyhow!("{why}"))?;
    stack.forget().await?;
    application.get("userinfo", &before).await?.assert_refused(401, "invalid_token");
    let next =
        exchanged(&application, &logged_in(&stack, &application, &mut Browser::default(), &phone).await?).await?;
    application.get("userinfo", &next.assert_ok().text("access_token")).await?.assert_ok();
    stack.stop().await
}

#[tokio::test]
async fn the_discovery_document_leads_to_keys_that_verify() -> Result<()> {
    let stack = shared_stack().await;
    let application = Application::register(stack, registration(), false).await?;
    let phone = stack.phone_of("openid-eva").await?;
    let to = logged_in(stack, &application, &mut Browser::default(), &phone).await?;
    exchanged(&application, &to).await?.assert_ok();
    let document = application.get(".well-known/openid-configuration", "").await?;
    assert_eq!(document.assert_ok().text("jwks_uri"), format!("{}/jwks.json", document.text("issuer")));
    let keys = application.get("jwks.json", "").await?;
    let algorithms: Vec<_> = keys.json["keys"].as_array().unwrap().iter().map(|key| key["alg"].clone()).collect();
    assert_eq!(algorithms, ["RS256", "ES256"]);
    Ok(())
}
