//! A claim that nobody decides.

use super::*;

fn claimed() -> Challenge {
    after(fresh(), &[claim(1)])
}

/// [`after`] applies its events at 10 ms.
const LAPSE: i64 = 10 + DECIDE;

#[test]
fn a_claimer_may_decide_until_the_last_millisecond() {
    assert_eq!(refusal(&claimed(), &approve(1), LAPSE - 1), None);
    assert_eq!(refusal(&claimed(), &approve(1), LAPSE), Some(Refusal::Lapsed));
    assert_eq!(refusal(&claimed(), &reject(1), LAPSE), Some(Refusal::Lapsed));
}

#[test]
fn a_repeated_claim_gives_no_more_time() {
    let again = claimed().apply(&Event::Claim(claim_of(1, r(9))), at(60_000)).unwrap();
    assert_eq!(again.claim, claimed().claim);
    assert_eq!(refusal(&again, &claim(1), LAPSE), Some(Refusal::Lapsed));
}

#[test]
fn nobody_takes_over_a_claim_that_has_lapsed() {
    let take_over = Event::TakeOver { claim: claim_of(2, r(2)), from: phone(1) };
    assert_eq!(refusal(&claimed(), &take_over, LAPSE - 1), None);
    assert_eq!(refusal(&claimed(), &take_over, LAPSE), Some(Refusal::Lapsed));
}

#[test]
fn a_decision_without_a_claim_has_the_challenges_whole_life() {
    let known = Challenge { subject: Some(phone(1).user), ..fresh() };
    assert_eq!(refusal(&known, &approve(1), EXPIRY - 1), None);
}

#[test]
fn a_screen_is_told_of_a_lapse_only_when_no_decision_can_be_under_way() {
    let standing = |millis| Standing::without_approval(&claimed(), &Rules::default(), at(millis));
    assert!(matches!(standing(LAPSE + LAPSE_MARGIN_MS - 1), Standing::Claimed(_)));
    assert_eq!(standing(LAPSE + LAPSE_MARGIN_MS), Standing::Rejected);
}

#[test]
fn a_lapsed_challenge_is_not_pending() {
    assert!(claimed().is_pending(at(LAPSE - 1)));
    assert!(!claimed().is_pending(at(LAPSE)));
}
