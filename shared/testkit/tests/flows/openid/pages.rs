//! The login page: whose it is, whose approval completes it, and what is told to the person alone.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionFilter;
use scanlatch_protocol::context::Context;
use scanlatch_protocol::id::UserId;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::request::{BrowserSecret, OPEN_MS, PUSHED_MS, RequestHandle};
use scanlatch_service::port::{Clock as _, ListsActions as _};
use scanlatch_testkit::scene::fresh;

use super::provider::{Browser, CALLBACK, Page, fault, form, logged_in, scene, shown};
use crate::world::{is_unavailable, refusal};

fn in_another_browser(page: &Page) -> Page {
    Page { browser: BrowserSecret::from_random(fresh()), ..page.clone() }
}

#[tokio::test]
async fn an_address_that_is_off_by_one_character_is_never_visited() {
    let (world, _, app, browser, _) = logged_in().await;
    let (longer, plain) = (format!("{CALLBACK}/"), CALLBACK.replace("https", "http"));
    for uri in [longer.as_str(), &plain, "https://grafana.example/cc", "https://grafana.example.evil/cb", ""] {
        for prompt in ["", "none", "nonsense"] {
            let over = [("redirect_uri", uri), ("prompt", prompt)];
            assert_eq!(fault(world.try_authorize(&app, &browser, &over).await), OAuthError::InvalidRequest, "{uri}");
            assert_eq!(fault(world.try_push(&app, &over).await), OAuthError::InvalidRequest, "{uri}");
        }
    }
}

#[tokio::test]
async fn an_unknown_application_is_told_to_the_person() {
    let (world, _, _, browser, _) = logged_in().await;
    for id in ["nobody", "openid-browser"] {
        let visit = form(&[("client_id", id), ("redirect_uri", CALLBACK), ("response_type", "code")], &[]);
        assert_eq!(fault(world.try_visit(&browser, &visit).await), OAuthError::InvalidClient, "{id}");
    }
}

#[tokio::test]
async fn every_other_fault_is_told_to_the_application() {
    let (world, _, app) = scene().await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("response_mode", "fragment", "invalid_request"),
        ("request", "x", "request_not_supported"),
        ("registration", "x", "registration_not_supported"),
        ("scope", "open\"id", "invalid_scope"),
        ("prompt", "none login", "invalid_request"),
        ("max_age", "-1", "invalid_request"),
    ] {
        let answer = world.answered(&app, &Browser::default(), &[(name, value)]).await;
        assert_eq!((answer.uri.as_str(), answer.get("error")), (CALLBACK, Some(error)), "{name}={value}");
        assert_eq!((answer.get("state"), answer.get("iss")), (Some("s-1 &?#"), Some(world.provider().as_str())));
    }
}

