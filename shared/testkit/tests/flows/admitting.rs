//! An API admits a call by its access token.

#![expect(clippy::unwrap_used, reason = "a test cannot go on without; its own texts are well formed")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{ClientId, SessionId, TenantId};
use scanlatch_protocol::openid::client::{Client, Registration};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::scope::Scopes;
use scanlatch_protocol::openid::signed::Algorithm;
use scanlatch_protocol::openid::token::Issue;
use scanlatch_protocol::session::{NewSession, Session, SessionTokens};
use scanlatch_service::Result;
use scanlatch_service::admit::{self, Admitted, Needs};
use scanlatch_service::port::{Begins as _, Clock as _, Ends as _, MakesKeys as _, MakesRsaKeys as _, Tenants as _};
use scanlatch_service::sessions::{Issuing, begin};
use scanlatch_testkit::scene::{credential, user};

use crate::world::{World, refusal};

const BASE_URL: &str = "https://login.example/v1";

async fn admitted(world: &World, needs: &Needs, token: &str) -> Result<Admitted> {
    admit::run(&world.store, BASE_URL, &world.tenant, needs, token).await
}

async fn anybody(world: &World, token: &str) -> Result<Admitted> {
    admitted(world, &Needs::default(), token).await
}

fn of_clients(clients: &[&str]) -> Needs {
    Needs { clients: clients.iter().map(|id| (*id).to_owned()).collect(), ..Needs::default() }
}

fn with_scopes(scopes: &str) -> Needs {
    Needs { scopes: Scopes::parse(scopes).unwrap(), ..Needs::default() }
}

/// The tokens of ann's session at `web`.
async fn session(world: &World) -> SessionTokens {
    let client = ClientId::parse("web").unwrap();
    world.change(|tenant| tenant.settings.session_clients = vec![client.clone()]).await;
    let token = world.log_in(&world.phone("ann").await).await;
    let tenant = world.store.tenant(&world.tenant).await.unwrap().unwrap();
    let by = Issuing { issuer: &world.issuer, base_url: BASE_URL };
    begin(&world.store, by, &tenant, NewSession { client, token, action: None }).await.unwrap()
}

/// Ann's session at the registered application `shop`, with an access token of these scopes.
async fn openid(world: &World, tenant: TenantId, algorithm: Algorithm) -> (Session, String) {
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let now = world.store.now();
    let session = Session {
        id: SessionId::of(&challenge.id),
        tenant: world.tenant,
        user: user("ann"),
        client: ClientId::parse("shop").unwrap(),
        credential: credential(world.tenant, "ann").id,
        epoch: 0,
        generation: 0,
        created_at: now,
        refreshed_at: now,
        expires_at: now.plus(3_600_000),
        revoked_at: None,
    };
    world.store.begin(&session, &challenge.action_of(&session.user)).await.unwrap();
    let registration = Registration { access_token_algorithm: algorithm, ..Registration::default() };
    let (id, secrets) = (session.client.clone(), Vec::new());
    let client = Client { tenant: world.tenant, id, created_at: now, secrets, registration };
    let issuer = OpenIdIssuer::of(BASE_URL, &tenant);
    let scopes = Scopes::parse("openid orders.read").unwrap();
    let issue = Issue { issuer: &issuer, client: &client, session: &session, scopes: &scopes, auth_time: now };
    let token = match algorithm {
        Algorithm::Es256 => issue.access_token().signed_by(&world.store.signing_key_or_first(now).await.unwrap()),
        Algorithm::Rs256 => {
            let key = world.store.signing_rsa_key_or_first(now).await.unwrap();
            issue.access_token().signed_by_rsa(&key).unwrap()
        }
    };
    (session, token)
}

#[tokio::test]
async fn a_sessions_access_token_admits_its_user() {
    let world = World::new().await;
    let admitted = anybody(&world, &session(&world).await.access).await.unwrap();
    assert_eq!((admitted.user.as_str(), admitted.client.as_str()), ("ann", "web"));
}

