//! A browser that has logged in is not asked again, and how a person logs out.

use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_service::openid::{authorize, logout::Next};
use scanlatch_service::port::Tenants as _;

use super::provider::{AFTERWARDS, Answer, Browser, CALLBACK, claims, fault, form, logged_in, scene};
use crate::world::World;

/// How long a browser's session serves.
async fn lifetime_ms(world: &World) -> i64 {
    world.store.tenant(&world.tenant).await.unwrap().unwrap().settings.browser_session_lifetime_ms
}

#[tokio::test]
async fn the_second_application_gets_a_code_without_a_page() {
    let (world, _, _, browser, _) = logged_in().await;
    let wiki = world.application("wiki", |_| {}).await;
    let code = world.answered(&wiki, &browser, &[]).await.code();
    let tokens = world.try_exchange(&wiki, &code, &[]).await.unwrap();
    assert_eq!(world.try_userinfo(&tokens.access).await.unwrap().0.as_str(), "ann");
}

#[tokio::test]
async fn the_time_of_the_login_is_told_unchanged() {
    let (world, _, app, browser, first) = logged_in().await;
    world.store.advance(60_000);
    let code = world.answered(&app, &browser, &[]).await.code();
    let second = world.try_exchange(&app, &code, &[]).await.unwrap();
    let (first, second) = (claims(&first.id.unwrap()), claims(&second.id.unwrap()));
    assert_eq!(first["auth_time"], second["auth_time"]);
    assert_ne!(first["sid"], second["sid"]);
}

#[tokio::test]
async fn a_browser_without_the_cookie_is_asked() {
    let (world, _, app, browser, _) = logged_in().await;
    let forged = browser.session.as_ref().map(|cookie| format!("{cookie}A"));
    assert!(world.is_asked(&app, &Browser { session: None, ..browser.clone() }, &[]).await);
    assert!(world.is_asked(&app, &Browser { session: forged, ..browser }, &[]).await);
}

#[tokio::test]
async fn a_browser_is_asked_again_after_its_session() {
    let (world, _, app, browser, _) = logged_in().await;
    world.store.advance(lifetime_ms(&world).await - 1_000);
    assert!(!world.is_asked(&app, &browser, &[]).await);
    world.store.advance(1_000);
    assert!(world.is_asked(&app, &browser, &[]).await);
}

#[tokio::test]
async fn a_prompt_asks_although_somebody_is_logged_in() {
    let (world, _, app, browser, _) = logged_in().await;
    for prompt in ["login", "consent", "select_account", "login consent"] {
        assert!(world.is_asked(&app, &browser, &[("prompt", prompt)]).await, "{prompt}");
    }
}

#[tokio::test]
async fn an_old_login_does_not_serve_who_wants_a_young_one() {
    let (world, phone, app, mut browser, _) = logged_in().await;
    world.store.advance(10_000);
    assert!(!world.is_asked(&app, &browser, &[("max_age", "10")]).await);
    world.store.advance(1);
    for max_age in ["10", "0"] {
        assert!(world.is_asked(&app, &browser, &[("max_age", max_age)]).await, "{max_age}");
    }
    let silent = world.answered(&app, &browser, &[("max_age", "10"), ("prompt", "none")]).await;
    assert_eq!(silent.get("error"), Some("login_required"));
    let code = world.sign_in_by(&phone, &app, &mut browser, &[("max_age", "10")]).await.code();
    let told = claims(&world.try_exchange(&app, &code, &[]).await.unwrap().id.unwrap());
    assert_eq!(told["auth_time"], told["iat"]);
}

