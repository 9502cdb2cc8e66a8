//! Phones that enrol and are removed.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::TenantId;
use scanlatch_service::credential;
use scanlatch_service::port::Clock as _;
use scanlatch_testkit::scene::{fresh, tenant};
use serde_json::json;

use crate::world::{ADD, Phone, World, refusal};

/// What a phone signs to be removed now.
fn window(world: &World) -> String {
    format!("{}.0", world.store.now().seconds() / 600)
}

/// A tenant whose users' first devices need no scope.
async fn lenient() -> World {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.enrolment_needs_scope = false).await;
    world
}

#[tokio::test]
async fn a_first_phone_needs_the_scope() {
    let world = World::new().await;
    let without = world.token("ann", json!({})).await;
    let snapshot = world.store.snapshot();
    assert_eq!(refusal(world.try_enrol(&Phone::new(), &without).await), Refusal::ScopeMissing);
    assert_eq!(world.store.snapshot(), snapshot);
    world.phone("ann").await;
}

#[tokio::test]
async fn where_the_tenant_says_so_a_first_phone_needs_no_scope() {
    let world = lenient().await;
    let token = world.token("ann", json!({})).await;
    let credential = world.try_enrol(&Phone::new(), &token).await.unwrap();
    assert_eq!(credential.user.as_str(), "ann");
}

#[tokio::test]
async fn a_further_phone_needs_the_scope() {
    let world = lenient().await;
    world.phone("ann").await;
    let before = world.token("ann", json!({"scope": "read:authenticators"})).await;
    let snapshot = world.store.snapshot();
    assert_eq!(refusal(world.try_enrol(&Phone::new(), &before).await), Refusal::ScopeMissing);
    assert_eq!(world.store.snapshot(), snapshot);
    let with = world.token("ann", json!({"scope": ADD})).await;
    world.try_enrol(&Phone::new(), &with).await.unwrap();
}

#[tokio::test]
async fn the_token_without_scope_serves_one_phone_only() {
    let world = lenient().await;
    let token = world.token("ann", json!({})).await;
    world.try_enrol(&Phone::new(), &token).await.unwrap();
    assert_eq!(refusal(world.try_enrol(&Phone::new(), &token).await), Refusal::ScopeMissing);
}

#[tokio::test]
async fn a_phone_that_enrols_again_keeps_its_credential() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let before = credential::run(&world.store, &world.tenant, &phone.key).await.unwrap();
    let again = world.try_enrol(&phone, &world.token("ann", json!({})).await).await.unwrap();
    assert_eq!(again, before);
}

#[tokio::test]
async fn another_users_phone_stays_theirs() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let token = world.token("ben", json!({"scope": ADD})).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_enrol(&phone, &token).await), Refusal::CredentialTaken);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn where_the_tenant_allows_it_a_phone_changes_hands() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.key_reassignment = true).await;
    let phone = world.phone("ann").await;
    world.try_enrol(&phone, &world.token("ben", json!({"scope": ADD})).await).await.unwrap();
    assert!(!world.try_track("ann", json!({})).await.unwrap().user.is_enrolled());
    let token = world.log_in(&phone).await;
    assert_eq!(world.validate(&token).await["userId"], "ben");
}

#[tokio::test]
async fn a_phone_that_changed_hands_cannot_decide_what_it_claimed() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.key_reassignment = true).await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.try_enrol(&phone, &world.token("ben", json!({"scope": ADD})).await).await.unwrap();
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::AlreadyClaimed);
}

#[tokio::test]
async fn a_key_of_one_tenant_is_nobody_to_another() {
    let (world, neighbour) = World::new().await.neighbour().await;
    let phone = world.phone("ann").await;
    let there = World { tenant: neighbour.tenant, secret: neighbour.secret, ..world };
    let (challenge, _) = there.ask(&there.anybody()).await;
    let before = there.store.snapshot();
    assert_eq!(refusal(there.try_claim(&phone, &challenge.id).await), Refusal::InvalidCredential);
    assert_eq!(there.store.snapshot(), before);
}

