//! Redemptions of approvals.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Decision, Screen, State, TRUSTED_DEVICE_ACTION};
use scanlatch_protocol::id::ActionCode;

use crate::scene::{
    LIFE_MS, REDEEMABLE_MS, at, challenge, claimed, claimed_late, create, decide, decided, enrolled, refusal, stored,
    tenant,
};
use crate::store::Store;

/// The backend names the action if the device named none, and only once.
pub async fn an_own_approval_is_redeemed_for_one_action(store: &impl Store) {
    let tenant = tenant();
    let phone = enrolled(store, tenant, "ann").await;
    let own = Challenge {
        screen: Screen::TrustedDevice,
        action: ActionCode::parse(TRUSTED_DEVICE_ACTION).unwrap(),
        ..challenge(tenant)
    };
    create(store, &own).await.unwrap();
    decide(store, &own, &phone, Decision::Approve, 5).await.unwrap();
    let [pay, login] = ["pay", "login"].map(|code| ActionCode::parse(code).unwrap());
    for first in [true, false] {
        let (redeemed, is_first) = store.redeem(&tenant, &own.id, Some(&pay), at(6)).await.unwrap();
        assert_eq!((redeemed.counts_for(), is_first), (&pay, first));
        assert_eq!(stored(store, &own).await, redeemed);
    }
    assert_eq!(refusal(store.redeem(&tenant, &own.id, Some(&login), at(7)).await), Refusal::OtherAction);
}

/// The attempt does not consume the approval.
pub async fn an_approval_is_not_redeemed_for_another_action(store: &impl Store) {
    let (approved, _) = decided(store, Decision::Approve).await;
    let other = ActionCode::parse("pay").unwrap();
    let asked = store.redeem(&approved.tenant, &approved.id, Some(&other), at(2_000)).await;
    assert_eq!(refusal(asked), Refusal::OtherAction);
    assert_eq!(stored(store, &approved).await, approved);
}

/// A second redemption succeeds, but not as the first.
pub async fn an_approval_is_redeemed_once(store: &impl Store) {
    let (approved, phone) = decided(store, Decision::Approve).await;
    let (consumed, first) = store.redeem(&approved.tenant, &approved.id, None, at(2_000)).await.unwrap();
    assert!(first);
    assert_eq!(consumed.state, State::Consumed { by: phone.holder(), at: at(1_000), redeemed_at: at(2_000) });
    assert_eq!(store.redeem(&approved.tenant, &approved.id, None, at(3_000)).await.unwrap(), (consumed.clone(), false));
    assert_eq!(stored(store, &approved).await, consumed);
}

/// The time limit starts with the decision.
pub async fn a_late_redemption_is_refused(store: &impl Store) {
    let (approved, _) = decided(store, Decision::Approve).await;
    let late = store.redeem(&approved.tenant, &approved.id, None, at(1_000 + REDEEMABLE_MS)).await;
    assert_eq!(refusal(late), Refusal::Expired);
    assert_eq!(stored(store, &approved).await, approved);
    store.redeem(&approved.tenant, &approved.id, None, at(1_000 + REDEEMABLE_MS - 1)).await.unwrap();
}

/// Every other state is refused.
pub async fn only_an_approval_is_redeemed(store: &impl Store) {
    let (rejected, _) = decided(store, Decision::Reject).await;
    let (claimed, _) = claimed(store).await;
    let unclaimed = challenge(tenant());
    create(store, &unclaimed).await.unwrap();
    for challenge in [rejected, claimed, unclaimed] {
        let redeemed = store.redeem(&challenge.tenant, &challenge.id, None, at(2_000)).await;
        assert_eq!(refusal(redeemed), Refusal::NotApproved);
        assert_eq!(stored(store, &challenge).await, challenge);
    }
    let unknown = challenge(tenant());
    assert_eq!(refusal(store.redeem(&unknown.tenant, &unknown.id, None, at(1)).await), Refusal::UnknownChallenge);
    assert_eq!(store.challenge(&unknown.tenant, &unknown.id).await.unwrap(), None);
}

/// A late retry does not bring the approval back.
pub async fn an_approval_repeated_after_its_redemption_changes_nothing(store: &impl Store) {
    let (approved, phone) = decided(store, Decision::Approve).await;
    let (consumed, _) = store.redeem(&approved.tenant, &approved.id, None, at(2_000)).await.unwrap();
    assert_eq!(decide(store, &approved, &phone, Decision::Approve, 3_000).await.unwrap(), consumed);
    assert_eq!(refusal(decide(store, &approved, &phone, Decision::Reject, 3_000).await), Refusal::AlreadyDecided);
    assert_eq!(stored(store, &approved).await, consumed);
}

/// An approval in the last millisecond counts like any other.
pub async fn an_approval_can_be_redeemed_after_the_challenge_expired(store: &impl Store) {
    let (claimed, phone) = claimed_late(store).await;
    decide(store, &claimed, &phone, Decision::Approve, LIFE_MS - 1).await.unwrap();
    let (_, first) = store.redeem(&claimed.tenant, &claimed.id, None, at(LIFE_MS + 1_000)).await.unwrap();
    assert!(first);
}

/// A repetition does not restart the time limit.
pub async fn a_repeated_redemption_can_come_too_late(store: &impl Store) {
    let (approved, _) = decided(store, Decision::Approve).await;
    let (consumed, _) = store.redeem(&approved.tenant, &approved.id, None, at(REDEEMABLE_MS)).await.unwrap();
    let late = store.redeem(&approved.tenant, &approved.id, None, at(1_000 + REDEEMABLE_MS)).await;
    assert_eq!(refusal(late), Refusal::Expired);
    assert_eq!(stored(store, &approved).await, consumed);
}

/// The tenant is part of the name.
pub async fn another_tenant_redeems_nothing(store: &impl Store) {
    let (approved, _) = decided(store, Decision::Approve).await;
    assert_eq!(refusal(store.redeem(&tenant(), &approved.id, None, at(2_000)).await), Refusal::UnknownChallenge);
    assert_eq!(stored(store, &approved).await, approved);
}