#[tokio::test]
async fn an_applications_access_token_admits_its_user_whatever_signs_it() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        let world = World::new().await;
        let (session, token) = openid(&world, world.tenant, algorithm).await;
        let admitted = anybody(&world, &token).await.unwrap();
        assert_eq!((admitted.user.as_str(), admitted.client.as_str()), ("ann", "shop"));
        assert_eq!((admitted.session, admitted.scopes.to_text().as_str()), (session.id, "openid orders.read"));
    }
}

#[tokio::test]
async fn a_session_that_was_ended_admits_nobody() {
    let world = World::new().await;
    let (session, token) = openid(&world, world.tenant, Algorithm::Rs256).await;
    world.store.end(&world.tenant, &session.user, &session.id, world.store.now()).await.unwrap();
    assert_eq!(refusal(anybody(&world, &token).await), Refusal::InvalidToken);
}

#[tokio::test]
async fn a_user_whose_sessions_were_all_ended_is_not_admitted() {
    let world = World::new().await;
    let tokens = session(&world).await;
    world.store.end_all(&world.tenant, &user("ann")).await.unwrap();
    assert_eq!(refusal(anybody(&world, &tokens.access).await), Refusal::InvalidToken);
}

#[tokio::test]
async fn an_access_token_admits_until_it_expires() {
    let world = World::new().await;
    let (_, openid) = openid(&world, world.tenant, Algorithm::Es256).await;
    let tokens = session(&world).await;
    world.store.advance(2 * 3_600_000);
    for token in [&tokens.access, &openid] {
        assert_eq!(refusal(anybody(&world, token).await), Refusal::ExpiredToken);
    }
}

#[tokio::test]
async fn another_kind_of_token_admits_nobody() {
    let world = World::new().await;
    let result = world.log_in(&world.phone("ben").await).await;
    let refresh = session(&world).await.refresh;
    for token in [result.as_str(), &refresh, "", "a.b.c"] {
        assert_eq!(refusal(anybody(&world, token).await), Refusal::InvalidToken, "{token}");
    }
}

#[tokio::test]
async fn a_token_of_another_tenant_admits_nobody() {
    let (world, neighbour) = World::new().await.neighbour().await;
    let (_, token) = openid(&world, neighbour.tenant, Algorithm::Rs256).await;
    assert_eq!(refusal(anybody(&world, &token).await), Refusal::InvalidToken);
    let access = session(&world).await.access;
    let elsewhere = admit::run(&world.store, BASE_URL, &neighbour.tenant, &Needs::default(), &access).await;
    assert_eq!(refusal(elsewhere), Refusal::InvalidToken);
}

#[tokio::test]
async fn only_listed_clients_are_admitted() {
    let world = World::new().await;
    let (_, token) = openid(&world, world.tenant, Algorithm::Rs256).await;
    let access = session(&world).await.access;
    assert!(admitted(&world, &of_clients(&["shop"]), &token).await.is_ok());
    assert!(admitted(&world, &of_clients(&["shop", "web"]), &access).await.is_ok());
    assert_eq!(refusal(admitted(&world, &of_clients(&["shop"]), &access).await), Refusal::InvalidToken);
    assert_eq!(refusal(admitted(&world, &of_clients(&["web"]), &token).await), Refusal::InvalidToken);
}

#[tokio::test]
async fn a_token_must_have_every_scope_that_is_needed() {
    let world = World::new().await;
    let (_, token) = openid(&world, world.tenant, Algorithm::Rs256).await;
    assert!(admitted(&world, &with_scopes("orders.read"), &token).await.is_ok());
    for (scopes, token) in [("orders.read orders.write", token), ("openid", session(&world).await.access)] {
        let refused = refusal(admitted(&world, &with_scopes(scopes), &token).await);
        assert!(matches!(refused, Refusal::OAuth { error: OAuthError::InsufficientScope, .. }), "{refused:?}");
    }
}

#[tokio::test]
async fn a_disabled_tenant_admits_nobody() {
    let world = World::new().await;
    let tokens = session(&world).await;
    world.change(|tenant| tenant.enabled = false).await;
    assert_eq!(refusal(anybody(&world, &tokens.access).await), Refusal::InvalidToken);
}