#[tokio::test]
async fn another_browser_neither_sees_nor_completes_nor_denies_a_page() {
    let (world, phone, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    let token = world.approval(&page, &phone).await;
    let stranger = in_another_browser(&page);
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_sign_in(&stranger).await), Refusal::UnknownChallenge);
    assert_eq!(refusal(world.try_deny(&stranger).await), Refusal::UnknownChallenge);
    assert_eq!(refusal(world.try_complete(&stranger, &token).await), Refusal::UnknownChallenge);
    assert_eq!(world.store.snapshot(), before);
    assert!(world.try_complete(&page, &token).await.is_ok());
    assert_eq!(refusal(world.try_complete(&stranger, &token).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn no_phone_approves_for_a_person_who_has_given_up() {
    let (world, phone, app) = scene().await;
    let (page, other) =
        (world.page(&app, &mut Browser::default(), &[]).await, world.page(&app, &mut Browser::default(), &[]).await);
    let (shown, foreign) = (world.sign_in(&page).await.polling, world.sign_in(&other).await.polling);
    let stolen = (foreign.0.id, shown.1.clone());
    world.try_deny_shown(&other, Some(stolen)).await.unwrap();
    assert!(world.try_claim(&phone, &foreign.0.id).await.is_ok(), "another's code withdraws nothing");
    for _ in 0..2 {
        let answer = world.try_deny_shown(&page, Some((shown.0.id, shown.1.clone()))).await.unwrap();
        assert_eq!(answer.get("error"), Some("access_denied"));
        assert_eq!(refusal(world.try_claim(&phone, &shown.0.id).await), Refusal::Cancelled);
    }
}

#[tokio::test]
async fn an_address_that_was_removed_meanwhile_gets_no_code() {
    let (world, phone, app, browser, _) = logged_in().await;
    let code = world.answered(&app, &browser, &[("prompt", "none")]).await.code();
    let page = world.page(&app, &mut Browser::default(), &[("prompt", "login")]).await;
    let token = world.approval(&page, &phone).await;
    world.register(&app, |registration| registration.redirect_uris.clear()).await;
    assert_eq!(refusal(world.try_complete(&page, &token).await), Refusal::UnknownClient);
    assert_eq!(fault(world.try_exchange(&app, &code, &[]).await), OAuthError::InvalidGrant);
}

#[tokio::test]
async fn the_approval_of_another_screen_completes_no_page() {
    let (world, phone, app) = scene().await;
    let (page, other) =
        (world.page(&app, &mut Browser::default(), &[]).await, world.page(&app, &mut Browser::default(), &[]).await);
    for token in [world.log_in(&phone).await, world.approval(&other, &phone).await] {
        assert_eq!(refusal(world.try_complete(&page, &token).await), Refusal::InvalidToken);
    }
    let own = world.approval(&page, &phone).await;
    assert!(world.try_complete(&page, &own).await.is_ok());
}

#[tokio::test]
async fn the_approval_of_an_application_is_no_login_at_a_backend() {
    let (world, phone, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    let token = world.approval(&page, &phone).await;
    assert_eq!(world.validate(&token).await["isValid"], false);
    assert!(world.try_complete(&page, &token).await.is_ok());
}

#[tokio::test]
async fn a_page_that_lost_the_reply_goes_back_with_the_same_code() {
    let (world, phone, app) = scene().await;
    for nth in 1..=3 {
        let page = world.page(&app, &mut Browser::default(), &[]).await;
        let token = world.approval(&page, &phone).await;
        world.store.lose_reply(nth);
        assert!(is_unavailable(&world.try_complete(&page, &token).await), "{nth}");
        let first = world.try_complete(&page, &token).await.unwrap();
        let second = world.try_complete(&page, &token).await.unwrap();
        assert_eq!((first.0.code(), first.1), (second.0.code(), second.1), "{nth}");
        assert!(world.try_exchange(&app, &second.0.code(), &[]).await.is_ok(), "{nth}");
    }
}

#[tokio::test]
async fn a_page_whose_code_was_exchanged_gives_no_other() {
    let (world, phone, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    let token = world.approval(&page, &phone).await;
    let code = world.try_complete(&page, &token).await.unwrap().0.code();
    let tokens = world.try_exchange(&app, &code, &[]).await.unwrap();
    assert_eq!(refusal(world.try_complete(&page, &token).await), Refusal::UnknownChallenge);
    assert!(world.try_userinfo(&tokens.access).await.is_ok());
}

#[tokio::test]
async fn a_second_approval_on_a_page_gives_no_second_login() {
    let (world, phone, app) = scene().await;
    let (page, other) = (world.page(&app, &mut Browser::default(), &[]).await, world.phone("ben").await);
    let (challenge, code, _) = world.sign_in(&page).await.polling;
    let first = world.approval(&page, &phone).await;
    world.claim_and_approve(&other, &challenge.id).await;
    let second = world.poll(&challenge.id, &code).await["accessToken"].as_str().unwrap().to_owned();
    world.try_complete(&page, &first).await.unwrap();
    assert_eq!(refusal(world.try_complete(&page, &second).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn who_gives_up_is_sent_back_and_logs_in_no_more() {
    let (world, phone, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    let token = world.approval(&page, &phone).await;
    for _ in 0..2 {
        let answer = world.try_deny(&page).await.unwrap();
        assert_eq!((answer.uri.as_str(), answer.get("error")), (CALLBACK, Some("access_denied")));
        assert_eq!((answer.get("state"), answer.get("iss")), (Some("s-1 &?#"), Some(world.provider().as_str())));
    }
    assert_eq!(refusal(world.try_complete(&page, &token).await), Refusal::UnknownChallenge);
    assert_eq!(refusal(world.try_sign_in(&page).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn a_page_waits_for_half_an_hour() {
    let (world, phone, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    world.store.advance(OPEN_MS - 1);
    let token = world.approval(&page, &phone).await;
    world.store.advance(1);
    assert_eq!(refusal(world.try_sign_in(&page).await), Refusal::Expired);
    assert_eq!(refusal(world.try_complete(&page, &token).await), Refusal::Expired);
}

#[tokio::test]
async fn a_neighbours_page_is_unknown() {
    let (world, phone, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    let token = world.approval(&page, &phone).await;
    let (mut world, neighbour) = world.neighbour().await;
    world.tenant = neighbour.tenant;
    assert_eq!(refusal(world.try_sign_in(&page).await), Refusal::UnknownChallenge);
    assert_eq!(refusal(world.try_complete(&page, &token).await), Refusal::UnknownChallenge);
    assert_eq!(fault(world.try_authorize(&app, &Browser::default(), &[]).await), OAuthError::InvalidClient);
}

#[tokio::test]
async fn a_phone_is_shown_the_registered_name() {
    let (world, phone, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    let (challenge, ..) = world.sign_in(&page).await.polling;
    let claimed = world.claim(&phone, &challenge.id).await;
    assert_eq!(claimed["custom"]["application"], "Grafana");
    assert_eq!(claimed["actionCode"], "openid-login");
}

#[tokio::test]
async fn only_the_expected_user_claims_a_page_with_a_hint() {
    let (world, phone, app) = scene().await;
    let other = world.phone("ben").await;
    let page = world.page(&app, &mut Browser::default(), &[("login_hint", "ann")]).await;
    let (challenge, code, _) = world.sign_in(&page).await.polling;
    assert_eq!(refusal(world.try_claim(&other, &challenge.id).await), Refusal::UnknownChallenge);
    assert_eq!(world.pending(&phone, "203.0.113.7").await, Some(challenge.id));
    world.claim_and_approve(&phone, &challenge.id).await;
    let token = world.poll(&challenge.id, &code).await["accessToken"].as_str().unwrap().to_owned();
    let code = world.try_complete(&page, &token).await.unwrap().0.code();
    assert!(world.try_exchange(&app, &code, &[]).await.is_ok());
}

/// Otherwise the rules of the login would be those of the other action.
#[tokio::test]
async fn a_backend_binds_no_login_of_an_application() {
    let (world, _, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    let (challenge, ..) = world.sign_in(&page).await.polling;
    let tracked = world.try_track("ann", serde_json::json!({"challengeId": challenge.id.to_string()})).await;
    assert_eq!(refusal(tracked.map(|_| ())), Refusal::NotOpen);
}

#[tokio::test]
async fn a_page_that_expects_a_user_writes_no_address_into_the_action() {
    let (world, _, app) = scene().await;
    let page = world.page(&app, &mut Browser::default(), &[("login_hint", "ann")]).await;
    let (challenge, ..) = world.sign_in(&page).await.polling;
    assert!(challenge.context.ip_address.is_some(), "the phone is shown it");
    let (ann, every) = (UserId::parse("ann").unwrap(), ActionFilter::default());
    let actions = world.store.actions_of(&world.tenant, &ann, &every, world.store.now()).await.unwrap();
    assert!(actions.iter().any(|action| action.name.code.as_str() == "openid-login"), "{actions:?}");
    assert!(actions.iter().all(|action| action.context == Context::default()), "{actions:?}");
}

#[tokio::test]
async fn a_hint_of_nobody_with_a_phone_is_ignored() {
    let (world, phone, app) = scene().await;
    for hint in ["carol", "ann@example.com", "\u{0}"] {
        let answer = world.sign_in_by(&phone, &app, &mut Browser::default(), &[("login_hint", hint)]).await;
        assert!(world.try_exchange(&app, &answer.code(), &[]).await.is_ok(), "{hint}");
    }
}

#[tokio::test]
async fn a_pushed_request_serves_one_browser_once() {
    let (world, phone, app) = scene().await;
    let handle = world.try_push(&app, &[]).await.unwrap();
    let visit = form(&[("client_id", app.id.as_str()), ("request_uri", &handle.to_uri()), ("state", "other")], &[]);
    let mut browser = Browser::default();
    let next = world.try_visit(&browser, &visit).await.unwrap();
    let page = shown(&mut browser, next);
    assert_eq!(fault(world.try_visit(&browser, &visit).await), OAuthError::InvalidRequestUri);
    let token = world.approval(&page, &phone).await;
    let answer = world.try_complete(&page, &token).await.unwrap().0;
    assert_eq!(answer.get("state"), Some("pushed"), "what comes by the browser does not count");
    assert!(world.try_exchange(&app, &answer.code(), &[]).await.is_ok());
}

#[tokio::test]
async fn a_pushed_request_is_its_applications_and_waits_for_a_minute() {
    let (world, _, app) = scene().await;
    world.application("other", |_| {}).await;
    let uri = world.try_push(&app, &[]).await.unwrap().to_uri();
    let by = |id: &str, uri: &str| form(&[("client_id", id), ("request_uri", uri)], &[]);
    let browser = Browser::default();
    let invented = RequestHandle::from_random(fresh()).to_uri();
    for (id, uri) in [("other", uri.as_str()), ("grafana", &invented), ("grafana", "https://evil.example/request")] {
        assert_eq!(fault(world.try_visit(&browser, &by(id, uri)).await), OAuthError::InvalidRequestUri, "{id} {uri}");
    }
    world.store.advance(PUSHED_MS - 1);
    assert!(world.try_visit(&browser, &by("grafana", &uri)).await.is_ok());
    let late = world.try_push(&app, &[]).await.unwrap().to_uri();
    world.store.advance(PUSHED_MS);
    assert_eq!(fault(world.try_visit(&browser, &by("grafana", &late)).await), OAuthError::InvalidRequestUri);
}

#[tokio::test]
async fn a_pushed_request_names_no_other() {
    let (world, _, app) = scene().await;
    let uri = world.try_push(&app, &[]).await.unwrap().to_uri();
    assert_eq!(fault(world.try_push(&app, &[("request_uri", &uri)]).await), OAuthError::InvalidRequest);
}
