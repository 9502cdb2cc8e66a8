use proptest::prelude::*;

use super::*;
use crate::id::CredentialId;

const EXPIRY: i64 = 600_000;
const REDEEMABLE: i64 = 300_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn phone(n: u8) -> Holder {
    Holder { user: UserId::parse(format!("user-{n}")).unwrap(), credential: CredentialId::from_random([n; 16]) }
}

fn fresh() -> Challenge {
    Challenge {
        id: ChallengeId::from_random([1; 16]),
        tenant: TenantId::from_random([2; 16]),
        action: ActionCode::parse("login").unwrap(),
        idempotency_key: IdempotencyKey::from_random([3; 16]),
        custom: None,
        context: Context::default(),
        subject: None,
        screen: Screen::Poll(DeviceCode::from_random([4; 32]).digest()),
        created_at: at(0),
        expires_at: at(EXPIRY),
        redeemable_ms: REDEEMABLE,
        withdrawn: None,
        state: State::Unclaimed,
    }
}

fn after(events: &[Event]) -> Challenge {
    events.iter().fold(fresh(), |challenge, event| challenge.apply(event, at(10)).unwrap())
}

fn claim(n: u8) -> Event {
    Event::Claim(phone(n))
}

fn approve(n: u8) -> Event {
    Event::Decide(phone(n), Decision::Approve)
}

fn reject(n: u8) -> Event {
    Event::Decide(phone(n), Decision::Reject)
}

fn refusal(challenge: &Challenge, event: &Event, millis: i64) -> Option<Refusal> {
    challenge.apply(event, at(millis)).err()
}

#[test]
fn second_phone_cannot_claim() {
    assert_eq!(refusal(&after(&[claim(1)]), &claim(2), 20), Some(Refusal::AlreadyClaimed));
}

#[test]
fn a_lost_reply_does_not_lose_the_claim() {
    let claimed = after(&[claim(1)]);
    assert_eq!(claimed.apply(&claim(1), at(20)), Ok(claimed.clone()));
}

#[test]
fn a_claim_may_be_repeated_after_the_decision() {
    let approved = after(&[claim(1), approve(1)]);
    assert_eq!(approved.apply(&claim(1), at(EXPIRY + 1)), Ok(approved.clone()));
}

#[test]
fn only_the_claimer_decides() {
    let claimed = after(&[claim(1)]);
    for event in [approve(2), reject(2)] {
        assert_eq!(refusal(&claimed, &event, 20), Some(Refusal::AlreadyClaimed));
    }
}

#[test]
fn nobody_decides_without_a_claim() {
    assert_eq!(refusal(&fresh(), &approve(1), 20), Some(Refusal::NotClaimed));
}

#[test]
fn a_decision_stands() {
    let approved = after(&[claim(1), approve(1)]);
    assert_eq!(refusal(&approved, &reject(1), 20), Some(Refusal::AlreadyDecided));
    assert_eq!(approved.apply(&approve(1), at(99)), Ok(approved.clone()));
    let rejected = after(&[claim(1), reject(1)]);
    assert_eq!(refusal(&rejected, &approve(1), 20), Some(Refusal::AlreadyDecided));
    assert_eq!(rejected.apply(&reject(1), at(99)), Ok(rejected.clone()));
}

#[test]
fn expiry_is_exact_to_the_millisecond() {
    let claimed = after(&[claim(1)]);
    assert_eq!(refusal(&fresh(), &claim(1), EXPIRY - 1), None);
    assert_eq!(refusal(&fresh(), &claim(1), EXPIRY), Some(Refusal::Expired));
    assert_eq!(refusal(&claimed, &approve(1), EXPIRY - 1), None);
    assert_eq!(refusal(&claimed, &approve(1), EXPIRY), Some(Refusal::Expired));
    assert_eq!(refusal(&claimed, &claim(1), EXPIRY), Some(Refusal::Expired));
}

