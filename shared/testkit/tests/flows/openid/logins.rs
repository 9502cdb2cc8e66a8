//! From an application's request to its tokens, and what the tokens are good for.

use scanlatch_protocol::openid::client::Grant;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::signed::Algorithm;
use scanlatch_protocol::session::REPLY_LOST_MS;
use serde_json::json;

use super::provider::{Browser, CALLBACK, claims, fault, logged_in, scene};
use crate::world::{World, is_unavailable};

fn header(token: &str) -> serde_json::Value {
    let head = token.split('.').next().unwrap();
    serde_json::from_slice(&scanlatch_protocol::base64::decode(head).unwrap()).unwrap()
}

#[tokio::test]
async fn the_answer_brings_code_state_and_issuer_to_the_applications_address() {
    let (world, phone, app) = scene().await;
    let answer = world.sign_in_by(&phone, &app, &mut Browser::default(), &[]).await;
    assert_eq!(answer.uri, CALLBACK);
    assert_eq!((answer.get("state"), answer.get("iss")), (Some("s-1 &?#"), Some(world.provider().as_str())));
    assert_eq!(answer.get("error"), None);
}

#[tokio::test]
async fn an_id_token_names_the_person_the_application_and_its_nonce() {
    let (world, _, _, _, tokens) = logged_in().await;
    let told = claims(&tokens.id.unwrap());
    assert_eq!(
        (&told["iss"], &told["sub"], &told["aud"], &told["nonce"]),
        (&json!(world.provider().as_str()), &json!("ann"), &json!("grafana"), &json!("n-1"))
    );
}

#[tokio::test]
async fn an_application_gets_rs256_unless_it_wants_another() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let app = world
        .application("grafana", |registration| {
            registration.id_token_algorithm = Algorithm::default();
            registration.access_token_algorithm = Algorithm::default();
        })
        .await;
    let tokens = world.tokens(&phone, &app, &mut Browser::default()).await;
    assert_eq!(
        (&header(&tokens.access)["alg"], &header(&tokens.id.unwrap())["alg"]),
        (&json!("RS256"), &json!("RS256"))
    );
    assert_eq!(world.try_userinfo(&tokens.access).await.unwrap().0.as_str(), "ann");
}

#[tokio::test]
async fn an_application_learns_what_its_scopes_allow() {
    let (world, phone, app) = scene().await;
    world.token("ann", json!({"email": "ann@example.com", "username": "ann-1", "phoneNumber": "+6491234567"})).await;
    for (scope, email, name) in
        [("openid email", Some("ann@example.com"), None), ("openid profile", None, Some("ann-1"))]
    {
        let code = world.sign_in_by(&phone, &app, &mut Browser::default(), &[("scope", scope)]).await.code();
        let tokens = world.try_exchange(&app, &code, &[]).await.unwrap();
        let (user, told) = world.try_userinfo(&tokens.access).await.unwrap();
        assert_eq!(user.as_str(), "ann");
        assert_eq!((told.email.as_deref(), told.preferred_username.as_deref()), (email, name), "{scope}");
        assert_eq!(told.phone_number, None);
    }
}

#[tokio::test]
async fn without_openid_there_is_neither_an_id_token_nor_userinfo() {
    let (world, phone, app) = scene().await;
    let code = world.sign_in_by(&phone, &app, &mut Browser::default(), &[("scope", "email")]).await.code();
    let tokens = world.try_exchange(&app, &code, &[]).await.unwrap();
    assert_eq!(tokens.id, None);
    assert_eq!(fault(world.try_userinfo(&tokens.access).await), OAuthError::InsufficientScope);
}

#[tokio::test]
async fn a_refresh_token_comes_only_to_who_asks_and_may() {
    let (world, phone, app) = scene().await;
    let plain = world.application("plain", |registration| registration.grants = vec![Grant::AuthorizationCode]).await;
    let offline = "openid offline_access";
    for (app, scope, comes) in [(&app, "openid", false), (&plain, offline, false), (&app, offline, true)] {
        let code = world.sign_in_by(&phone, app, &mut Browser::default(), &[("scope", scope)]).await.code();
        let tokens = world.try_exchange(app, &code, &[]).await.unwrap();
        assert_eq!(tokens.refresh.is_some(), comes, "{} {scope}", app.id);
    }
}

#[tokio::test]
async fn an_access_token_serves_until_it_expires() {
    let (world, _, app, _, tokens) = logged_in().await;
    world.store.advance(tokens.expires_in_s * 1_000 - 1_000);
    assert!(world.try_userinfo(&tokens.access).await.is_ok());
    world.store.advance(1_000);
    assert_eq!(fault(world.try_userinfo(&tokens.access).await), OAuthError::InvalidToken);
    assert_eq!(world.introspect(&app, &tokens.access).await, None);
}

