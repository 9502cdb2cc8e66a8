//! Who may turn a code into tokens, and what a code that comes twice costs.

use scanlatch_protocol::openid::client::Grant;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::request::CODE_MS;
use scanlatch_service::port::{Clients as _, RegistersClients as _};

use super::provider::{App, Browser, CALLBACK, fault, form, scene};
use crate::world::{Phone, World, is_unavailable};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const PROVING: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];

/// Ann's login in a browser of her own; the code.
async fn code(world: &World, phone: &Phone, app: &App, over: &[(&str, &str)]) -> String {
    world.sign_in_by(phone, app, &mut Browser::default(), over).await.code()
}

#[tokio::test]
async fn an_application_without_a_secret_proves_itself_by_its_verifier() {
    let (world, phone, _) = scene().await;
    let app = world.public_application("cli", |_| {}).await;
    let code = code(&world, &phone, &app, &PROVING).await;
    assert!(world.try_exchange(&app, &code, &[("code_verifier", VERIFIER)]).await.is_ok());
}

#[tokio::test]
async fn a_code_wants_the_verifier_that_was_announced_and_waits_for_it() {
    let (world, phone, app) = scene().await;
    let code = code(&world, &phone, &app, &PROVING).await;
    let wrong = VERIFIER.replace('d', "e");
    for over in [&[][..], &[("code_verifier", wrong.as_str())], &[("code_verifier", CHALLENGE)]] {
        assert_eq!(fault(world.try_exchange(&app, &code, over).await), OAuthError::InvalidGrant, "{over:?}");
    }
    assert!(world.try_exchange(&app, &code, &[("code_verifier", VERIFIER)]).await.is_ok());
}

#[tokio::test]
async fn a_verifier_that_was_not_announced_is_refused() {
    let (world, phone, app) = scene().await;
    let code = code(&world, &phone, &app, &[]).await;
    let exchanged = world.try_exchange(&app, &code, &[("code_verifier", VERIFIER)]).await;
    assert_eq!(fault(exchanged), OAuthError::InvalidGrant);
}

#[tokio::test]
async fn an_application_without_a_secret_must_announce_a_verifier() {
    let (world, _, _) = scene().await;
    let app = world.public_application("cli", |_| {}).await;
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    for over in [&[][..], &plain, &plain[..1]] {
        let answer = world.answered(&app, &Browser::default(), over).await;
        assert_eq!((answer.get("error"), answer.get("state")), (Some("invalid_request"), Some("s-1 &?#")), "{over:?}");
    }
}

#[tokio::test]
async fn a_code_wants_the_address_that_was_asked() {
    let (world, phone, app) = scene().await;
    let code = code(&world, &phone, &app, &[]).await;
    let longer = format!("{CALLBACK}/");
    for uri in [longer.as_str(), ""] {
        let exchanged = world.try_exchange(&app, &code, &[("redirect_uri", uri)]).await;
        assert_eq!(fault(exchanged), OAuthError::InvalidGrant, "{uri}");
    }
    assert!(world.try_exchange(&app, &code, &[]).await.is_ok());
}

#[tokio::test]
async fn a_foreign_application_neither_uses_nor_spends_a_code() {
    let (world, phone, app) = scene().await;
    let other = world.application("other", |_| {}).await;
    let code = code(&world, &phone, &app, &[]).await;
    let before = world.store.snapshot();
    assert_eq!(fault(world.try_exchange(&other, &code, &[]).await), OAuthError::InvalidGrant);
    assert_eq!(world.store.snapshot(), before);
    let tokens = world.try_exchange(&app, &code, &[]).await.unwrap();
    assert_eq!(fault(world.try_exchange(&other, &code, &[]).await), OAuthError::InvalidGrant);
    assert!(world.try_userinfo(&tokens.access).await.is_ok(), "a stranger ends no session");
}

