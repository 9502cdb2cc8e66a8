//! An identity provider signs a user in by a result token.

#![expect(clippy::unwrap_used, reason = "a test cannot go on without; its own texts are well formed")]

use scanlatch_protocol::challenge::{Application, Door};
use scanlatch_protocol::id::{ActionCode, ClientId, TenantId};
use scanlatch_protocol::wire::cognito::attempt;
use scanlatch_service::Unavailable;
use scanlatch_service::redeem::{self, Redemption};
use scanlatch_testkit::scene::{create, fresh};
use serde_json::json;

use crate::world::{World, text};

struct SignIn<'a> {
    world: &'a World,
    tenant: TenantId,
    user: Option<&'a str>,
    action: Option<ActionCode>,
    attempt: ClientId,
}

impl<'a> SignIn<'a> {
    /// A new attempt of ann.
    fn of_ann(world: &'a World) -> Self {
        let attempt = attempt(fresh()).unwrap();
        Self { world, tenant: world.tenant, user: Some("ann"), action: None, attempt }
    }

    async fn try_with(&self, token: &str) -> Result<bool, Unavailable> {
        let (user, action, attempt) = (self.user, self.action.as_ref(), &self.attempt);
        let redemption = Redemption { token, user, action, attempt };
        redeem::run(&self.world.store, &self.world.issuer, &self.tenant, redemption).await
    }

    async fn with(&self, token: &str) -> bool {
        self.try_with(token).await.unwrap()
    }
}

async fn ann() -> (World, String) {
    let world = World::new().await;
    let token = world.log_in(&world.phone("ann").await).await;
    (world, token)
}

#[tokio::test]
async fn a_token_signs_its_user_in() {
    let (world, token) = ann().await;
    assert!(SignIn::of_ann(&world).with(&token).await);
}

#[tokio::test]
async fn the_same_attempt_is_answered_alike() {
    let (world, token) = ann().await;
    let sign_in = SignIn::of_ann(&world);
    sign_in.with(&token).await;
    let before = world.store.snapshot();
    assert!(sign_in.with(&token).await);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn another_attempt_with_the_same_token_is_refused() {
    let (world, token) = ann().await;
    SignIn::of_ann(&world).with(&token).await;
    assert!(!SignIn::of_ann(&world).with(&token).await);
}

#[tokio::test]
async fn a_token_that_a_backend_has_validated_signs_nobody_in() {
    let (world, token) = ann().await;
    world.validate(&token).await;
    assert!(!SignIn::of_ann(&world).with(&token).await);
}

#[tokio::test]
async fn a_token_that_began_a_session_signs_nobody_in() {
    let (world, token) = ann().await;
    world.try_begin(&token).await.unwrap();
    assert!(!SignIn::of_ann(&world).with(&token).await);
}

#[tokio::test]
async fn a_token_that_signed_a_user_in_begins_no_session() {
    let (world, token) = ann().await;
    SignIn::of_ann(&world).with(&token).await;
    assert!(world.try_begin(&token).await.is_err());
}

#[tokio::test]
async fn a_backend_is_told_that_a_token_has_signed_a_user_in() {
    let (world, token) = ann().await;
    SignIn::of_ann(&world).with(&token).await;
    assert_eq!(world.validate(&token).await["firstUse"], false);
}

#[tokio::test]
async fn a_token_of_another_user_is_refused_and_stays_whole() {
    let (world, token) = ann().await;
    let before = world.store.snapshot();
    for user in [Some("ben"), Some("Ann"), Some(""), None] {
        assert!(!SignIn { user, ..SignIn::of_ann(&world) }.with(&token).await, "{user:?}");
    }
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_token_of_another_tenant_is_refused_and_stays_whole() {
    let (world, token) = ann().await;
    let (world, neighbour) = world.neighbour().await;
    let before = world.store.snapshot();
    assert!(!SignIn { tenant: neighbour.tenant, ..SignIn::of_ann(&world) }.with(&token).await);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn only_an_approval_of_the_named_action_signs_in() {
    let (world, token) = ann().await;
    let for_action = |action: &str| SignIn { action: ActionCode::parse(action).ok(), ..SignIn::of_ann(&world) };
    assert!(!for_action("pay").with(&token).await);
    assert!(for_action("login").with(&token).await);
}

#[tokio::test]
async fn another_kind_of_token_signs_nobody_in() {
    let world = World::new().await;
    let user_token = world.token("ann", json!({})).await;
    for token in [user_token.as_str(), "", "a.b.c", "no token"] {
        assert!(!SignIn::of_ann(&world).with(token).await, "{token}");
    }
}

#[tokio::test]
async fn an_old_token_signs_nobody_in() {
    let (world, token) = ann().await;
    world.store.advance(3_600_000);
    assert!(!SignIn::of_ann(&world).with(&token).await);
}

#[tokio::test]
async fn a_phone_that_was_revoked_signs_nobody_in() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let token = world.log_in(&phone).await;
    world.revoke(&phone).await;
    assert!(!SignIn::of_ann(&world).with(&token).await);
}

#[tokio::test]
async fn nobody_signs_in_at_a_disabled_tenant() {
    let (world, token) = ann().await;
    world.change(|tenant| tenant.enabled = false).await;
    assert!(!SignIn::of_ann(&world).with(&token).await);
}

#[tokio::test]
async fn an_approval_for_a_registered_application_is_no_sign_in_elsewhere() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    let door = Door::Login { request: "r".to_owned() };
    let application = Application { client: ClientId::parse("grafana").unwrap(), name: "Grafana".to_owned(), door };
    let id = scanlatch_protocol::id::ChallengeId::from_random(fresh());
    let of_grafana =
        scanlatch_protocol::challenge::Challenge { id, application: Some(Box::new(application)), ..challenge };
    create(&world.store, &of_grafana).await.unwrap();
    world.claim(&phone, &id).await;
    world.approve(&phone, &id).await;
    let token = text(&world.poll(&id, &code).await["accessToken"]);
    assert!(!SignIn::of_ann(&world).with(&token).await);
}

#[tokio::test]
async fn a_store_that_fails_is_an_error_and_no_answer() {
    for nth in 1..=2 {
        let (world, token) = ann().await;
        world.store.lose_reply(nth);
        assert!(SignIn::of_ann(&world).try_with(&token).await.is_err(), "{nth}");
    }
}

#[tokio::test]
async fn an_attempt_whose_answer_was_lost_signs_in_when_it_is_asked_again() {
    let (world, token) = ann().await;
    let sign_in = SignIn::of_ann(&world);
    world.store.lose_reply(2);
    assert!(sign_in.try_with(&token).await.is_err());
    assert!(sign_in.with(&token).await);
}

#[tokio::test]
async fn a_token_whose_attempt_was_not_noted_is_lost() {
    let (world, token) = ann().await;
    let sign_in = SignIn::of_ann(&world);
    world.store.lose_reply(1);
    assert!(sign_in.try_with(&token).await.is_err());
    assert!(!sign_in.with(&token).await);
}
