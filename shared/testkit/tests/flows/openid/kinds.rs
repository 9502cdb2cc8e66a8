//! Every kind of token in the place of each other, use case by use case.

use scanlatch_protocol::id::ClientId;
use scanlatch_protocol::openid::client::{AccessTokenType, Registration};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::session::NewSession;
use scanlatch_service::openid::logout::Next;
use scanlatch_service::port::{Clients as _, RegistersClients as _, Tenants as _};
use scanlatch_service::sessions::{Issuing, begin, refresh, validate};
use serde_json::json;

use super::provider::{App, BASE, Browser, fault, logged_in};
use crate::world::{Phone, World};

/// One of each kind that serves now, by its name, all of Ann.
struct Kinds {
    world: World,
    app: App,
    held: Vec<(&'static str, String)>,
}

const CLIENT: &str = "web";

async fn sdk_session(world: &World, phone: &Phone) -> (String, String) {
    let client = ClientId::parse(CLIENT).unwrap();
    world.change(|tenant| tenant.settings.session_clients = vec![client.clone()]).await;
    let tenant = world.store.tenant(&world.tenant).await.unwrap().unwrap();
    let token = world.log_in(phone).await;
    let new = NewSession { client, token, action: None };
    let tokens = begin(&world.store, issuing(world), &tenant, new).await.unwrap();
    (tokens.access, tokens.refresh)
}

fn issuing(world: &World) -> Issuing<'_> {
    Issuing { issuer: &world.issuer, base_url: BASE }
}

/// An access token whose `typ` is that of an ID token.
async fn plain_access(world: &World, phone: &Phone, app: &App) -> String {
    let seen = world.store.client(&world.tenant, &app.id).await.unwrap().unwrap();
    let plain = Registration { access_token_type: AccessTokenType::Jwt, ..seen.registration.clone() };
    assert!(world.store.change_client(&seen, &plain).await.unwrap());
    world.tokens(phone, app, &mut Browser::default()).await.access
}

async fn kinds() -> Kinds {
    let (world, phone, app, mut browser, tokens) = logged_in().await;
    let cookie = browser.session.clone().unwrap();
    let code = world.sign_in_by(&phone, &app, &mut browser, &[("prompt", "login")]).await.code();
    let result = world.log_in(&phone).await;
    let user = world.token("ann", json!({})).await;
    let (access, refresh) = sdk_session(&world, &phone).await;
    let device = world.open_device(&app).await;
    world.claim_and_approve(&phone, &device.challenge).await;
    let plain = plain_access(&world, &phone, &app).await;
    let held = vec![
        ("id", tokens.id.unwrap()),
        ("access", tokens.access),
        ("plain access", plain),
        ("refresh", tokens.refresh.unwrap()),
        ("code", code),
        ("cookie", cookie),
        ("device code", device.expose()),
        ("result", result),
        ("user", user),
        ("sdk access", access),
        ("sdk refresh", refresh),
    ];
    Kinds { world, app, held }
}

/// Checks that a use case takes `own` kinds alone. Each token is tried before those that serve, which may be spent.
macro_rules! takes_only {
    ($kinds:expr, $own:expr, |$world:ident, $app:ident, $token:ident| $is_taken:expr) => {{
        let kinds = $kinds;
        let ($world, $app) = (&kinds.world, &kinds.app);
        let (own, others): (Vec<_>, Vec<_>) = kinds.held.iter().partition(|(kind, _)| $own.contains(kind));
        assert_eq!(own.len(), $own.len());
        for (kind, $token) in others {
            let before = $world.store.snapshot();
            assert!(!$is_taken, "{kind} is taken");
            assert_eq!($world.store.snapshot(), before, "{kind} leaves a trace");
        }
        for (kind, $token) in own {
            assert!($is_taken, "{kind} is not taken");
        }
    }};
}

#[tokio::test]
async fn only_a_code_is_exchanged() {
    takes_only!(kinds().await, ["code"], |world, app, token| world.try_exchange(app, token, &[]).await.is_ok());
}

#[tokio::test]
async fn only_a_refresh_token_is_refreshed() {
    takes_only!(kinds().await, ["refresh"], |world, app, token| world.try_renew(app, token, &[]).await.is_ok());
}

#[tokio::test]
async fn only_a_device_code_is_polled_with() {
    takes_only!(kinds().await, ["device code"], |world, app, token| world.try_device(app, token).await.is_ok());
}

#[tokio::test]
async fn only_an_access_token_bears_userinfo() {
    takes_only!(kinds().await, ["access", "plain access"], |world, _app, token| world
        .try_userinfo(token)
        .await
        .is_ok());
}

