//! What counts against a credential.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use std::collections::BTreeSet;

use scanlatch_protocol::challenge::{Challenge, Decision};
use scanlatch_protocol::credential::conduct::{Conduct, MAX_CLAIM_MARKS, Mark};
use scanlatch_protocol::credential::{Credential, Device};
use scanlatch_protocol::id::{CallId, ChallengeId};
use scanlatch_service::port::Deciding;

use crate::scene::{
    MAY_ADD, action, allowing, at, challenge, claimed, create, credential, decide, enrol, enrolled, fresh, signed,
    tenant,
};
use crate::store::Store;

fn mark(millis: i64) -> Mark {
    Mark { at: at(millis), challenge: ChallengeId::from_random(fresh()), call: Some(CallId::from_random(fresh())) }
}

async fn conduct(store: &impl Store, phone: &Credential) -> Conduct {
    store.credential(&phone.tenant, &phone.thumbprint()).await.unwrap().unwrap().conduct
}

/// Two claims at once are both counted, each once.
pub async fn each_claim_is_counted_once(store: &impl Store) {
    let phone = enrolled(store, tenant(), "ann").await;
    let (one, other) = (mark(1), mark(2));
    for counted in [one, one, other] {
        let found = store.count_claim(&phone.tenant, &phone.thumbprint(), counted).await.unwrap().unwrap();
        assert!(found.conduct.claims.contains(&counted));
    }
    assert_eq!(conduct(store, &phone).await.claims, BTreeSet::from([one, other]));
}

/// Whoever repeats a claim without end fills its own marks, and is told of no further one.
pub async fn marks_of_claims_are_bounded(store: &impl Store) {
    let phone = enrolled(store, tenant(), "ann").await;
    let repeated = mark(1);
    for _ in 0..MAX_CLAIM_MARKS {
        let again = Mark { challenge: repeated.challenge, ..mark(1) };
        store.count_claim(&phone.tenant, &phone.thumbprint(), again).await.unwrap();
    }
    let further = mark(1);
    let found = store.count_claim(&phone.tenant, &phone.thumbprint(), further).await.unwrap().unwrap();
    assert_eq!(found.conduct.claims.len(), MAX_CLAIM_MARKS);
    assert!(!found.conduct.claims.contains(&further));
}

/// Two claims of one challenge in the same millisecond: the refused one takes back its own mark.
pub async fn a_refused_claim_leaves_the_mark_of_one_beside_it(store: &impl Store) {
    let phone = enrolled(store, tenant(), "ann").await;
    let kept = mark(1);
    let refused = Mark { challenge: kept.challenge, ..mark(1) };
    for counted in [kept, refused] {
        store.count_claim(&phone.tenant, &phone.thumbprint(), counted).await.unwrap();
    }
    store.forget_claim(&phone.tenant, &phone.thumbprint(), refused).await.unwrap();
    assert_eq!(conduct(store, &phone).await.claims, BTreeSet::from([kept]));
}

/// Counting does not bring a credential into being.
pub async fn a_key_that_is_not_enrolled_counts_nothing(store: &impl Store) {
    let stranger = credential(tenant(), "ann");
    let key = stranger.thumbprint();
    assert_eq!(store.count_claim(&stranger.tenant, &key, mark(1)).await.unwrap(), None);
    store.forget_claim(&stranger.tenant, &key, mark(1)).await.unwrap();
    assert_eq!(store.credential(&stranger.tenant, &key).await.unwrap(), None);
}

/// A claim that was refused leaves no mark, and takes no other with it.
pub async fn a_refused_claim_is_forgotten(store: &impl Store) {
    let phone = enrolled(store, tenant(), "ann").await;
    let (kept, refused) = (mark(1), mark(2));
    for counted in [kept, refused] {
        store.count_claim(&phone.tenant, &phone.thumbprint(), counted).await.unwrap();
    }
    store.forget_claim(&phone.tenant, &phone.thumbprint(), refused).await.unwrap();
    assert_eq!(conduct(store, &phone).await.claims, BTreeSet::from([kept]));
}

/// A decision ends its own claim, and no other.
pub async fn a_decision_ends_its_claim(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    let (own, other) = (Mark { challenge: claimed.id, ..mark(1) }, mark(1));
    for counted in [own, other] {
        store.count_claim(&phone.tenant, &phone.thumbprint(), counted).await.unwrap();
    }
    let phone = store.credential(&phone.tenant, &phone.thumbprint()).await.unwrap().unwrap();
    decide(store, &claimed, &phone, Decision::Approve, 1_000).await.unwrap();
    assert_eq!(conduct(store, &phone).await, Conduct { claims: BTreeSet::from([other]), ..Conduct::default() });
}

/// A wrong number is remembered with the decision that it made.
pub async fn a_wrong_number_is_remembered(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    let record = action(&claimed, &phone, Decision::Reject, at(1_000));
    let deciding = Deciding {
        challenge: &claimed,
        by: &phone,
        decision: Decision::Reject,
        r: Some(signed()),
        wrong_code: true,
        action: &record,
    };
    store.decide(deciding, at(1_000)).await.unwrap();
    let wrong = Mark { at: at(1_000), challenge: claimed.id, call: None };
    assert_eq!(conduct(store, &phone).await.wrong_codes, BTreeSet::from([wrong]));
}

/// Each decline is remembered, and apart from the others one of a request that names the user.
pub async fn a_decline_is_remembered(store: &impl Store) {
    let (asked, phone) = claimed(store).await;
    decide(store, &asked, &phone, Decision::Reject, 1_000).await.unwrap();
    let first = Mark { at: at(1_000), challenge: asked.id, call: None };
    let only = Conduct { declines: BTreeSet::from([first]), ..Conduct::default() };
    assert_eq!(conduct(store, &phone).await, only);
    let known = Challenge { subject: Some(phone.user.clone()), ..challenge(phone.tenant) };
    let name = known.action_of(&phone.user);
    store.track(&scanlatch_protocol::action::Action { name, ..allowing(&phone) }).await.unwrap();
    create(store, &known).await.unwrap();
    decide(store, &known, &phone, Decision::Reject, 2_000).await.unwrap();
    let declined = Mark { at: at(2_000), challenge: known.id, call: None };
    let conduct = conduct(store, &phone).await;
    assert_eq!(conduct.unasked_declines, BTreeSet::from([declined]));
    assert_eq!(conduct.declines, BTreeSet::from([first, declined]));
}

/// A key that is described anew keeps what counts against it.
pub async fn a_new_name_forgives_nothing(store: &impl Store) {
    let phone = enrolled(store, tenant(), "ann").await;
    let counted = mark(1);
    let current = store.count_claim(&phone.tenant, &phone.thumbprint(), counted).await.unwrap();
    let renamed = Credential { device: Device { name: Some("Pixel 10".to_owned()), platform: None }, ..phone.clone() };
    enrol(store, &renamed, current.as_ref(), MAY_ADD).await.unwrap();
    assert_eq!(conduct(store, &phone).await.claims, BTreeSet::from([counted]));
}
