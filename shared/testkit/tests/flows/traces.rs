//! What is kept of a login: who decided, and the screen's network instead of its address.

#![expect(clippy::unwrap_used, reason = "a test cannot go on without; its own texts are well formed")]

use scanlatch_protocol::context::Context;
use scanlatch_protocol::credential::{CredentialKind, Grant, RemovedBy};
use scanlatch_protocol::id::UserId;
use scanlatch_service::port::{Clock as _, ListsCredentials as _, ListsRemoved as _};
use scanlatch_service::users;
use serde_json::json;

use crate::world::{ADD, Phone, World};

fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

#[tokio::test]
async fn a_decision_of_a_screen_that_nothing_was_tracked_for_keeps_its_network_alone() {
    for approved in [true, false] {
        let world = World::new().await;
        let phone = world.phone("ann").await;
        let (challenge, _) = world.ask(&world.anybody()).await;
        world.claim(&phone, &challenge.id).await;
        world.store.advance(1_500);
        world.try_decide(&phone, &challenge.id, approved).await.unwrap();
        let record = world.record("ann", &challenge).await;
        assert_eq!(record.context, Context::default(), "a screen's address is in no record");
        let trace = record.trace.unwrap();
        let now = world.store.now();
        assert_eq!((trace.claimed_at, trace.decided_at), (Some(now.plus(-1_500)), now));
        assert_eq!((trace.challenge, trace.approved), (challenge.id, approved));
        assert_eq!(Some(trace.credential), record.verified_by);
        let address = challenge.context.ip_address.as_deref().unwrap();
        assert_eq!((address, trace.network.as_deref()), ("203.0.113.7", Some("203.0.113.0/24")));
    }
}

#[tokio::test]
async fn what_a_backend_tracked_stays_as_it_told_it() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let tracking = world.try_track("ann", json!({"ipAddress": "198.51.100.1", "userAgent": "Shop/1"})).await.unwrap();
    let screen = scanlatch_protocol::authorization::Identity::Token(tracking.token);
    let (challenge, _) = world.ask(&screen).await;
    world.claim(&phone, &challenge.id).await;
    world.approve(&phone, &challenge.id).await;
    let record = world.record("ann", &challenge).await;
    assert_eq!(record.context, tracking.action.context);
    let trace = record.trace.unwrap();
    let seen = (trace.network.as_deref(), trace.user_agent);
    assert_eq!(seen, (Some("203.0.113.0/24"), None), "the trace tells what the service saw, and no backend's words");
}

#[tokio::test]
async fn an_enrolment_tells_which_token_allowed_it() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.enrolment_needs_scope = false).await;
    for (body, grant) in [(json!({}), Grant::FirstDevice), (json!({"scope": ADD}), Grant::Scope)] {
        let token = world.token("ann", body).await;
        let credential = world.try_enrol(&Phone::new(), &token).await.unwrap();
        let by = credential.enrolled_by.clone().unwrap();
        assert_eq!((by.grant, by.kind, by.action.as_str()), (grant, CredentialKind::QrCode, "login"));
        let listed = world.store.credentials_of(&world.tenant, &user("ann")).await.unwrap();
        assert!(listed.contains(&credential), "{listed:?}");
    }
}

#[tokio::test]
async fn a_removal_tells_who_removed_until_the_user_is_deleted() {
    let world = World::new().await;
    let (own, lost) = (world.phone("ann").await, world.phone("ann").await);
    world.try_remove(&own, &format!("{}.0", world.store.now().seconds() / 600)).await.unwrap();
    world.revoke(&lost).await;
    let left = async || world.store.removed_of(&world.tenant, &user("ann"), world.store.now()).await.unwrap();
    let mut by: Vec<_> = left().await.into_iter().filter_map(|left| left.removed_by).collect();
    by.sort_by_key(|by| by.as_str());
    assert_eq!(by, [RemovedBy::Backend, RemovedBy::Device]);
    let tenant = scanlatch_service::port::Tenants::tenant(&world.store, &world.tenant).await.unwrap().unwrap();
    users::delete(&world.store, &tenant, &user("ann")).await.unwrap();
    assert_eq!(left().await, []);
}