#[test]
fn a_withdrawn_challenge_cannot_be_claimed_but_a_claim_stands() {
    for (why, expected) in [(Withdrawal::Superseded, Refusal::Superseded), (Withdrawal::Cancelled, Refusal::Cancelled)]
    {
        assert_eq!(refusal(&after(&[Event::Withdraw(why)]), &claim(1), 20), Some(expected));
        assert_eq!(refusal(&after(&[claim(1), Event::Withdraw(why)]), &approve(1), 20), None);
    }
}

#[test]
fn a_known_users_challenge_does_not_exist_for_others() {
    let meant_for_1 = Challenge { subject: Some(phone(1).user), ..fresh() };
    assert_eq!(refusal(&meant_for_1, &claim(2), 20), Some(Refusal::UnknownChallenge));
    assert_eq!(refusal(&meant_for_1, &claim(2), EXPIRY), Some(Refusal::UnknownChallenge));
    assert_eq!(refusal(&meant_for_1, &claim(1), 20), None);
}

#[test]
fn an_approval_is_redeemed_once_and_may_be_asked_for_again() {
    let approved = after(&[claim(1), approve(1)]);
    let consumed = approved.apply(&Event::Redeem, at(50)).unwrap();
    assert_eq!(consumed.apply(&Event::Redeem, at(60)), Ok(consumed.clone()));
    assert_eq!(refusal(&consumed, &Event::Redeem, 10 + REDEEMABLE), Some(Refusal::Expired));
    assert_eq!(refusal(&after(&[claim(1), reject(1)]), &Event::Redeem, 50), Some(Refusal::NotApproved));
}

#[test]
fn an_approval_just_before_expiry_can_still_be_redeemed() {
    let approved = after(&[claim(1)]).apply(&approve(1), at(EXPIRY - 1)).unwrap();
    assert_eq!(refusal(&approved, &Event::Redeem, EXPIRY + REDEEMABLE - 2), None);
}

#[test]
fn another_screen_cannot_poll() {
    let wrong = DeviceCode::from_random([5; 32]);
    assert_eq!(fresh().proves_screen(&wrong), Err(Refusal::UnknownChallenge));
    assert_eq!(fresh().proves_screen(&DeviceCode::from_random([4; 32])), Ok(()));
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (1_u8..4).prop_map(claim),
        (1_u8..4).prop_map(approve),
        (1_u8..4).prop_map(reject),
        Just(Event::Redeem),
        Just(Event::Withdraw(Withdrawal::Superseded)),
        Just(Event::Withdraw(Withdrawal::Cancelled)),
    ]
}

fn rank(state: &State) -> u8 {
    match state {
        State::Unclaimed => 0,
        State::Claimed { .. } => 1,
        State::Approved { .. } | State::Rejected { .. } => 2,
        State::Consumed { .. } => 3,
    }
}

proptest! {
    /// Any events in any order at any time: states only move forward, the holder never changes, a decision
    /// never flips, and an event that succeeded changes nothing when it comes again.
    #[test]
    fn no_schedule_breaks_the_arrows(events in proptest::collection::vec((any_event(), 0_i64..EXPIRY * 2), 0..40)) {
        let mut challenge = fresh();
        for (event, millis) in events {
            let before = challenge.clone();
            if let Ok(next) = challenge.apply(&event, at(millis)) {
                challenge = next;
                prop_assert_eq!(challenge.apply(&event, at(millis)), Ok(challenge.clone()));
            }
            prop_assert!(rank(&challenge.state) >= rank(&before.state));
            if before.state.holder().is_some() {
                prop_assert_eq!(challenge.state.holder(), before.state.holder());
            }
            if rank(&before.state) >= 2 {
                prop_assert_eq!(challenge.state.approval(), before.state.approval());
            }
            if before.withdrawn.is_some() {
                prop_assert_eq!(challenge.withdrawn, before.withdrawn);
            }
        }
    }
}
