//! What a tenant's settings do.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::Identity;
use scanlatch_service::port::Clock as _;
use scanlatch_service::{create, credential, keys};
use serde_json::json;

use crate::world::{Phone, World, refusal, viewer, wish};

/// A tenant with every step of a login under way.
struct Busy {
    world: World,
    phone: Phone,
    token: String,
    result: String,
}

impl Busy {
    async fn new() -> Self {
        let world = World::new().await;
        let phone = world.phone("ann").await;
        let token = world.token("ann", json!({"scope": "add:authenticators"})).await;
        let result = world.log_in(&phone).await;
        Self { world, phone, token, result }
    }

    fn screens(&self) -> [Identity; 2] {
        [self.world.anybody(), Identity::Token(self.token.clone())]
    }
}

#[tokio::test]
async fn a_disabled_tenant_is_refused_everywhere() {
    let busy = Busy::new().await;
    let Busy { world, phone, token, result } = &busy;
    let (open, _) = world.ask(&world.anybody()).await;
    let (claimed, code) = world.ask(&world.anybody()).await;
    world.claim(phone, &claimed.id).await;
    world.change(|tenant| tenant.enabled = false).await;
    let before = world.store.snapshot();
    for screen in busy.screens() {
        assert_eq!(refusal(world.try_ask(&screen, None).await), Refusal::Unauthorized, "create");
        assert_eq!(refusal(world.try_connect(&screen, None).await), Refusal::Unauthorized, "connect");
    }
    assert_eq!(refusal(world.try_poll(&claimed.id, &code).await), Refusal::Unauthorized, "poll");
    assert_eq!(refusal(world.try_claim(phone, &open.id).await), Refusal::Unauthorized, "claim");
    assert_eq!(refusal(world.try_decide(phone, &claimed.id, true).await), Refusal::Unauthorized, "decide");
    assert_eq!(refusal(world.try_enrol(&Phone::new(), token).await), Refusal::Unauthorized, "enrol");
    assert_eq!(refusal(world.try_track("ann", json!({})).await), Refusal::Unauthorized, "track");
    let validated = world.try_validate(&world.secret, json!({"token": result})).await;
    assert_eq!(refusal(validated), Refusal::Unauthorized, "validate");
    let found = credential::run(&world.store, &world.tenant, &phone.key).await;
    assert_eq!(refusal(found), Refusal::Unauthorized, "credential");
    let window = format!("{}.0", world.store.now().seconds() / 600);
    assert_eq!(refusal(world.try_remove(phone, &window).await), Refusal::Unauthorized, "remove");
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_socket_that_was_open_gets_no_code_once_the_tenant_is_disabled() {
    let busy = Busy::new().await;
    let Busy { world, phone, .. } = &busy;
    let screen = world.connect(&world.anybody()).await;
    let shown = world.show(&screen).await;
    world.change(|tenant| tenant.enabled = false).await;
    assert_eq!(refusal(world.try_show(&screen).await), Refusal::Unauthorized);
    assert_eq!(refusal(world.try_claim(phone, &shown.id).await), Refusal::Unauthorized);
}

#[tokio::test]
async fn without_device_credentials_nothing_is_asked_enrolled_or_decided() {
    let busy = Busy::new().await;
    let Busy { world, phone, token, .. } = &busy;
    let (open, _) = world.ask(&world.anybody()).await;
    let (claimed, _) = world.ask(&world.anybody()).await;
    world.claim(phone, &claimed.id).await;
    world.change(|tenant| tenant.settings.device_credentials = false).await;
    let before = world.store.snapshot();
    for screen in busy.screens() {
        assert_eq!(refusal(world.try_ask(&screen, None).await), Refusal::MethodDisabled, "create");
        assert_eq!(refusal(world.try_connect(&screen, None).await), Refusal::MethodDisabled, "connect");
    }
    assert_eq!(refusal(world.try_claim(phone, &open.id).await), Refusal::MethodDisabled, "claim");
    assert_eq!(refusal(world.try_decide(phone, &claimed.id, true).await), Refusal::MethodDisabled, "decide");
    assert_eq!(refusal(world.try_enrol(&Phone::new(), token).await), Refusal::MethodDisabled, "enrol");
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_login_that_was_approved_outlives_the_switch() {
    let busy = Busy::new().await;
    let Busy { world, result, .. } = &busy;
    world.change(|tenant| tenant.settings.device_credentials = false).await;
    assert_eq!(world.validate(result).await["isValid"], true);
}

#[tokio::test]
async fn only_allowed_pages_may_ask() {
    let busy = Busy::new().await;
    let world = &busy.world;
    world.change(|tenant| tenant.settings.allowed_origins = vec!["https://good.example".to_owned()]).await;
    for screen in busy.screens() {
        for good in [None, Some("https://good.example")] {
            world.try_ask(&screen, good).await.unwrap();
            world.try_connect(&screen, good).await.unwrap();
        }
        let before = world.store.snapshot();
        for bad in ["null", "https://good.example.evil", "http://good.example", "https://good.example/"] {
            assert_eq!(refusal(world.try_ask(&screen, Some(bad)).await), Refusal::OriginNotAllowed, "{bad}");
            assert_eq!(refusal(world.try_connect(&screen, Some(bad)).await), Refusal::OriginNotAllowed, "{bad}");
        }
        assert_eq!(world.store.snapshot(), before);
    }
}

#[tokio::test]
async fn where_no_origin_is_named_all_are_allowed() {
    let world = World::new().await;
    world.try_ask(&world.anybody(), Some("https://any.example")).await.unwrap();
    world.try_connect(&world.anybody(), Some("https://any.example")).await.unwrap();
}

#[tokio::test]
async fn a_tenants_lifetimes_are_its_challenges() {
    let world = World::new().await;
    let set = |tenant: &mut scanlatch_protocol::tenant::Tenant| {
        tenant.settings.challenge_lifetime_ms = 7_000;
        tenant.settings.approval_lifetime_ms = 9_000;
    };
    world.change(set).await;
    let now = world.store.now();
    let (polled, _) = world.ask(&world.anybody()).await;
    let shown = world.show(&world.connect(&world.anybody()).await).await;
    for challenge in [polled, shown] {
        assert_eq!((challenge.expires_at, challenge.redeemable_ms), (now.plus(7_000), 9_000));
    }
}

#[tokio::test]
async fn a_tenant_that_was_never_set_up_asks_for_nothing() {
    let world = World::stranger();
    let asked = create::run(&world.store, &world.issuer, &world.anybody(), None, (wish(), None), viewer())
        .await
        .map(|(c, ..)| c);
    assert_eq!(refusal(asked), Refusal::Unauthorized);
    assert_eq!(refusal(world.try_track("ann", json!({})).await), Refusal::Unauthorized);
}

#[tokio::test]
async fn a_neighbours_user_token_asks_for_the_neighbour() {
    let (world, neighbour) = World::new().await.neighbour().await;
    let there = World { tenant: neighbour.tenant, secret: neighbour.secret, ..world };
    let screen = Identity::Token(there.token("ann", json!({})).await);
    assert_eq!(there.ask(&screen).await.0.tenant, there.tenant);
}

#[tokio::test]
async fn only_a_tenant_that_is_served_has_a_key_set() {
    let world = World::new().await;
    world.token("ann", json!({})).await;
    assert_eq!(keys::of_tenant(&world.store, &world.tenant).await.unwrap().len(), 1);
    let nowhere = keys::of_tenant(&world.store, &scanlatch_testkit::scene::tenant()).await;
    assert_eq!(refusal(nowhere), Refusal::UnknownTenant);
    world.change(|tenant| tenant.enabled = false).await;
    assert_eq!(refusal(keys::of_tenant(&world.store, &world.tenant).await), Refusal::UnknownTenant);
}
