//! What ends a login: its user's sessions end, its user goes, its tenant closes, its phone is revoked.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::UserId;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_service::openid;
use scanlatch_service::port::{Ends as _, Forgets as _, RegistersClients as _};

use super::provider::{App, Browser, fault, logged_in, scene};
use crate::world::{World, refusal};

fn ann() -> UserId {
    UserId::parse("ann").unwrap()
}

/// Whether nothing that a login gave serves any more.
async fn is_over(world: &World, app: &App, browser: &Browser, tokens: &openid::token::Tokens) -> bool {
    let refresh = tokens.refresh.as_deref().unwrap();
    world.introspect(app, &tokens.access).await.is_none()
        && world.introspect(app, refresh).await.is_none()
        && fault(world.try_userinfo(&tokens.access).await) == OAuthError::InvalidToken
        && fault(world.try_renew(app, refresh, &[]).await) == OAuthError::InvalidGrant
        && world.is_asked(app, browser, &[]).await
        && world.answered(app, browser, &[("prompt", "none")]).await.get("error") == Some("login_required")
}

#[tokio::test]
async fn the_end_of_all_sessions_ends_browser_and_tokens() {
    let (world, _, app, browser, tokens) = logged_in().await;
    world.store.end_all(&world.tenant, &ann()).await.unwrap();
    assert!(is_over(&world, &app, &browser, &tokens).await);
}

#[tokio::test]
async fn the_end_of_a_user_ends_browser_and_tokens() {
    let (world, _, app, browser, tokens) = logged_in().await;
    world.store.forget(&world.tenant, &ann()).await.unwrap();
    assert!(is_over(&world, &app, &browser, &tokens).await);
}

#[tokio::test]
async fn a_user_who_came_back_has_no_old_login() {
    let (world, _, app, browser, tokens) = logged_in().await;
    world.store.forget(&world.tenant, &ann()).await.unwrap();
    world.phone("ann").await;
    assert!(is_over(&world, &app, &browser, &tokens).await);
}

#[tokio::test]
async fn the_end_of_anothers_sessions_ends_nothing() {
    let (world, _, app, browser, tokens) = logged_in().await;
    world.phone("ben").await;
    world.store.end_all(&world.tenant, &UserId::parse("ben").unwrap()).await.unwrap();
    assert!(world.try_userinfo(&tokens.access).await.is_ok());
    assert!(!world.is_asked(&app, &browser, &[]).await);
}

#[tokio::test]
async fn a_code_from_before_the_end_of_all_sessions_gives_nothing() {
    let (world, phone, app) = scene().await;
    let mut browser = Browser::default();
    let code = world.sign_in_by(&phone, &app, &mut browser, &[]).await.code();
    let silent = world.answered(&app, &browser, &[]).await.code();
    world.store.end_all(&world.tenant, &ann()).await.unwrap();
    for code in [code, silent] {
        assert_eq!(fault(world.try_exchange(&app, &code, &[]).await), OAuthError::InvalidGrant);
    }
}

#[tokio::test]
async fn a_code_of_a_user_who_is_gone_gives_nothing() {
    let (world, phone, app) = scene().await;
    let code = world.sign_in_by(&phone, &app, &mut Browser::default(), &[]).await.code();
    world.store.forget(&world.tenant, &ann()).await.unwrap();
    assert_eq!(fault(world.try_exchange(&app, &code, &[]).await), OAuthError::InvalidGrant);
}

#[tokio::test]
async fn a_phone_that_was_revoked_completes_no_page() {
    let (world, phone, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    let token = world.approval(&page, &phone).await;
    world.revoke(&phone).await;
    assert_eq!(refusal(world.try_complete(&page, &token).await), Refusal::InvalidToken);
    let other = world.phone("ann").await;
    let token = world.approval(&page, &other).await;
    assert!(world.try_complete(&page, &token).await.is_ok());
}

#[tokio::test]
async fn an_applications_session_goes_on_without_the_phone_that_approved_it() {
    let (world, phone, app, browser, tokens) = logged_in().await;
    world.revoke(&phone).await;
    assert!(world.try_userinfo(&tokens.access).await.is_ok());
    assert!(world.try_renew(&app, &tokens.refresh.unwrap(), &[]).await.is_ok());
    assert!(world.is_asked(&app, &browser, &[]).await, "the browser's does not");
}

#[tokio::test]
async fn a_page_from_before_the_end_of_all_sessions_logs_in_anew() {
    let (world, phone, app) = scene().await;
    let mut browser = Browser::default();
    let page = world.page(&app, &mut browser, &[]).await;
    world.store.end_all(&world.tenant, &ann()).await.unwrap();
    let token = world.approval(&page, &phone).await;
    let code = world.try_complete(&page, &token).await.unwrap().0.code();
    assert!(world.try_exchange(&app, &code, &[]).await.is_ok());
}

#[tokio::test]
async fn an_application_that_gave_its_tokens_back_leaves_the_browser_logged_in() {
    let (world, _, app, browser, tokens) = logged_in().await;
    world.try_give_back(&app, &tokens.access).await.unwrap();
    assert!(!world.is_asked(&app, &browser, &[]).await);
}

#[tokio::test]
async fn a_tenant_that_is_closed_logs_nobody_in() {
    let (world, phone, app) = scene().await;
    let mut browser = Browser::default();
    let page = world.page(&app, &mut browser, &[]).await;
    let token = world.approval(&page, &phone).await;
    let code = world.sign_in_by(&phone, &app, &mut browser, &[]).await.code();
    world.change(|tenant| tenant.enabled = false).await;
    assert_eq!(refusal(world.try_authorize(&app, &browser, &[]).await), Refusal::UnknownTenant);
    assert_eq!(refusal(world.try_sign_in(&page).await), Refusal::UnknownTenant);
    assert_eq!(refusal(world.try_complete(&page, &token).await), Refusal::UnknownTenant);
    assert_eq!(refusal(world.try_exchange(&app, &code, &[]).await), Refusal::UnknownTenant);
    assert_eq!(refusal(world.try_push(&app, &[]).await), Refusal::UnknownTenant);
    assert_eq!(refusal(world.try_open_device(&app, "openid").await), Refusal::UnknownTenant);
}

#[tokio::test]
async fn a_replaced_refresh_token_serves_no_more() {
    let (world, _, app, _, tokens) = logged_in().await;
    let first = tokens.refresh.unwrap();
    let second = world.try_renew(&app, &first, &[]).await.unwrap().refresh.unwrap();
    assert!(world.introspect(&app, &second).await.is_some());
    assert_eq!(world.introspect(&app, &first).await, None);
}

#[tokio::test]
async fn the_tokens_of_a_deleted_application_tell_nothing() {
    let (world, _, app, _, tokens) = logged_in().await;
    world.store.forget_client(&world.tenant, &app.id).await.unwrap();
    assert_eq!(fault(world.try_userinfo(&tokens.access).await), OAuthError::InvalidToken);
}