#[tokio::test]
async fn a_refresh_gives_an_access_token_that_serves_longer() {
    let (world, _, app, _, tokens) = logged_in().await;
    world.store.advance(tokens.expires_in_s * 1_000);
    let renewed = world.try_renew(&app, &tokens.refresh.unwrap(), &[]).await.unwrap();
    assert!(world.try_userinfo(&renewed.access).await.is_ok());
    assert_eq!(claims(&renewed.id.unwrap())["sub"], "ann");
}

#[tokio::test]
async fn a_refresh_whose_reply_was_lost_gives_the_same_tokens() {
    let (world, _, app, _, tokens) = logged_in().await;
    let refresh = tokens.refresh.unwrap();
    world.store.lose_reply(1);
    assert!(is_unavailable(&world.try_renew(&app, &refresh, &[]).await));
    let first = world.try_renew(&app, &refresh, &[]).await.unwrap();
    let second = world.try_renew(&app, &refresh, &[]).await.unwrap();
    assert_eq!((first.access, first.refresh), (second.access, second.refresh));
}

#[tokio::test]
async fn a_refresh_token_that_was_copied_ends_the_session() {
    let (world, _, app, _, tokens) = logged_in().await;
    let refresh = tokens.refresh.unwrap();
    let renewed = world.try_renew(&app, &refresh, &[]).await.unwrap();
    world.store.advance(REPLY_LOST_MS);
    assert_eq!(fault(world.try_renew(&app, &refresh, &[]).await), OAuthError::InvalidGrant);
    assert_eq!(fault(world.try_renew(&app, &renewed.refresh.unwrap(), &[]).await), OAuthError::InvalidGrant);
    assert_eq!(fault(world.try_userinfo(&renewed.access).await), OAuthError::InvalidToken);
}

#[tokio::test]
async fn a_narrower_refresh_may_be_followed_by_a_wider_one_but_none_beyond_the_login() {
    let (world, _, app, _, tokens) = logged_in().await;
    let narrow = world.try_renew(&app, &tokens.refresh.unwrap(), &[("scope", "openid")]).await.unwrap();
    assert_eq!(narrow.scope, "openid");
    let refresh = narrow.refresh.unwrap();
    assert_eq!(fault(world.try_renew(&app, &refresh, &[("scope", "openid phone")]).await), OAuthError::InvalidScope);
    let wide = world.try_renew(&app, &refresh, &[]).await.unwrap();
    assert_eq!(wide.scope, "openid profile email offline_access");
}

#[tokio::test]
async fn what_serves_is_introspected_until_it_is_given_back() {
    for given_back_by_refresh in [true, false] {
        let (world, _, app, _, tokens) = logged_in().await;
        let refresh = tokens.refresh.unwrap();
        let access = world.introspect(&app, &tokens.access).await.unwrap();
        assert_eq!((access.user.as_str(), access.token_type), ("ann", Some("Bearer")));
        assert_eq!(world.introspect(&app, &refresh).await.unwrap().token_type, None);
        let given = if given_back_by_refresh { &refresh } else { &tokens.access };
        world.try_give_back(&app, given).await.unwrap();
        assert_eq!(world.introspect(&app, &tokens.access).await, None);
        assert_eq!(world.introspect(&app, &refresh).await, None);
        assert_eq!(fault(world.try_userinfo(&tokens.access).await), OAuthError::InvalidToken);
        assert_eq!(fault(world.try_renew(&app, &refresh, &[]).await), OAuthError::InvalidGrant);
    }
}

#[tokio::test]
async fn an_application_learns_nothing_of_anothers_tokens_and_cannot_end_them() {
    let (world, _, app, _, tokens) = logged_in().await;
    let other = world.application("other", |_| {}).await;
    let refresh = tokens.refresh.unwrap();
    for token in [&tokens.access, &refresh] {
        assert_eq!(world.introspect(&other, token).await, None);
        assert_eq!(fault(world.try_give_back(&other, token).await), OAuthError::UnauthorizedClient);
        assert!(world.introspect(&app, token).await.is_some());
    }
}

#[tokio::test]
async fn a_foreign_application_does_not_spend_a_refresh_token() {
    let (world, _, app, _, tokens) = logged_in().await;
    let other = world.application("other", |_| {}).await;
    let refresh = tokens.refresh.unwrap();
    let before = world.store.snapshot();
    assert_eq!(fault(world.try_renew(&other, &refresh, &[]).await), OAuthError::InvalidGrant);
    assert_eq!(world.store.snapshot(), before);
    assert!(world.try_renew(&app, &refresh, &[]).await.is_ok());
}
