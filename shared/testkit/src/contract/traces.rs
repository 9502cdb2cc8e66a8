//! What is kept of enrolments, removals and decisions.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::action::{Action, ActionState};
use scanlatch_protocol::challenge::{Challenge, Decision, Screen, State};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::credential::{
    Credential, Device, EnrolledBy, Grant, REMOVED_KEPT_MS, RemovedBy, RemovedCredential,
};
use scanlatch_protocol::id::CredentialId;
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::user::{Channel, Revision, VerifiedMethod};

use crate::scene::{
    MAY_ADD, MAY_MOVE, action, anew, at, challenge, claim, connection, create, credential, decide, decided, enrol,
    enrolled, fresh, remove, tenant,
};
use crate::store::Store;

/// The traces of a credential's user that are kept now.
async fn removed(store: &impl Store, of: &Credential) -> Vec<RemovedCredential> {
    store.removed_of(&of.tenant, &of.user, store.now()).await.unwrap()
}

/// Another scope, or none from before this was kept, comes back too.
pub async fn what_allowed_an_enrolment_comes_back(store: &impl Store) {
    let phone = credential(tenant(), "ann");
    let first = phone.enrolled_by.clone().map(|by| EnrolledBy { grant: Grant::FirstDevice, ..by });
    for enrolled_by in [first, None] {
        let phone = Credential { enrolled_by, ..credential(phone.tenant, "ann") };
        enrol(store, &phone, None, MAY_ADD).await.unwrap();
        assert_eq!(store.credential(&phone.tenant, &phone.thumbprint()).await.unwrap(), Some(phone));
    }
}

/// It tells the device as it was enrolled and described last, and who removed it. A repeated removal changes nothing.
pub async fn a_removal_leaves_its_trace(store: &impl Store) {
    let tenant = tenant();
    let (own, lost) = (enrolled(store, tenant, "ann").await, enrolled(store, tenant, "ben").await);
    let moved = enrolled(store, tenant, "cat").await;
    assert_eq!(removed(store, &own).await, []);
    let renamed = Credential { device: Device { name: Some("Ann's".to_owned()), platform: None }, ..own.clone() };
    enrol(store, &renamed, None, MAY_ADD).await.unwrap();
    for _ in 0..2 {
        remove(store, &own).await.unwrap();
        store.revoke(&tenant, &lost.user, &lost.id).await.unwrap();
    }
    enrol(store, &anew(&moved, "dan"), Some(&moved), MAY_MOVE).await.unwrap();
    for (credential, by, name) in [
        (&own, RemovedBy::Device, "Ann's"),
        (&lost, RemovedBy::Backend, "Pixel 9"),
        (&moved, RemovedBy::OtherUser, "Pixel 9"),
    ] {
        let left = removed(store, credential).await;
        let at = left.first().map_or(at(0), |left| left.removed_at);
        let mut expected = RemovedCredential::of(credential, by, at);
        expected.device.name = Some(name.to_owned());
        assert_eq!(left, [expected], "{by:?}");
    }
    let dan = credential(tenant, "dan");
    assert_eq!(removed(store, &dan).await, [], "the key's next user has removed nothing");
}

/// A method has no device and tells no address.
pub async fn a_method_that_is_forgotten_leaves_its_trace(store: &impl Store) {
    let (ann, id) = (credential(tenant(), "ann"), CredentialId::from_random(fresh()));
    let sms = VerifiedMethod { id, channel: Channel::Sms("+64211234567".to_owned()), created_at: at(0) };
    let known = store.revise(&ann.tenant, &ann.user, None, &Revision::Verified(sms), at(0)).await.unwrap();
    let forgotten = Revision::Forgotten(id);
    let now = store.now();
    store.revise(&ann.tenant, &ann.user, Some(&known), &forgotten, now).await.unwrap();
    assert_eq!(removed(store, &ann).await, [RemovedCredential::of_method(id, RemovedBy::Backend, now)]);
}

