//! Decisions.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionState};
use scanlatch_protocol::challenge::{Challenge, Decision, Hold, Screen, State, Withdrawal};
use scanlatch_protocol::credential::Credential;
use scanlatch_service::port::Deciding;

use crate::scene::{
    DECIDE_MS, LIFE_MS, MAY_ADD, action, allowing, anew, at, challenge, claim, claimed, claimed_late, create,
    credential, decide, decided, enrol, enrolled, refusal, remove, stored, tenant,
};
use crate::store::Store;

async fn record(store: &impl Store, challenge: &Challenge, by: &Credential) -> Option<Action> {
    store.action(&challenge.action_of(&by.user), at(2_000)).await.unwrap()
}

async fn credential_now(store: &impl Store, credential: &Credential) -> Option<Credential> {
    store.credential(&credential.tenant, &credential.thumbprint()).await.unwrap()
}

/// The challenge of [`decided`] as its decision found it.
fn before(decided: &Challenge, by: &Credential) -> Challenge {
    Challenge { state: State::Claimed { by: by.holder(), at: at(1) }, ..decided.clone() }
}

/// Challenge, action and credential change together.
pub async fn an_approval_is_stored_with_its_action(store: &impl Store) {
    let (approved, phone) = decided(store, Decision::Approve).await;
    assert_eq!(approved.state, State::Approved { by: phone.holder(), at: at(1_000), hold: Hold::Free });
    assert_eq!(stored(store, &approved).await, approved);
    let expected = action(&before(&approved, &phone), &phone, Decision::Approve, at(1_000));
    assert_eq!(record(store, &approved, &phone).await, Some(expected));
    let touched = credential_now(store, &phone).await.unwrap();
    assert_eq!(touched, Credential { last_verified_at: Some(at(1_000)), ..phone });
}

/// They change together after a rejection too.
pub async fn a_rejection_is_stored_with_its_action(store: &impl Store) {
    let (rejected, phone) = decided(store, Decision::Reject).await;
    assert_eq!(rejected.state, State::Rejected { by: phone.holder(), at: at(1_000) });
    assert_eq!(stored(store, &rejected).await, rejected);
    assert_eq!(record(store, &rejected, &phone).await.unwrap().state, ActionState::ChallengeFailed);
}

/// Neither another user nor another phone of the same user decides.
pub async fn only_the_claimer_decides(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    for name in ["ben", "ann"] {
        let other = credential(claimed.tenant, name);
        enrol(store, &other, None, MAY_ADD).await.unwrap();
        assert_eq!(refusal(decide(store, &claimed, &other, Decision::Approve, 2).await), Refusal::AlreadyClaimed);
        assert_eq!(credential_now(store, &other).await, Some(other));
    }
    assert_eq!(stored(store, &claimed).await, claimed);
    assert_eq!(record(store, &claimed, &phone).await, None);
}

/// A challenge must be claimed first.
pub async fn nobody_decides_without_a_claim(store: &impl Store) {
    let tenant = tenant();
    let (phone, challenge) = (credential(tenant, "ann"), challenge(tenant));
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    create(store, &challenge).await.unwrap();
    assert_eq!(refusal(decide(store, &challenge, &phone, Decision::Approve, 2).await), Refusal::NotClaimed);
    assert_eq!(stored(store, &challenge).await, challenge);
    assert_eq!(record(store, &challenge, &phone).await, None);
}

/// What is stored counts, not what the caller read before the decision.
pub async fn a_decision_stands(store: &impl Store) {
    for (first, second) in [(Decision::Approve, Decision::Reject), (Decision::Reject, Decision::Approve)] {
        let (claimed, phone) = claimed(store).await;
        let decided = decide(store, &claimed, &phone, first, 1_000).await.unwrap();
        let action = record(store, &claimed, &phone).await;
        assert_eq!(refusal(decide(store, &claimed, &phone, second, 1_001).await), Refusal::AlreadyDecided);
        assert_eq!(decide(store, &claimed, &phone, first, 1_002).await.unwrap(), decided);
        assert_eq!(stored(store, &decided).await, decided);
        assert_eq!(record(store, &claimed, &phone).await, action);
    }
}