#[tokio::test]
async fn who_may_not_be_asked_is_sent_back_where_nobody_is_logged_in() {
    let (world, _, app) = scene().await;
    let before = world.store.snapshot();
    let answer = world.answered(&app, &Browser::default(), &[("prompt", "none")]).await;
    assert_eq!((answer.uri.as_str(), answer.get("error")), (CALLBACK, Some("login_required")));
    assert_eq!((answer.get("state"), answer.get("iss")), (Some("s-1 &?#"), Some(world.provider().as_str())));
    assert_eq!(answer.get("code"), None);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn who_may_not_be_asked_gets_a_code_where_somebody_is_logged_in() {
    let (world, _, app, browser, _) = logged_in().await;
    let code = world.answered(&app, &browser, &[("prompt", "none")]).await.code();
    assert!(world.try_exchange(&app, &code, &[]).await.is_ok());
}

#[tokio::test]
async fn the_id_token_of_another_person_lets_nobody_through_unasked() {
    let (world, _, app, browser, anns) = logged_in().await;
    let ben = world.phone("ben").await;
    let bens = world.tokens(&ben, &app, &mut Browser::default()).await.id.unwrap();
    let anns = anns.id.unwrap();
    for (hint, expected) in [(anns.as_str(), None), (&bens, Some("login_required")), ("x", Some("login_required"))] {
        let over = [("id_token_hint", hint), ("prompt", "none")];
        assert_eq!(world.answered(&app, &browser, &over).await.get("error"), expected);
    }
    assert!(world.is_asked(&app, &browser, &[("id_token_hint", &bens)]).await);
}

#[tokio::test]
async fn a_pushed_id_token_counts_as_one_in_the_address_does() {
    let (world, _, app, browser, anns) = logged_in().await;
    let ben = world.phone("ben").await;
    let bens = world.tokens(&ben, &app, &mut Browser::default()).await.id.unwrap();
    for (hint, expected) in [(anns.id.unwrap(), None), (bens.clone(), Some("login_required"))] {
        let uri = world.try_push(&app, &[("id_token_hint", &hint), ("prompt", "none")]).await.unwrap().to_uri();
        let visit = form(&[("client_id", app.id.as_str()), ("request_uri", &uri)], &[]);
        let Ok(authorize::Next::Application(to)) = world.try_visit(&browser, &visit).await else { panic!("asked") };
        assert_eq!(Answer::read(&to).get("error"), expected);
    }
    let never = [("id_token_hint", "x"), ("prompt", "none")];
    assert_eq!(fault(world.try_push(&app, &never).await), OAuthError::LoginRequired);
}

#[tokio::test]
async fn who_has_no_phone_left_is_not_replaced_by_somebody_else() {
    let (world, phone, app, _, anns) = logged_in().await;
    world.revoke(&phone).await;
    let hint = anns.id.unwrap();
    for over in [&[("id_token_hint", hint.as_str())][..], &[("id_token_hint", &hint), ("prompt", "login")]] {
        let answer = world.answered(&app, &Browser::default(), over).await;
        assert_eq!((answer.get("code"), answer.get("error")), (None, Some("login_required")));
    }
}

#[tokio::test]
async fn a_browsers_login_ends_with_the_phone_that_approved_it() {
    let (world, phone, app, browser, _) = logged_in().await;
    let code = world.answered(&app, &browser, &[("prompt", "none")]).await.code();
    world.revoke(&phone).await;
    assert_eq!(fault(world.try_exchange(&app, &code, &[]).await), OAuthError::InvalidGrant);
    let answer = world.answered(&app, &browser, &[("prompt", "none")]).await;
    assert_eq!(answer.get("error"), Some("login_required"));
}

#[tokio::test]
async fn an_id_token_serves_as_a_hint_after_it_has_expired() {
    let (world, _, app, browser, tokens) = logged_in().await;
    world.store.advance(tokens.expires_in_s * 1_000);
    let over = [("id_token_hint", tokens.id.as_deref().unwrap()), ("prompt", "none")];
    assert!(world.answered(&app, &browser, &over).await.get("code").is_some());
}

#[tokio::test]
async fn the_hint_of_another_user_asks_and_the_hint_of_nobody_does_not() {
    let (world, _, app, browser, _) = logged_in().await;
    world.phone("ben").await;
    for (hint, is_asked) in [("ann", false), ("ben", true), ("ann@example.com", false)] {
        assert_eq!(world.is_asked(&app, &browser, &[("login_hint", hint)]).await, is_asked, "{hint}");
    }
}

#[tokio::test]
async fn a_pushed_request_is_answered_at_once_where_somebody_is_logged_in() {
    let (world, _, app, browser, _) = logged_in().await;
    let uri = world.try_push(&app, &[]).await.unwrap().to_uri();
    let visit = form(&[("client_id", app.id.as_str()), ("request_uri", &uri)], &[]);
    let next = world.try_visit(&browser, &visit).await.unwrap();
    assert!(matches!(next, authorize::Next::Application(_)), "{next:?}");
    assert_eq!(fault(world.try_visit(&browser, &visit).await), OAuthError::InvalidRequestUri);
}

#[tokio::test]
async fn a_person_logs_out_by_the_application() {
    let (world, _, app, browser, tokens) = logged_in().await;
    let hint = tokens.id.unwrap();
    let asks = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", AFTERWARDS), ("state", "b y")];
    let next = world.log_out(&browser, &asks, false).await;
    assert_eq!(next, Next::Application(format!("{AFTERWARDS}?state=b+y")));
    assert!(world.is_asked(&app, &browser, &[]).await);
    assert_eq!(fault(world.try_userinfo(&tokens.access).await), OAuthError::InvalidToken);
    assert_eq!(fault(world.try_renew(&app, &tokens.refresh.unwrap(), &[]).await), OAuthError::InvalidGrant);
}

#[tokio::test]
async fn nobody_is_logged_out_unless_they_want_it() {
    let (world, phone, app, browser, _) = logged_in().await;
    let ben = world.phone("ben").await;
    let bens = world.tokens(&ben, &app, &mut Browser::default()).await.id.unwrap();
    let before = world.store.snapshot();
    for asks in [&[][..], &[("id_token_hint", bens.as_str())], &[("id_token_hint", "x"), ("client_id", "grafana")]] {
        assert_eq!(world.log_out(&browser, asks, false).await, Next::Ask);
    }
    assert_eq!(world.store.snapshot(), before);
    assert_eq!(world.log_out(&browser, &[], true).await, Next::LoggedOut);
    assert!(world.is_asked(&app, &browser, &[]).await);
    assert!(world.tokens(&phone, &app, &mut Browser::default()).await.id.is_some());
}

#[tokio::test]
async fn nobody_is_sent_where_the_application_has_not_said() {
    let (world, _, _, browser, tokens) = logged_in().await;
    world.application("other", |registration| registration.logout_uris.clear()).await;
    let hint = tokens.id.unwrap();
    let longer = format!("{AFTERWARDS}/");
    for (client, uri) in [("", longer.as_str()), ("", CALLBACK), ("other", AFTERWARDS), ("nobody", AFTERWARDS)] {
        let asks = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", uri), ("client_id", client)];
        assert_eq!(world.log_out(&browser, &asks, false).await, Next::LoggedOut, "{client} {uri}");
    }
}
