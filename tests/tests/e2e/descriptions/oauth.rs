//! The refusals of the OpenID provider: where each code travels, and what the description's examples say of them.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use scanlatch_client::Method;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_runtime::Problem;
use scanlatch_tests::{Answer, Application, Browser, CALLBACK, form, shared_stack};

use super::document::Document;
use crate::openid::{exchanged, logged_in, logged_in_as, registration};

const ALL: [OAuthError; 17] = [
    OAuthError::InvalidRequest,
    OAuthError::InvalidClient,
    OAuthError::InvalidGrant,
    OAuthError::UnauthorizedClient,
    OAuthError::UnsupportedGrantType,
    OAuthError::UnsupportedResponseType,
    OAuthError::InvalidScope,
    OAuthError::AccessDenied,
    OAuthError::LoginRequired,
    OAuthError::RequestNotSupported,
    OAuthError::InvalidRequestUri,
    OAuthError::RegistrationNotSupported,
    OAuthError::AuthorizationPending,
    OAuthError::SlowDown,
    OAuthError::ExpiredToken,
    OAuthError::InvalidToken,
    OAuthError::InsufficientScope,
];

/// Whether the application is answered the error, and whether a browser takes it there. What is neither is told on a page
/// or not at all.
const fn ways(error: OAuthError) -> (bool, bool) {
    match error {
        OAuthError::InvalidRequest
        | OAuthError::UnsupportedResponseType
        | OAuthError::InvalidScope
        | OAuthError::AccessDenied
        | OAuthError::RequestNotSupported
        | OAuthError::RegistrationNotSupported => (true, true),
        OAuthError::InvalidClient
        | OAuthError::InvalidGrant
        | OAuthError::UnauthorizedClient
        | OAuthError::UnsupportedGrantType
        | OAuthError::AuthorizationPending
        | OAuthError::SlowDown
        | OAuthError::ExpiredToken
        | OAuthError::InvalidToken
        | OAuthError::InsufficientScope => (true, false),
        OAuthError::LoginRequired => (false, true),
        OAuthError::InvalidRequestUri => (false, false),
    }
}

/// Each status with its codes, of answers.
pub fn answered() -> BTreeSet<(String, String)> {
    let problems = ALL.into_iter().filter(|error| ways(*error).0).map(|error| Problem::from(error.because("")));
    problems.map(|problem| (problem.status().as_str().to_owned(), problem.body().error_code.clone())).collect()
}

/// The codes that a browser takes to the application, with the status that sends it.
pub fn taken() -> BTreeSet<(String, String)> {
    let errors = ALL.into_iter().filter(|error| ways(*error).1);
    errors.map(|error| ("303".to_owned(), error.as_str().to_owned())).collect()
}

fn assert_like(described: &Document, id: &str, real: &Answer) -> Result<()> {
    let example = described.operation(id)?.refusal(real.status)?;
    assert_eq!(real.json, *example, "{id} answered {}", real.status);
    Ok(())
}

#[test]
fn every_error_is_listed_once() {
    let codes: BTreeSet<_> = ALL.map(OAuthError::as_str).into_iter().collect();
    assert_eq!(codes.len(), ALL.len());
}

#[tokio::test]
async fn the_provider_refuses_as_the_examples_of_openapi_do() -> Result<()> {
    let described = Document::openapi()?;
    let stack = shared_stack().await;
    let application = Application::register(stack, registration(), false).await?;
    let other = Application::register(stack, registration(), false).await?;
    let phone = stack.phone_of("openid-fay").await?;
    let tokens =
        exchanged(&application, &logged_in(stack, &application, &mut Browser::default(), &phone).await?).await?;
    let access = tokens.assert_ok().text("access_token");

    for (id, path) in [
        ("pushAuthorizationRequest", "par"),
        ("authorizeDevice", "device_authorization"),
        ("getTokens", "token"),
        ("introspectToken", "introspect"),
        ("revokeToken", "revoke"),
    ] {
        let form = [("client_id", "nobody"), ("grant_type", "refresh_token"), ("refresh_token", "x")];
        assert_like(&described, id, &application.post_as_is(path, &form).await?)?;
    }
    let elsewhere = [("response_type", "code"), ("redirect_uri", "https://app.example/callback/")];
    assert_like(&described, "pushAuthorizationRequest", &application.post("par", &elsewhere).await?)?;
    let scope = [("scope", "a\"b")];
    assert_like(&described, "authorizeDevice", &application.post("device_authorization", &scope).await?)?;
    let code = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", CALLBACK)];
    assert_like(&described, "getTokens", &application.post("token", &code).await?)?;
    assert_like(&described, "introspectToken", &application.post("introspect", &[]).await?)?;
    assert_like(&described, "revokeToken", &other.post("revoke", &[("token", &access)]).await?)?;

    let twice = stack.api().request(Method::POST, &application.path("userinfo"));
    let twice = twice.header("authorization", &format!("Bearer {access}"));
    let twice = twice.header("content-type", "application/x-www-form-urlencoded");
    let twice = twice.body(form(&[("access_token", &access)])).send().await?.into();
    assert_like(&described, "getUserInfoByPost", &twice)?;
    assert_like(&described, "getUserInfo", &application.get("userinfo", "x").await?)?;

    let asked = [("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", "email")];
    let to = logged_in_as(stack, &application, &mut Browser::default(), &phone, &asked).await?;
    let narrow = exchanged(&application, &to).await?.assert_ok().text("access_token");
    assert_like(&described, "getUserInfo", &application.get("userinfo", &narrow).await?)
}

#[tokio::test]
async fn a_login_or_logout_that_cannot_go_on_is_told_on_a_page_as_described() -> Result<()> {
    let described = Document::openapi()?;
    let stack = shared_stack().await;
    let application = Application::register(stack, registration(), false).await?;
    let unknown = application.path("authorize").replace(stack.tenant_id(), "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64");
    for (id, address) in [
        ("authorize", format!("{}?client_id={}", application.path("authorize"), application.id)),
        ("authorize", format!("{}?client_id=nobody", application.path("authorize"))),
        ("authorize", format!("{unknown}?client_id=nobody")),
        ("logOut", format!("{}?state=a&state=b", application.path("logout"))),
        ("logOut", "/t/nobody/logout".to_owned()),
    ] {
        let answer = stack.api().request(Method::GET, &address).send().await?;
        let status = answer.status.as_u16().to_string();
        let operation = described.operation(id)?;
        let (_, response) =
            operation.responses().find(|(known, _)| *known == status).with_context(|| format!("no {status}"))?;
        let (media_type, _) = response["content"].as_object().and_then(|all| all.iter().next()).context("no page")?;
        let real = answer.headers["content-type"].to_str()?;
        assert_eq!(real.split(';').next(), Some(media_type.as_str()), "{status}");
        let policy = &response["headers"]["content-security-policy"]["schema"]["const"];
        assert_eq!(answer.headers["content-security-policy"].to_str()?, policy, "{status}");
    }
    Ok(())
}