/// The limit is exact to the millisecond.
pub async fn a_late_decision_is_refused(store: &impl Store) {
    let (claimed, phone) = claimed_late(store).await;
    for late in [LIFE_MS, LIFE_MS + 1] {
        assert_eq!(refusal(decide(store, &claimed, &phone, Decision::Approve, late).await), Refusal::Expired);
    }
    assert_eq!(stored(store, &claimed).await, claimed);
    assert_eq!(record(store, &claimed, &phone).await, None);
    assert_eq!(credential_now(store, &phone).await, Some(phone.clone()));
    decide(store, &claimed, &phone, Decision::Approve, LIFE_MS - 1).await.unwrap();
}

/// The last millisecond counts, and nothing later.
pub async fn a_claimer_decides_in_time(store: &impl Store) {
    for decision in [Decision::Approve, Decision::Reject] {
        let (claimed, phone) = claimed(store).await;
        let lapse = 1 + DECIDE_MS;
        assert_eq!(refusal(decide(store, &claimed, &phone, decision, lapse).await), Refusal::Lapsed);
        assert_eq!(stored(store, &claimed).await, claimed);
        decide(store, &claimed, &phone, decision, lapse - 1).await.unwrap();
    }
}

/// A removal counts as soon as it is confirmed.
pub async fn a_removed_credential_cannot_decide(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    remove(store, &phone).await.unwrap();
    assert_eq!(refusal(decide(store, &claimed, &phone, Decision::Approve, 2).await), Refusal::InvalidCredential);
    assert_eq!(stored(store, &claimed).await, claimed);
    assert_eq!(record(store, &claimed, &phone).await, None);
    assert_eq!(credential_now(store, &phone).await, None);
}

/// The key is the same, but the enrolment is new.
pub async fn a_credential_that_came_back_cannot_decide_an_old_claim(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    remove(store, &phone).await.unwrap();
    let back = anew(&phone, "ann");
    enrol(store, &back, None, MAY_ADD).await.unwrap();
    assert_eq!(refusal(decide(store, &claimed, &phone, Decision::Approve, 2).await), Refusal::InvalidCredential);
    assert_eq!(refusal(decide(store, &claimed, &back, Decision::Approve, 2).await), Refusal::AlreadyClaimed);
    assert_eq!(stored(store, &claimed).await, claimed);
}

