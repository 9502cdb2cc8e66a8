//! Any events in any order.

use proptest::prelude::*;

use super::super::MAX_CLAIMS;
use super::*;

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (1_u8..4, 1_u8..4).prop_map(|(n, signature)| Event::Claim(claim_of(n, r(signature)))),
        (1_u8..4).prop_map(approve),
        (1_u8..4).prop_map(reject),
        (1_u8..4, 1_u8..4).prop_map(|(n, copied)| Event::Decide(phone(n), Decision::Approve, Some(r(copied)))),
        (1_u8..4, 1_u8..4).prop_map(|(n, from)| Event::TakeOver { claim: claim_of(n, r(n)), from: phone(from) }),
        (1_u8..4, 0_i64..EXPIRY).prop_map(|(n, millis)| Event::TakeBack { by: phone(n), at: at(millis) }),
        (1_u8..4).prop_map(|n| Event::Revoke(phone(n).credential)),
        (1_u8..12).prop_map(|n| Event::Hold(call(n))),
        (1_u8..12).prop_map(|n| Event::Release(call(n))),
        Just(Event::Settle),
        Just(Event::Redeem(None)),
        prop_oneof!["pay", "login"].prop_map(|action| Event::Redeem(Some(ActionCode::parse(action).unwrap()))),
        (1_u8..4).prop_map(bind),
        (1_u8..4).prop_map(leave),
        (1_u8..4).prop_map(resume),
        Just(Event::Resume(code().digest(), None)),
        Just(Event::Withdraw(Withdrawal::Superseded)),
        Just(Event::Withdraw(Withdrawal::Cancelled)),
    ]
}

fn any_start() -> impl Strategy<Value = Challenge> {
    let known = |n: u8| Challenge { subject: Some(phone(n).user), ..on_socket() };
    prop_oneof![
        Just(fresh()),
        Just(on_socket()),
        Just(resumable()),
        Just(own()),
        Just(known(1)),
        Just(Challenge { screen: Screen::TrustedDevice, ..known(2) }),
    ]
}

fn rank(state: &State) -> u8 {
    match state {
        State::Unclaimed => 0,
        State::Claimed { .. } => 1,
        State::Approved { hold: Hold::Free | Hold::Repeated { .. }, .. } => 2,
        State::Approved { hold: Hold::Settled, .. } | State::Rejected { .. } => 3,
        State::Consumed { .. } => 4,
        State::Cancelled { .. } | State::Revoked { .. } => 5,
    }
}

proptest! {
    /// Any events in any order at any time, for any screen and subject. States only move forward, only a take-over
    /// changes the holder, and a decision never flips. An event that succeeded changes nothing when it comes again.
    #[test]
    fn no_schedule_breaks_the_arrows(
        start in any_start(),
        events in proptest::collection::vec((any_event(), 0_i64..EXPIRY * 2), 0..40),
    ) {
        let mut challenge = start;
        for (event, millis) in events {
            let before = challenge.clone();
            if let Ok(next) = challenge.apply(&event, at(millis)) {
                challenge = next;
                prop_assert_eq!(challenge.apply(&event, at(millis)), Ok(challenge.clone()));
            }
            prop_assert!(rank(&challenge.state) >= rank(&before.state));
            if before.state.holder().is_some() && !matches!(event, Event::TakeOver { .. }) {
                prop_assert_eq!(challenge.state.holder(), before.state.holder());
            }
            if before.state.approval().is_some() && challenge.state.approval().is_some() {
                prop_assert_eq!(challenge.state.approval(), before.state.approval());
            }
            if rank(&before.state) >= 2 && before.state.approval().is_none() {
                prop_assert_eq!(&challenge.state, &before.state);
            }
            if before.withdrawn.is_some() {
                prop_assert_eq!(challenge.withdrawn, before.withdrawn);
            }
            if before.subject.is_some() {
                prop_assert_eq!(&challenge.subject, &before.subject);
                prop_assert_eq!(&challenge.custom, &before.custom);
            }
            if before.taken_for.is_some() {
                prop_assert_eq!(&challenge.taken_for, &before.taken_for);
            }
            prop_assert!(challenge.spent.len() <= MAX_CLAIMS);
            if before.claim.is_some() && !matches!(event, Event::TakeOver { .. }) {
                prop_assert_eq!(&challenge.claim, &before.claim);
            }
            // A screen that was told of a lapse hears of no claim or approval later.
            if before.is_over_for_screen(at(millis)) && matches!(before.state, State::Claimed { .. }) {
                prop_assert_eq!(&challenge.state, &before.state);
            }
        }
    }
}