/// The limit counts even before the row is cleaned up.
pub async fn the_trace_of_a_removal_is_kept_for_so_long(store: &impl Store) {
    let phone = enrolled(store, tenant(), "ann").await;
    remove(store, &phone).await.unwrap();
    let left = removed(store, &phone).await.remove(0);
    let kept = async |now: Timestamp| store.removed_of(&phone.tenant, &phone.user, now).await.unwrap();
    let end = left.removed_at.plus(REMOVED_KEPT_MS);
    assert_eq!(kept(end.plus(-1)).await, [left]);
    assert_eq!(kept(end).await, []);
}

/// Whoever asks for the deletion gets it whole.
pub async fn a_forgotten_user_leaves_no_trace(store: &impl Store) {
    let (approved, phone) = decided(store, Decision::Approve).await;
    let gone = enrolled(store, phone.tenant, "ann").await;
    remove(store, &gone).await.unwrap();
    store.forget(&phone.tenant, &phone.user).await.unwrap();
    assert_eq!(removed(store, &phone).await, []);
    assert_eq!(store.action(&approved.action_of(&phone.user), at(2_000)).await.unwrap(), None);
}

/// A backend's judgement is its own; what the phone did stays known.
pub async fn a_backend_that_judges_leaves_the_trace(store: &impl Store) {
    for decision in [Decision::Approve, Decision::Reject] {
        let (challenge, phone) = decided(store, decision).await;
        let name = challenge.action_of(&phone.user);
        let trace = store.action(&name, at(2_000)).await.unwrap().unwrap().trace.unwrap();
        assert_eq!((trace.challenge, trace.approved), (challenge.id, decision == Decision::Approve));
        assert_eq!((trace.claimed_at, trace.decided_at), (Some(at(1)), at(1_000)));
        let judged = store.set_state(&name, ActionState::Block, at(2_000)).await.unwrap();
        assert_eq!((judged.decided_in, judged.trace), (None, Some(trace)));
    }
}

/// The record holds the last decision.
pub async fn a_second_decision_replaces_the_trace_of_the_first(store: &impl Store) {
    let (rejected, phone) = decided(store, Decision::Reject).await;
    let again = Challenge { id: challenge(rejected.tenant).id, state: State::Unclaimed, ..rejected.clone() };
    create(store, &again).await.unwrap();
    let again = claim(store, &again, &phone.holder(), 1_100).await.unwrap();
    decide(store, &again, &phone, Decision::Approve, 1_200).await.unwrap();
    let trace = store.action(&again.action_of(&phone.user), at(2_000)).await.unwrap().unwrap().trace.unwrap();
    assert_eq!((trace.challenge, trace.claimed_at, trace.approved), (again.id, Some(at(1_100)), true));
}

/// What a backend tracked is its own, and a decision leaves it as it is, taken back or not. The trace goes.
pub async fn a_take_back_leaves_what_was_tracked_and_no_trace(store: &impl Store) {
    let tenant = tenant();
    let phone = enrolled(store, tenant, "ann").await;
    let challenge = Challenge { screen: Screen::Socket(connection(tenant).id), ..challenge(tenant) };
    let tracked = Action {
        state: ActionState::ChallengeRequired,
        context: Context::tracked(Some("198.51.100.7"), Some("Backend/1"), None),
        verified_by: None,
        decided_in: None,
        trace: None,
        ..action(&challenge, &phone, Decision::Approve, at(0))
    };
    store.track(&tracked).await.unwrap();
    create(store, &challenge).await.unwrap();
    let claimed = claim(store, &challenge, &phone.holder(), 1).await.unwrap();
    let approved = decide(store, &claimed, &phone, Decision::Approve, 1_000).await.unwrap();
    let record = async || store.action(&tracked.name, at(2_000)).await.unwrap().unwrap();
    let decided = record().await;
    assert_eq!((decided.trace.is_some(), &decided.context), (true, &tracked.context));
    store.take_back(&approved, at(1_100)).await.unwrap();
    let then = record().await;
    assert_eq!((then.trace, then.context, then.state), (None, tracked.context, tracked.state));
}