/// A decision changes only the state and the lifetime. What a screen said does not fill in what the backend left out.
pub async fn a_tracked_action_keeps_what_was_tracked(store: &impl Store) {
    for data in [scanlatch_protocol::custom::Custom::from_text(r#"{"tracked":true}"#), None] {
        let (claimed, phone) = claimed(store).await;
        let tracked = Action {
            state: ActionState::ChallengeRequired,
            custom: data,
            context: scanlatch_protocol::context::Context::default(),
            verified_by: None,
            ..action(&claimed, &phone, Decision::Approve, at(0))
        };
        store.track(&tracked).await.unwrap();
        decide(store, &claimed, &phone, Decision::Approve, 1_000).await.unwrap();
        let expected = Action {
            state: ActionState::ChallengeSucceeded,
            state_updated_at: at(1_000),
            expires_at: tracked.expires_at.plus(1_000),
            verified_by: Some(phone.id),
            trace: action(&claimed, &phone, Decision::Approve, at(1_000)).trace,
            ..tracked
        };
        assert_eq!(record(store, &claimed, &phone).await, Some(expected));
    }
}

/// Its screen would not hear the result.
pub async fn a_withdrawn_challenge_that_was_claimed_cannot_be_decided(store: &impl Store) {
    for (why, expected) in [(Withdrawal::Superseded, Refusal::Superseded), (Withdrawal::Cancelled, Refusal::Cancelled)]
    {
        let (claimed, phone) = claimed(store).await;
        store.withdraw(&claimed.tenant, &claimed.id, why).await.unwrap();
        for decision in [Decision::Approve, Decision::Reject] {
            assert_eq!(refusal(decide(store, &claimed, &phone, decision, 2).await), expected);
        }
        assert_eq!(record(store, &claimed, &phone).await, None);
    }
}

/// A recorded claim cannot be turned into a decision.
pub async fn a_claims_signature_decides_nothing(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    let record = action(&claimed, &phone, Decision::Approve, at(2));
    let deciding = |r| Deciding {
        challenge: &claimed,
        by: &phone,
        decision: Decision::Approve,
        r,
        wrong_code: false,
        action: &record,
    };
    let copied = store.decide(deciding(Some(claimed.spent[0])), at(2)).await;
    assert_eq!(refusal(copied), Refusal::SpentSignature);
    assert_eq!(stored(store, &claimed).await, claimed);
    store.decide(deciding(None), at(2)).await.unwrap();
}

/// A claim between the read and the decision spends its signature too.
pub async fn a_signature_spent_since_the_look_decides_nothing(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    let again = claim(store, &claimed, &phone.holder(), 2).await.unwrap();
    let record = action(&claimed, &phone, Decision::Approve, at(3));
    let deciding = Deciding {
        challenge: &claimed,
        by: &phone,
        decision: Decision::Approve,
        r: again.spent.iter().copied().find(|r| !claimed.spent.contains(r)),
        wrong_code: false,
        action: &record,
    };
    assert_eq!(refusal(store.decide(deciding, at(3)).await), Refusal::SpentSignature);
}

/// No other challenge changes it, neither with an approval nor with a rejection.
pub async fn an_action_that_succeeded_stays_so(store: &impl Store) {
    let (approved, phone) = decided(store, Decision::Approve).await;
    for decision in [Decision::Approve, Decision::Reject] {
        let again = Challenge { id: challenge(approved.tenant).id, state: State::Unclaimed, ..approved.clone() };
        let again = Challenge { spent: Vec::new(), ..again };
        create(store, &again).await.unwrap();
        let again = claim(store, &again, &phone.holder(), 1_001).await.unwrap();
        assert_eq!(refusal(decide(store, &again, &phone, decision, 1_002).await), Refusal::ActionSucceeded);
        assert_eq!(stored(store, &again).await, again);
    }
    let expected = action(&before(&approved, &phone), &phone, Decision::Approve, at(1_000));
    assert_eq!(record(store, &approved, &phone).await, Some(expected));
}

/// The specification's retry depends on it.
pub async fn an_action_that_failed_may_be_tried_again(store: &impl Store) {
    let (rejected, phone) = decided(store, Decision::Reject).await;
    let again = Challenge { id: challenge(rejected.tenant).id, state: State::Unclaimed, ..rejected.clone() };
    create(store, &again).await.unwrap();
    let again = claim(store, &again, &phone.holder(), 1_001).await.unwrap();
    decide(store, &again, &phone, Decision::Approve, 1_002).await.unwrap();
    assert_eq!(record(store, &again, &phone).await.unwrap().state, ActionState::ChallengeSucceeded);
}

/// The challenge that the device signed becomes the action's.
pub async fn a_device_decides_for_a_tracked_action(store: &impl Store) {
    let tenant = tenant();
    let phone = enrolled(store, tenant, "ann").await;
    let own = Challenge { screen: Screen::TrustedDevice, ..challenge(tenant) };
    create(store, &own).await.unwrap();
    let tracked = Action { state: ActionState::ChallengeRequired, ..allowing(&phone) };
    store.track(&tracked).await.unwrap();
    let taken = own.taken_for_action(&tracked).unwrap();
    let approved = decide(store, &taken, &phone, Decision::Approve, 5).await.unwrap();
    assert_eq!(approved.action_of(&phone.user), tracked.name);
    assert_eq!(stored(store, &own).await, approved);
    assert_eq!(record(store, &approved, &phone).await.unwrap().decided_in, Some(own.id));
}

/// The same holds for a retry of the claim that arrives after the decision.
pub async fn a_claim_repeated_after_the_decision_changes_nothing(store: &impl Store) {
    for decision in [Decision::Approve, Decision::Reject] {
        let (decided, phone) = decided(store, decision).await;
        let again = claim(store, &decided, &phone.holder(), 2_000).await;
        assert_eq!(again.unwrap(), decided);
        assert_eq!(stored(store, &decided).await, decided);
    }
}

/// A decision happens as a whole or not at all.
pub async fn a_refused_decision_leaves_a_tracked_action_alone(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    let tracked =
        Action { state: ActionState::ChallengeRequired, ..action(&claimed, &phone, Decision::Approve, at(0)) };
    store.track(&tracked).await.unwrap();
    assert_eq!(refusal(decide(store, &claimed, &phone, Decision::Approve, LIFE_MS).await), Refusal::Expired);
    remove(store, &phone).await.unwrap();
    assert_eq!(refusal(decide(store, &claimed, &phone, Decision::Approve, 2).await), Refusal::InvalidCredential);
    assert_eq!(record(store, &claimed, &phone).await, Some(tracked));
}

/// Nobody else could claim it. Its action must exist, or its user was deleted since.
pub async fn a_known_users_challenge_is_decided_without_a_claim(store: &impl Store) {
    let tenant = tenant();
    let (phone, stranger) = (credential(tenant, "ann"), credential(tenant, "ben"));
    for phone in [&phone, &stranger] {
        enrol(store, phone, None, MAY_ADD).await.unwrap();
    }
    let known = Challenge { subject: Some(phone.user.clone()), ..challenge(tenant) };
    let own = Challenge { screen: Screen::TrustedDevice, ..challenge(tenant) };
    for challenge in [known.clone(), own] {
        create(store, &challenge).await.unwrap();
        let record = action(&challenge, &phone, Decision::Approve, at(5));
        if challenge.subject.is_some() {
            let gone = decide(store, &challenge, &phone, Decision::Approve, 5).await;
            assert_eq!(refusal(gone), Refusal::UnknownChallenge);
            let tracked = Action { state: ActionState::ChallengeRequired, verified_by: None, ..record.clone() };
            store.track(&tracked).await.unwrap();
        }
        let decided = decide(store, &challenge, &phone, Decision::Approve, 5).await.unwrap();
        assert_eq!(decided.state.holder(), Some(&phone.holder()));
        assert_eq!(stored(store, &challenge).await, decided);
        let again = decide(store, &challenge, &phone, Decision::Approve, 6).await.unwrap();
        assert_eq!(again, decided);
        let other = decide(store, &decided, &phone, Decision::Reject, 7).await;
        assert_eq!(refusal(other), Refusal::AlreadyDecided);
    }
    let foreign = decide(store, &known, &stranger, Decision::Approve, 5).await;
    assert_eq!(refusal(foreign), Refusal::UnknownChallenge);
}

/// A challenge that is over is not decided either.
pub async fn a_known_users_withdrawn_challenge_is_not_decided_without_a_claim(store: &impl Store) {
    let tenant = tenant();
    let phone = credential(tenant, "ann");
    enrol(store, &phone, None, MAY_ADD).await.unwrap();
    let known = Challenge { subject: Some(phone.user.clone()), ..challenge(tenant) };
    create(store, &known).await.unwrap();
    store.withdraw(&tenant, &known.id, Withdrawal::Superseded).await.unwrap();
    let late = decide(store, &known, &phone, Decision::Approve, 5).await;
    assert_eq!(refusal(late), Refusal::Superseded);
}

/// The backend's word is final.
pub async fn a_barred_action_is_not_decided(store: &impl Store) {
    let (challenge, phone) = claimed(store).await;
    let record = action(&challenge, &phone, Decision::Approve, at(5));
    let tracked = Action { state: ActionState::ChallengeRequired, verified_by: None, ..record.clone() };
    store.track(&tracked).await.unwrap();
    store.set_state(&tracked.name, ActionState::Block, at(4)).await.unwrap();
    let barred = decide(store, &challenge, &phone, Decision::Approve, 5).await;
    assert_eq!(refusal(barred), Refusal::ActionBlocked);
    assert_eq!(stored(store, &challenge).await, challenge);
    store.set_state(&tracked.name, ActionState::ReviewSucceeded, at(6)).await.unwrap();
    decide(store, &challenge, &phone, Decision::Approve, 7).await.unwrap();
    assert_eq!(store.action(&record.name, at(8)).await.unwrap().unwrap().state, ActionState::ChallengeSucceeded);
}