#[tokio::test]
async fn a_challenge_of_one_tenant_is_unknown_in_another() {
    let (world, neighbour) = World::new().await.neighbour().await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    let there = World { tenant: neighbour.tenant, secret: neighbour.secret, ..world };
    let phone = there.phone("ann").await;
    let before = there.store.snapshot();
    assert_eq!(refusal(there.try_claim(&phone, &challenge.id).await), Refusal::UnknownChallenge);
    assert_eq!(refusal(there.try_decide(&phone, &challenge.id, true).await), Refusal::UnknownChallenge);
    assert_eq!(there.store.snapshot(), before);
}

#[tokio::test]
async fn a_removed_phone_cannot_decide_what_it_claimed() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    assert!(world.try_remove(&phone, &window(&world)).await.unwrap().is_some());
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::InvalidCredential);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_phone_that_came_back_cannot_decide_what_it_claimed_before() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.try_remove(&phone, &window(&world)).await.unwrap();
    world.try_enrol(&phone, &world.token("ann", json!({"scope": ADD})).await).await.unwrap();
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::AlreadyClaimed);
}

#[tokio::test]
async fn a_removal_may_be_asked_for_again() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let id = credential::run(&world.store, &world.tenant, &phone.key).await.unwrap().id;
    assert_eq!(world.try_remove(&phone, &window(&world)).await.unwrap(), Some(id.to_string()));
    assert_eq!(world.try_remove(&phone, &window(&world)).await.unwrap(), None);
    let found = credential::run(&world.store, &world.tenant, &phone.key).await;
    assert_eq!(refusal(found), Refusal::InvalidCredential);
}

#[tokio::test]
async fn a_removal_that_the_key_did_not_sign_is_refused() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let old = window(&world);
    world.store.advance(10 * 600_000);
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_remove(&phone, &old).await), Refusal::InvalidCredential);
    let forged = Phone::new().sign(&window(&world));
    let removed = scanlatch_service::remove::run(&world.store, &world.tenant, &phone.key, &forged).await;
    assert_eq!(refusal(removed), Refusal::InvalidCredential);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_removal_that_was_recorded_removes_no_later_enrolment() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let recorded = phone.sign(&window(&world));
    let remove = || scanlatch_service::remove::run(&world.store, &world.tenant, &phone.key, &recorded);
    assert!(remove().await.unwrap().is_some());
    assert_eq!(remove().await.unwrap(), None);
    world.try_enrol(&phone, &world.token("ann", json!({"scope": ADD})).await).await.unwrap();
    let before = world.store.snapshot();
    assert_eq!(refusal(remove().await), Refusal::InvalidCredential);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_removal_whose_reply_was_lost_is_answered() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let signed = phone.sign(&window(&world));
    let remove = || scanlatch_service::remove::run(&world.store, &world.tenant, &phone.key, &signed);
    world.store.lose_reply(1);
    assert!(remove().await.is_err());
    assert_eq!(remove().await.unwrap(), None);
}

#[tokio::test]
async fn an_unknown_phone_claims_nothing() {
    let world = World::new().await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_claim(&Phone::new(), &challenge.id).await), Refusal::InvalidCredential);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_credential_tells_when_it_last_decided() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    world.store.advance(5_000);
    world.log_in(&phone).await;
    let credential = credential::run(&world.store, &world.tenant, &phone.key).await.unwrap();
    assert_eq!(credential.last_verified_at, Some(world.store.now()));
    assert_eq!(credential.verified_at, world.store.now().plus(-5_000));
}

#[tokio::test]
async fn a_tenant_that_does_not_exist_has_no_phones() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let nowhere: TenantId = TenantId::from_random(fresh());
    assert_eq!(refusal(credential::run(&world.store, &nowhere, &phone.key).await), Refusal::Unauthorized);
    let removed =
        scanlatch_service::remove::run(&world.store, &tenant(), &phone.key, &phone.sign(&window(&world))).await;
    assert_eq!(refusal(removed), Refusal::Unauthorized);
}
