//! The grant for what has no keyboard.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::openid::client::Grant;
use scanlatch_protocol::openid::device::{DeviceGrant, TOO_SOON_MS};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_service::port::Challenges as _;
use scanlatch_testkit::scene::{fresh, refusal};

use super::provider::{App, Browser, claims, fault, form, scene};
use crate::world::{Phone, World, is_unavailable};

/// A device whose code Ann's phone has claimed.
async fn shown() -> (World, Phone, App, DeviceGrant) {
    let (world, phone, app) = scene().await;
    let device = world.open_device(&app).await;
    (world, phone, app, device)
}

#[tokio::test]
async fn a_device_waits_until_its_person_approves() {
    let (world, phone, app, device) = shown().await;
    assert_eq!(fault(world.try_device(&app, &device.expose()).await), OAuthError::AuthorizationPending);
    world.claim(&phone, &device.challenge).await;
    world.store.advance(TOO_SOON_MS);
    assert_eq!(fault(world.try_device(&app, &device.expose()).await), OAuthError::AuthorizationPending);
    world.approve(&phone, &device.challenge).await;
    let tokens = world.try_device(&app, &device.expose()).await.unwrap();
    assert_eq!(claims(&tokens.id.unwrap())["sub"], "ann");
    assert_eq!(world.try_userinfo(&tokens.access).await.unwrap().0.as_str(), "ann");
    assert!(world.try_renew(&app, &tokens.refresh.unwrap(), &[]).await.is_ok());
}