#[tokio::test]
async fn only_what_an_application_holds_is_introspected() {
    const HELD: [&str; 3] = ["access", "plain access", "refresh"];
    takes_only!(kinds().await, HELD, |world, app, token| world.introspect(app, token).await.is_some());
}

#[tokio::test]
async fn what_is_neither_access_nor_refresh_token_is_given_back_without_effect() {
    let Kinds { world, app, held } = kinds().await;
    for (kind, token) in held.iter().filter(|(kind, _)| !["access", "plain access", "refresh"].contains(kind)) {
        let before = world.store.snapshot();
        world.try_give_back(&app, token).await.unwrap();
        assert_eq!(world.store.snapshot(), before, "{kind}");
    }
}

#[tokio::test]
async fn only_a_cookie_logs_a_browser_in() {
    let Kinds { world, app, held } = kinds().await;
    for (kind, token) in held {
        let browser = Browser { session: Some(token), ..Browser::default() };
        assert_eq!(world.is_asked(&app, &browser, &[]).await, kind != "cookie", "{kind}");
    }
}

#[tokio::test]
async fn only_an_id_token_is_a_hint() {
    let Kinds { world, app, held } = kinds().await;
    let session = held.iter().find(|(kind, _)| *kind == "cookie").map(|(_, cookie)| cookie.clone());
    let browser = Browser { session, ..Browser::default() };
    for (kind, token) in &held {
        let is_asked = world.is_asked(&app, &browser, &[("id_token_hint", token)]).await;
        assert_eq!(is_asked, *kind != "id", "{kind}");
        if *kind != "id" {
            let next = world.log_out(&browser, &[("id_token_hint", token)], false).await;
            assert_eq!(next, Next::Ask, "{kind}");
        }
    }
}

#[tokio::test]
async fn only_a_result_token_completes_a_page() {
    let Kinds { world, app, held } = kinds().await;
    let page = world.page(&app, &mut Browser::default(), &[]).await;
    for (kind, token) in held {
        let before = world.store.snapshot();
        assert!(world.try_complete(&page, &token).await.is_err(), "{kind}");
        if kind != "result" {
            assert_eq!(world.store.snapshot(), before, "{kind}");
        }
    }
}

#[tokio::test]
async fn only_a_handle_is_a_request_uri() {
    let Kinds { world, app, held } = kinds().await;
    for (kind, token) in held {
        let uri = format!("urn:ietf:params:oauth:request_uri:{token}");
        let asked = world.try_authorize(&app, &Browser::default(), &[("request_uri", &uri)]).await;
        assert_eq!(fault(asked), OAuthError::InvalidRequestUri, "{kind}");
    }
}

#[tokio::test]
async fn only_a_result_token_is_validated_by_a_backend() {
    let Kinds { world, held, .. } = kinds().await;
    for (kind, token) in held {
        assert_eq!(world.validate(&token).await["isValid"], kind == "result", "{kind}");
    }
}

#[tokio::test]
async fn only_a_result_token_begins_a_session_of_the_sdk() {
    let Kinds { world, held, .. } = kinds().await;
    for (kind, token) in held {
        assert_eq!(world.try_begin(&token).await.is_ok(), kind == "result", "{kind}");
    }
}

#[tokio::test]
async fn only_the_sdks_own_tokens_serve_its_sessions() {
    let Kinds { world, held, .. } = kinds().await;
    let tenant = world.store.tenant(&world.tenant).await.unwrap().unwrap();
    for (kind, token) in held {
        let validated = validate(&world.store, issuing(&world), &tenant, &token, None).await;
        assert_eq!(validated.is_ok(), kind == "sdk access", "{kind}");
        let refreshed = refresh(&world.store, issuing(&world), &tenant, &token).await;
        assert_eq!(refreshed.is_ok(), kind == "sdk refresh", "{kind}");
    }
}

#[tokio::test]
async fn no_token_of_one_tenant_serves_another() {
    let Kinds { world, held, app } = kinds().await;
    let (mut world, neighbour) = world.neighbour().await;
    world.tenant = neighbour.tenant;
    let namesake = world.application(app.id.as_str(), |_| {}).await;
    for (kind, token) in held {
        assert!(world.try_exchange(&namesake, &token, &[]).await.is_err(), "{kind}");
        assert!(world.try_renew(&namesake, &token, &[]).await.is_err(), "{kind}");
        assert!(world.try_device(&namesake, &token).await.is_err(), "{kind}");
        assert!(world.try_userinfo(&token).await.is_err(), "{kind}");
        assert_eq!(world.introspect(&namesake, &token).await, None, "{kind}");
        let browser = Browser { session: Some(token), ..Browser::default() };
        assert!(world.is_asked(&namesake, &browser, &[]).await, "{kind}");
    }
}
