//! Tenants cannot see each other, and each has its own settings.

use anyhow::Result;
use scanlatch_client::Method;
use scanlatch_protocol::tenant::Settings;
use scanlatch_tests::{handshake_status, shared_stack};
use serde_json::json;

#[tokio::test]
async fn an_expired_challenge_can_be_neither_claimed_nor_decided_nor_polled() -> Result<()> {
    let rules = Settings { challenge_lifetime_ms: 1, ..Settings::default() };
    let site = shared_stack().await.neighbour(rules).await?;
    let phone = site.phone_of("ann").await?;
    let screen = site.polling_screen();
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_refused(410, "challenge_expired");
    phone.decide(&id, true).await?.assert_refused(410, "challenge_expired");
    screen.poll(&id, &code).await?.assert_refused(410, "challenge_expired");
    Ok(())
}

#[tokio::test]
async fn an_expired_challenge_on_a_socket_can_be_neither_claimed_nor_decided() -> Result<()> {
    let rules = Settings { challenge_lifetime_ms: 1, ..Settings::default() };
    let site = shared_stack().await.neighbour(rules).await?;
    let phone = site.phone_of("ann").await?;
    let mut screen = site.socket_screen().await?;
    let id = screen.challenge().await?;
    phone.claim(&id).await?.assert_refused(410, "challenge_expired");
    phone.decide(&id, true).await?.assert_refused(410, "challenge_expired");
    assert!(screen.is_silent().await?);
    Ok(())
}

#[tokio::test]
async fn an_expired_user_token_is_refused() -> Result<()> {
    let rules = Settings { user_token_lifetime_ms: 1, ..Settings::default() };
    let site = shared_stack().await.neighbour(rules).await?;
    let token = site.backend().user_token("ann", "add:authenticators").await?;
    site.phone().enrol(&token).await?.assert_refused(401, "expired_token");
    let screen = site.polling_screen().with_token(&token);
    screen.create(&json!({ "action": "login" })).await?.assert_refused(401, "expired_token");
    let identity = format!("authsignal-ws, x.authsignal.token.{token}");
    assert_eq!(handshake_status(site.ws_url(), Some(&identity), None).await?, 401);
    assert_eq!(site.backend().validate(&json!({ "token": token })).await?.json["isValid"], false);
    Ok(())
}

#[tokio::test]
async fn another_tenants_phone_sees_no_challenge_here() -> Result<()> {
    let here = shared_stack().await;
    let there = here.neighbour(Settings::default()).await?;
    let screen = here.polling_screen();
    let (id, code) = screen.open().await?;
    let stranger = there.phone_of("ann").await?;
    stranger.claim(&id).await?.assert_refused(404, "challenge_not_found");
    stranger.decide(&id, true).await?.assert_refused(404, "challenge_not_found");
    there.polling_screen().poll(&id, &code).await?.assert_refused(404, "challenge_not_found");
    assert_eq!(screen.poll(&id, &code).await?.json["isClaimed"], false);
    Ok(())
}

#[tokio::test]
async fn a_key_enrolled_with_one_tenant_is_unknown_to_another() -> Result<()> {
    let here = shared_stack().await;
    let there = here.neighbour(Settings::default()).await?;
    let phone = here.phone_of("tenants-ann").await?;
    let elsewhere = phone.clone().at_tenant(there.tenant_id());
    let (id, _) = there.polling_screen().open().await?;
    elsewhere.credential().await?.assert_refused(401, "invalid_credential");
    elsewhere.claim(&id).await?.assert_refused(401, "invalid_credential");
    Ok(())
}

#[tokio::test]
async fn another_tenants_backend_cannot_validate_a_login_of_ours() -> Result<()> {
    let here = shared_stack().await;
    let there = here.neighbour(Settings::default()).await?;
    let phone = here.phone_of("tenants-bob").await?;
    let screen = here.polling_screen();
    let (id, code) = screen.open().await?;
    phone.claim(&id).await?.assert_ok();
    phone.decide(&id, true).await?.assert_ok();
    let token = screen.poll(&id, &code).await?.text("accessToken");
    let seen = there.backend().validate(&json!({ "token": token })).await?;
    assert_eq!((seen.assert_ok().json["isValid"].as_bool(), seen.json.get("state")), (Some(false), None));
    let ours = here.backend().validate(&json!({ "token": token })).await?;
    assert_eq!((&ours.json["state"], &ours.json["firstUse"]), (&json!("CHALLENGE_SUCCEEDED"), &json!(true)));
    Ok(())
}

#[tokio::test]
async fn a_tenant_without_device_credentials_serves_no_phone_and_no_screen() -> Result<()> {
    let rules = Settings { device_credentials: false, ..Settings::default() };
    let site = shared_stack().await.neighbour(rules).await?;
    let token = site.backend().user_token("ann", "add:authenticators").await?;
    let phone = site.phone();
    phone.enrol(&token).await?.assert_refused(400, "invalid_configuration");
    phone.claim("3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063").await?.assert_refused(400, "invalid_configuration");
    let screen = site.polling_screen();
    screen.create(&json!({ "action": "login" })).await?.assert_refused(400, "invalid_configuration");
    let identity = format!("authsignal-ws, x.authsignal.tenant.{}", site.tenant_id());
    assert_eq!(handshake_status(site.ws_url(), Some(&identity), None).await?, 400);
    Ok(())
}

#[tokio::test]
async fn only_pages_of_an_allowed_origin_get_a_challenge() -> Result<()> {
    let good = "https://shop.example";
    let rules = Settings { allowed_origins: vec![good.to_owned()], ..Settings::default() };
    let site = shared_stack().await.neighbour(rules).await?;
    let identity = format!("authsignal-ws, x.authsignal.tenant.{}", site.tenant_id());
    for (origin, allowed) in [(good, true), ("https://shop.example.evil", false), ("null", false)] {
        let created = site
            .api()
            .request(Method::POST, "/client/challenge/qr-code")
            .header("authorization", site.polling_screen().authorization())
            .header("content-type", "application/json")
            .header("origin", origin)
            .body(r#"{"action":"login"}"#)
            .send()
            .await?;
        assert_eq!(created.status, if allowed { 200 } else { 403 }, "{origin}");
        let status = handshake_status(site.ws_url(), Some(&identity), Some(origin)).await?;
        assert_eq!(status, if allowed { 101 } else { 403 }, "{origin}");
    }
    Ok(())
}

#[tokio::test]
async fn a_tenant_that_allows_it_moves_a_key_to_its_new_user() -> Result<()> {
    let rules = Settings { key_reassignment: true, ..Settings::default() };
    let site = shared_stack().await.neighbour(rules).await?;
    let phone = site.phone_of("ann").await?;
    let before = phone.credential().await?;
    let token = site.backend().user_token("bob", "add:authenticators").await?;
    let moved = phone.enrol(&token).await?;
    assert_eq!(moved.assert_ok().json["userId"], "bob");
    assert_ne!(moved.json["userAuthenticatorId"], before.json["userAuthenticatorId"]);
    assert_eq!(phone.credential().await?.json["userId"], "bob");
    let enrolled = async |user: &str| -> Result<_> {
        Ok(site.backend().track(user, "login", &json!({})).await?.json["isEnrolled"].as_bool())
    };
    assert_eq!((enrolled("ann").await?, enrolled("bob").await?), (Some(false), Some(true)));
    Ok(())
}
