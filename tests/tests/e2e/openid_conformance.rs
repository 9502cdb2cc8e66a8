//! Checks of the OpenID Foundation's conformance suite for a Basic OP, and of its lists for RFC 8414 and RFC 9207, each under
//! its name there. The suite itself needs a database that tests do not have, so they are ported.

use anyhow::{Context as _, Result};
use scanlatch_client::Method;
use scanlatch_tests::{Answer, Application, Browser, CALLBACK, Phone, Stack, form, parameter, shared_stack};
use serde_json::{Value, json};

use crate::openid::{ASKED, CHALLENGE, approved, claims, exchanged, logged_in_as, registration};

const CODE: [(&str, &str); 3] = [("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", "openid")];

/// A person with a phone, an application, and a browser.
struct Test {
    stack: &'static Stack,
    application: Application,
    phone: Phone,
    browser: Browser,
    user: String,
}

impl Test {
    async fn new(name: &str) -> Result<Self> {
        let stack = shared_stack().await;
        let user = format!("oidcc-{name}");
        let application = Application::register(stack, registration(), false).await?;
        let phone = stack.phone_of(&user).await?;
        Ok(Self { stack, application, phone, browser: Browser::default(), user })
    }

    /// Logs in with these parameters beside those of every request, and exchanges the code.
    async fn log_in(&mut self, more: &[(&str, &str)]) -> Result<Answer> {
        let asked = [&CODE[..], more].concat();
        let to = logged_in_as(self.stack, &self.application, &mut self.browser, &self.phone, &asked).await?;
        let tokens = exchanged(&self.application, &to).await?;
        tokens.assert_ok();
        Ok(tokens)
    }

    /// The parameters with which the application gets the browser back at once.
    async fn back(&mut self, more: &[(&str, &str)]) -> Result<String> {
        let to = self.browser.open(&self.application, &[&CODE[..], more].concat()).await?;
        assert!(to.starts_with(CALLBACK), "{to}");
        Ok(to)
    }

    /// The login page, which a request with these parameters leads to.
    async fn page(&mut self, more: &[(&str, &str)]) -> Result<String> {
        let to = self.browser.open(&self.application, &[&CODE[..], more].concat()).await?;
        assert!(to.contains("/sign-in#t="), "{to}");
        Ok(to)
    }

    async fn error(&mut self, asked: &[(&str, &str)]) -> Result<Option<String>> {
        Ok(parameter(&self.browser.open(&self.application, asked).await?, "error"))
    }

    /// What the backend says of the user.
    async fn described(&self) -> Result<()> {
        let told = json!({
            "email": "ann@example.com", "emailVerified": true, "phoneNumber": "+441632960001",
            "displayName": "Ann", "username": "ann",
        });
        let path = format!("/users/{}", self.user);
        self.stack.api().post(&path, self.stack.backend().authorization(), &told).await?.assert_ok();
        Ok(())
    }
}

fn id(tokens: &Answer) -> Value {
    claims(&tokens.text("id_token"))
}

#[tokio::test]
async fn oidcc_server() -> Result<()> {
    let mut test = Test::new("server").await?;
    let tokens = test.log_in(&[("nonce", "n"), ("state", "s")]).await?;
    assert_eq!(id(&tokens)["sub"], json!(test.user));
    assert_eq!((tokens.text("token_type").as_str(), tokens.json["expires_in"].is_i64()), ("Bearer", true));
    Ok(())
}

#[tokio::test]
async fn oidcc_response_type_missing() -> Result<()> {
    let mut test = Test::new("response-type").await?;
    let asked = [("redirect_uri", CALLBACK), ("scope", "openid"), ("state", "s")];
    assert_eq!(test.error(&asked).await?.as_deref(), Some("invalid_request"));
    Ok(())
}