#[tokio::test]
async fn whoever_only_names_an_application_is_refused() {
    let (world, phone, app) = scene().await;
    let code = code(&world, &phone, &app, &[]).await;
    let before = world.store.snapshot();
    assert_eq!(fault(world.try_exchange(&app.unproven(), &code, &[]).await), OAuthError::InvalidClient);
    assert_eq!(fault(world.try_push(&app.unproven(), &[]).await), OAuthError::InvalidClient);
    assert_eq!(fault(world.try_open_device(&app.unproven(), "openid").await), OAuthError::InvalidClient);
    assert_eq!(fault(world.try_introspect(&app.unproven(), &code).await), OAuthError::InvalidClient);
    assert_eq!(fault(world.try_give_back(&app.unproven(), &code).await), OAuthError::InvalidClient);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn an_application_without_a_secret_is_told_of_no_token() {
    let (world, phone, _) = scene().await;
    let app = world.public_application("cli", |_| {}).await;
    let code = code(&world, &phone, &app, &PROVING).await;
    let tokens = world.try_exchange(&app, &code, &[("code_verifier", VERIFIER)]).await.unwrap();
    assert_eq!(fault(world.try_introspect(&app, &tokens.access).await), OAuthError::InvalidClient);
}

#[tokio::test]
async fn a_code_that_comes_twice_ends_what_it_gave() {
    let (world, phone, app) = scene().await;
    let code = code(&world, &phone, &app, &[]).await;
    let tokens = world.try_exchange(&app, &code, &[]).await.unwrap();
    assert!(world.try_userinfo(&tokens.access).await.is_ok());
    assert_eq!(fault(world.try_exchange(&app, &code, &[]).await), OAuthError::InvalidGrant);
    assert_eq!(fault(world.try_userinfo(&tokens.access).await), OAuthError::InvalidToken);
    assert_eq!(fault(world.try_renew(&app, &tokens.refresh.unwrap(), &[]).await), OAuthError::InvalidGrant);
}

#[tokio::test]
async fn a_stolen_code_that_comes_late_ends_what_it_gave() {
    let (world, phone, app) = scene().await;
    let code = code(&world, &phone, &app, &[]).await;
    let tokens = world.try_exchange(&app, &code, &[]).await.unwrap();
    world.store.advance(2 * CODE_MS);
    assert_eq!(fault(world.try_exchange(&app, &code, &[]).await), OAuthError::InvalidGrant);
    assert_eq!(fault(world.try_userinfo(&tokens.access).await), OAuthError::InvalidToken);
}

#[tokio::test]
async fn a_code_that_comes_twice_leaves_the_browsers_session() {
    let (world, phone, app) = scene().await;
    let mut browser = Browser::default();
    let code = world.sign_in_by(&phone, &app, &mut browser, &[]).await.code();
    world.try_exchange(&app, &code, &[]).await.unwrap();
    assert_eq!(fault(world.try_exchange(&app, &code, &[]).await), OAuthError::InvalidGrant);
    assert!(!world.is_asked(&app, &browser, &[]).await);
}

#[tokio::test]
async fn a_code_serves_for_a_minute() {
    let (world, phone, app) = scene().await;
    let (early, late) = (code(&world, &phone, &app, &[]).await, code(&world, &phone, &app, &[]).await);
    world.store.advance(CODE_MS - 1);
    assert!(world.try_exchange(&app, &early, &[]).await.is_ok());
    world.store.advance(1);
    assert_eq!(fault(world.try_exchange(&app, &late, &[]).await), OAuthError::InvalidGrant);
}

#[tokio::test]
async fn a_code_whose_reply_was_lost_gives_nothing_the_second_time() {
    let (world, phone, app) = scene().await;
    let code = code(&world, &phone, &app, &[]).await;
    world.store.lose_reply(1);
    assert!(is_unavailable(&world.try_exchange(&app, &code, &[]).await));
    assert_eq!(fault(world.try_exchange(&app, &code, &[]).await), OAuthError::InvalidGrant);
}

#[tokio::test]
async fn a_code_that_is_exchanged_many_times_at_once_leaves_no_session() {
    for seed in 1..=20 {
        let (world, phone, app) = scene().await;
        let code = code(&world, &phone, &app, &[]).await;
        world.store.take_turns(seed);
        let outcomes = tokio::join!(
            world.try_exchange(&app, &code, &[]),
            world.try_exchange(&app, &code, &[]),
            world.try_exchange(&app, &code, &[]),
        );
        let outcomes = [outcomes.0, outcomes.1, outcomes.2];
        let won: Vec<_> = outcomes.into_iter().filter_map(Result::ok).collect();
        assert_eq!(won.len(), 1, "{seed}");
        assert_eq!(fault(world.try_userinfo(&won[0].access).await), OAuthError::InvalidToken, "{seed}");
    }
}

#[tokio::test]
async fn a_grant_that_is_not_registered_is_refused() {
    let (world, _, app) = scene().await;
    let bare = world.application("bare", |registration| registration.grants.clear()).await;
    let device = world.open_device(&app).await.expose();
    for grant in Grant::ALL {
        let asked = [("grant_type", grant.as_str()), ("code", "x"), ("refresh_token", "x"), ("device_code", &device)];
        let refused = world.try_tokens(&bare, &form(&asked, &[])).await;
        assert_eq!(fault(refused), OAuthError::UnauthorizedClient, "{grant:?}");
    }
    assert_eq!(fault(world.try_open_device(&bare, "openid").await), OAuthError::UnauthorizedClient);
    assert_eq!(fault(world.try_push(&bare, &[]).await), OAuthError::UnauthorizedClient);
    assert_eq!(fault(world.try_authorize(&bare, &Browser::default(), &[]).await), OAuthError::UnauthorizedClient);
    let unknown = world.try_tokens(&app, &form(&[("grant_type", "password")], &[])).await;
    assert_eq!(fault(unknown), OAuthError::UnsupportedGrantType);
}

#[tokio::test]
async fn an_application_that_is_removed_gets_nothing_for_its_code() {
    let (world, phone, app) = scene().await;
    let mut browser = Browser::default();
    let page = world.page(&app, &mut browser, &[]).await;
    let token = world.approval(&page, &phone).await;
    let code = code(&world, &phone, &app, &[]).await;
    world.store.forget_client(&world.tenant, &app.id).await.unwrap();
    assert_eq!(world.store.client(&world.tenant, &app.id).await.unwrap(), None);
    assert_eq!(fault(world.try_exchange(&app, &code, &[]).await), OAuthError::InvalidClient);
    assert!(world.try_complete(&page, &token).await.is_err());
    assert!(world.try_sign_in(&page).await.is_err());
    assert_eq!(fault(world.try_authorize(&app, &browser, &[]).await), OAuthError::InvalidClient);
}