#[tokio::test]
async fn a_device_gets_no_result_token_as_a_screen() {
    let (world, phone, _, device) = shown().await;
    world.claim_and_approve(&phone, &device.challenge).await;
    assert_eq!(refusal(world.try_poll(&device.challenge, &device.code).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn a_device_that_asks_too_often_is_slowed_down() {
    let (world, _, app, device) = shown().await;
    let device = device.expose();
    assert_eq!(fault(world.try_device(&app, &device).await), OAuthError::AuthorizationPending);
    world.store.advance(TOO_SOON_MS - 1);
    assert_eq!(fault(world.try_device(&app, &device).await), OAuthError::SlowDown);
    world.store.advance(1);
    assert_eq!(fault(world.try_device(&app, &device).await), OAuthError::AuthorizationPending);
}

#[tokio::test]
async fn a_device_that_asked_too_often_gets_its_tokens_at_once() {
    let (world, phone, app, device) = shown().await;
    fault(world.try_device(&app, &device.expose()).await);
    world.claim_and_approve(&phone, &device.challenge).await;
    assert!(world.try_device(&app, &device.expose()).await.is_ok());
}

#[tokio::test]
async fn a_device_whose_person_declines_is_denied() {
    let (world, phone, app, device) = shown().await;
    world.claim(&phone, &device.challenge).await;
    world.reject(&phone, &device.challenge).await;
    for _ in 0..2 {
        assert_eq!(fault(world.try_device(&app, &device.expose()).await), OAuthError::AccessDenied);
    }
}

#[tokio::test]
async fn a_code_that_nobody_takes_expires() {
    let (world, _, app, device) = shown().await;
    let challenge = world.store.challenge(&world.tenant, &device.challenge).await.unwrap().unwrap();
    world.store.set_now(challenge.expires_at);
    assert_eq!(fault(world.try_device(&app, &device.expose()).await), OAuthError::ExpiredToken);
}

#[tokio::test]
async fn an_approval_that_nobody_fetches_expires() {
    let (world, phone, app, device) = shown().await;
    world.claim_and_approve(&phone, &device.challenge).await;
    world.store.advance(world.stored(&device.challenge).redeemable_ms);
    assert_eq!(fault(world.try_device(&app, &device.expose()).await), OAuthError::ExpiredToken);
}

#[tokio::test]
async fn polls_at_once_get_the_same_tokens_of_one_session() {
    let (world, phone, app, device) = shown().await;
    world.claim_and_approve(&phone, &device.challenge).await;
    world.store.take_turns(7);
    let (world, app, code) = (std::sync::Arc::new(world), std::sync::Arc::new(app), device.expose());
    let polls: Vec<_> = (0..50)
        .map(|_| {
            let (world, app, code) = (world.clone(), app.clone(), code.clone());
            tokio::spawn(async move { world.try_device(&app, &code).await })
        })
        .collect();
    let mut given = Vec::new();
    for poll in polls {
        let tokens = poll.await.unwrap().unwrap();
        given.push((tokens.access, tokens.id, tokens.refresh));
    }
    assert_eq!(given.len(), 50);
    assert!(given.iter().all(|tokens| *tokens == given[0]));
    assert!(world.try_renew(&app, given[0].2.as_deref().unwrap(), &[]).await.is_ok());
}

#[tokio::test]
async fn a_poll_whose_reply_was_lost_is_answered_alike() {
    let (world, phone, app, device) = shown().await;
    world.claim_and_approve(&phone, &device.challenge).await;
    for nth in 1..=2 {
        world.store.lose_reply(nth);
        assert!(is_unavailable(&world.try_device(&app, &device.expose()).await), "{nth}");
    }
    let first = world.try_device(&app, &device.expose()).await.unwrap();
    let second = world.try_device(&app, &device.expose()).await.unwrap();
    assert_eq!((first.access, first.refresh), (second.access, second.refresh));
}

#[tokio::test]
async fn a_device_code_is_spent_once_its_tokens_were_refreshed() {
    let (world, phone, app, device) = shown().await;
    world.claim_and_approve(&phone, &device.challenge).await;
    let tokens = world.try_device(&app, &device.expose()).await.unwrap();
    let renewed = world.try_renew(&app, &tokens.refresh.unwrap(), &[]).await.unwrap();
    assert_eq!(fault(world.try_device(&app, &device.expose()).await), OAuthError::InvalidGrant);
    assert!(world.try_userinfo(&renewed.access).await.is_ok());
}

#[tokio::test]
async fn a_device_code_is_spent_once_its_tokens_were_given_back() {
    let (world, phone, app, device) = shown().await;
    world.claim_and_approve(&phone, &device.challenge).await;
    let tokens = world.try_device(&app, &device.expose()).await.unwrap();
    world.try_give_back(&app, &tokens.access).await.unwrap();
    assert_eq!(fault(world.try_device(&app, &device.expose()).await), OAuthError::InvalidGrant);
}

#[tokio::test]
async fn a_foreign_application_gets_nothing_for_a_device_code() {
    let (world, phone, app, device) = shown().await;
    let other = world.application("other", |_| {}).await;
    for approved in [false, true] {
        if approved {
            world.claim_and_approve(&phone, &device.challenge).await;
        }
        let before = world.store.snapshot();
        assert_eq!(fault(world.try_device(&other, &device.expose()).await), OAuthError::InvalidGrant);
        assert_eq!(fault(world.try_device(&app.unproven(), &device.expose()).await), OAuthError::InvalidClient);
        assert_eq!(world.store.snapshot(), before);
    }
    assert!(world.try_device(&app, &device.expose()).await.is_ok());
}

#[tokio::test]
async fn a_wrong_device_code_is_unknown() {
    let (world, phone, app, device) = shown().await;
    world.claim_and_approve(&phone, &device.challenge).await;
    let wrong = DeviceGrant { code: DeviceCode::from_random(fresh()), ..device.clone() };
    let bare = device.challenge.to_string();
    for code in [wrong.expose(), bare, "x".to_owned()] {
        assert_eq!(fault(world.try_device(&app, &code).await), OAuthError::InvalidGrant);
    }
}

#[tokio::test]
async fn the_code_of_another_screen_is_no_device_code() {
    let (world, phone, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    let (login, login_code, _) = world.sign_in(&page).await.polling;
    let (screen, screen_code) = world.ask(&world.anybody()).await;
    for (challenge, code) in [(login.id, login_code), (screen.id, screen_code)] {
        world.claim_and_approve(&phone, &challenge).await;
        let device = DeviceGrant { challenge, code }.expose();
        assert_eq!(fault(world.try_device(&app, &device).await), OAuthError::InvalidGrant);
    }
}

#[tokio::test]
async fn a_device_gets_what_it_asked_and_may_have() {
    let (world, phone, app) = scene().await;
    let device = world.try_open_device(&app, "openid email admin").await.unwrap();
    world.claim_and_approve(&phone, &device.challenge).await;
    let tokens = world.try_device(&app, &device.expose()).await.unwrap();
    assert_eq!((tokens.scope.as_str(), tokens.refresh), ("openid email", None));
    assert_eq!(fault(world.try_open_device(&app, "open\"id").await), OAuthError::InvalidScope);
}

#[tokio::test]
async fn an_approval_that_was_revoked_gives_a_device_nothing() {
    let (world, phone, app, device) = shown().await;
    world.claim_and_approve(&phone, &device.challenge).await;
    world.revoke(&phone).await;
    assert_eq!(fault(world.try_device(&app, &device.expose()).await), OAuthError::AccessDenied);
}

#[tokio::test]
async fn a_poll_without_a_code_is_malformed() {
    let (world, _, app) = scene().await;
    let asked = form(&[("grant_type", Grant::DeviceCode.as_str())], &[]);
    assert_eq!(fault(world.try_tokens(&app, &asked).await), OAuthError::InvalidRequest);
}