#[tokio::test]
async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow() -> Result<()> {
    let tokens = Test::new("nonce").await?.log_in(&[]).await?;
    assert_eq!(id(&tokens)["nonce"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn oidcc_userinfo_get_and_post_header_and_post_body() -> Result<()> {
    let mut test = Test::new("userinfo").await?;
    let token = test.log_in(&[]).await?.text("access_token");
    test.application.get("userinfo", &token).await?.assert_ok();
    let call = test.stack.api().request(Method::POST, &test.application.path("userinfo"));
    let posted: Answer = call.header("authorization", &format!("Bearer {token}")).send().await?.into();
    assert_eq!(posted.assert_ok().json["sub"], json!(test.user));
    test.application.post_as_is("userinfo", &[("access_token", &token)]).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn oidcc_scope_profile_email_phone_and_all() -> Result<()> {
    let mut test = Test::new("scope").await?;
    test.described().await?;
    let asked = [("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", "openid profile email phone")];
    let to = logged_in_as(test.stack, &test.application, &mut test.browser, &test.phone, &asked).await?;
    let token = exchanged(&test.application, &to).await?.assert_ok().text("access_token");
    let told = test.application.get("userinfo", &token).await?.json;
    for (claim, value) in [
        ("name", json!("Ann")),
        ("preferred_username", json!("ann")),
        ("email", json!("ann@example.com")),
        ("email_verified", json!(true)),
        ("phone_number", json!("+441632960001")),
    ] {
        assert_eq!(told[claim], value, "{claim}");
    }
    Ok(())
}

#[tokio::test]
async fn oidcc_display_page_and_popup_ui_locales_claims_locales_and_acr_values() -> Result<()> {
    let mut test = Test::new("display").await?;
    for more in [
        ("display", "page"),
        ("display", "popup"),
        ("claims_locales", "de"),
        ("acr_values", "1 2"),
        ("extra", "foobar"),
    ] {
        test.page(&[more]).await?;
    }
    assert!(test.page(&[("ui_locales", "de en")]).await?.ends_with("&l=de+en"));
    Ok(())
}

#[tokio::test]
async fn oidcc_prompt_login() -> Result<()> {
    let mut test = Test::new("prompt-login").await?;
    let first = id(&test.log_in(&[]).await?);
    let page = test.page(&[("prompt", "login")]).await?;
    let to = approved(test.stack, &test.application, &mut test.browser, &test.phone, &page).await?;
    let second = id(&exchanged(&test.application, &to).await?);
    assert_ne!(first["sid"], second["sid"]);
    assert!(second["auth_time"].as_i64() >= first["auth_time"].as_i64());
    Ok(())
}

#[tokio::test]
async fn oidcc_prompt_none_not_logged_in() -> Result<()> {
    let to = Test::new("prompt-none").await?.back(&[("prompt", "none"), ("state", "s")]).await?;
    assert_eq!(
        (parameter(&to, "error").as_deref(), parameter(&to, "state").as_deref()),
        (Some("login_required"), Some("s"))
    );
    Ok(())
}

#[tokio::test]
async fn oidcc_prompt_none_logged_in() -> Result<()> {
    let mut test = Test::new("prompt-none-in").await?;
    let first = id(&test.log_in(&[]).await?);
    let to = test.back(&[("prompt", "none")]).await?;
    let second = id(&exchanged(&test.application, &to).await?);
    assert_eq!((&first["sub"], &first["auth_time"]), (&second["sub"], &second["auth_time"]));
    Ok(())
}

#[tokio::test]
async fn oidcc_max_age_1() -> Result<()> {
    let mut test = Test::new("max-age-1").await?;
    test.log_in(&[]).await?;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    test.page(&[("max_age", "1")]).await?;
    Ok(())
}

#[tokio::test]
async fn oidcc_max_age_10000() -> Result<()> {
    let mut test = Test::new("max-age-10000").await?;
    let first = id(&test.log_in(&[]).await?);
    let to = test.back(&[("max_age", "10000")]).await?;
    assert_eq!(id(&exchanged(&test.application, &to).await?)["auth_time"], first["auth_time"]);
    Ok(())
}

#[tokio::test]
async fn oidcc_id_token_hint() -> Result<()> {
    let mut test = Test::new("hint").await?;
    let hint = test.log_in(&[]).await?.text("id_token");
    let to = test.back(&[("prompt", "none"), ("id_token_hint", &hint)]).await?;
    assert!(parameter(&to, "code").is_some(), "{to}");
    Ok(())
}

#[tokio::test]
async fn oidcc_login_hint() -> Result<()> {
    let mut test = Test::new("login-hint").await?;
    let user = test.user.clone();
    assert_eq!(id(&test.log_in(&[("login_hint", &user)]).await?)["sub"], json!(user));
    Ok(())
}

#[tokio::test]
async fn oidcc_codereuse() -> Result<()> {
    let mut test = Test::new("codereuse").await?;
    let to = logged_in_as(test.stack, &test.application, &mut test.browser, &test.phone, &ASKED).await?;
    let token = exchanged(&test.application, &to).await?.assert_ok().text("access_token");
    exchanged(&test.application, &to).await?.assert_refused(400, "invalid_grant");
    test.application.get("userinfo", &token).await?.assert_refused(401, "invalid_token");
    Ok(())
}

#[tokio::test]
async fn oidcc_ensure_registered_redirect_uri() -> Result<()> {
    let mut test = Test::new("redirect-uri").await?;
    for uri in ["https://app.example/callback?x", "https://other.example/callback", ""] {
        let asked = [("redirect_uri", uri), ("response_type", "code"), ("scope", "openid")];
        assert_eq!(test.browser.try_open(&test.application, &asked).await?, (400, None), "{uri}");
    }
    Ok(())
}

#[tokio::test]
async fn oidcc_ensure_post_request_succeeds() -> Result<()> {
    let mut test = Test::new("post").await?;
    let asked = [&CODE[..], &[("client_id", &*test.application.id)]].concat();
    let call = test.stack.api().request(Method::POST, &test.application.path("authorize")).body(form(&asked));
    let answer = call.header("content-type", "application/x-www-form-urlencoded").send().await?;
    let to = answer.headers.get("location").and_then(|value| value.to_str().ok()).context("no redirect")?;
    assert!(to.contains("/authorize?"), "{to}");
    let to = test.browser.visit(&test.application, to).await?;
    assert!(to.contains("/sign-in#t="), "{to}");
    Ok(())
}

#[tokio::test]
async fn oidcc_unsigned_request_object_rejected_as_unsupported() -> Result<()> {
    let mut test = Test::new("request-object").await?;
    let asked = [&CODE[..], &[("request", "eyJhbGciOiJub25lIn0.e30.")]].concat();
    assert_eq!(test.error(&asked).await?.as_deref(), Some("request_not_supported"));
    Ok(())
}

#[tokio::test]
async fn oidcc_refresh_token() -> Result<()> {
    let mut test = Test::new("refresh").await?;
    let to = logged_in_as(test.stack, &test.application, &mut test.browser, &test.phone, &ASKED).await?;
    let first = exchanged(&test.application, &to).await?;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", &*first.assert_ok().text("refresh_token"))];
    let second = test.application.post("token", &refresh).await?;
    let (before, after) = (id(&first), id(second.assert_ok()));
    for same in ["iss", "sub", "aud", "auth_time"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert!(after["iat"].as_i64() >= before["iat"].as_i64());
    Ok(())
}

#[tokio::test]
async fn oidcc_refresh_token_of_another_application() -> Result<()> {
    let mut test = Test::new("refresh-foreign").await?;
    let to = logged_in_as(test.stack, &test.application, &mut test.browser, &test.phone, &ASKED).await?;
    let first = exchanged(&test.application, &to).await?;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", &*first.assert_ok().text("refresh_token"))];
    let other = Application::register(test.stack, registration(), false).await?;
    other.post("token", &refresh).await?.assert_refused(400, "invalid_grant");
    test.application.post("token", &refresh).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn oidcc_ensure_request_with_valid_pkce_succeeds() -> Result<()> {
    let mut test = Test::new("pkce").await?;
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let asked = [&CODE[..], &pkce[..]].concat();
    let to = logged_in_as(test.stack, &test.application, &mut test.browser, &test.phone, &asked).await?;
    exchanged(&test.application, &to).await?.assert_refused(400, "invalid_grant");
    let code = parameter(&to, "code").context("no code")?;
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", crate::openid::VERIFIER),
    ];
    test.application.post("token", &exchange).await?.assert_ok();
    Ok(())
}

#[tokio::test]
async fn oidcc_discovery_endpoint_verification() -> Result<()> {
    let test = Test::new("discovery").await?;
    let document = test.application.get(".well-known/openid-configuration", "").await?;
    let document = &document.assert_ok().json;
    let listed = |member: &str, value: &str| document[member].as_array().is_some_and(|all| all.contains(&json!(value)));
    assert!(listed("response_types_supported", "code") && listed("subject_types_supported", "public"));
    assert!(listed("id_token_signing_alg_values_supported", "RS256") && listed("scopes_supported", "openid"));
    assert!(listed("code_challenge_methods_supported", "S256"));
    let server = test.application.get(".well-known/oauth-authorization-server", "").await?;
    assert_eq!(server.json, *document);
    Ok(())
}

#[tokio::test]
async fn rfc9207_the_answer_names_its_issuer_with_a_code_and_with_an_error() -> Result<()> {
    let mut test = Test::new("iss").await?;
    let issuer = test.application.get(".well-known/openid-configuration", "").await?.text("issuer");
    let refused = test.back(&[("prompt", "none")]).await?;
    assert_eq!(parameter(&refused, "iss").as_deref(), Some(&*issuer));
    let to = logged_in_as(test.stack, &test.application, &mut test.browser, &test.phone, &ASKED).await?;
    assert_eq!(parameter(&to, "iss").as_deref(), Some(&*issuer));
    Ok(())
}
