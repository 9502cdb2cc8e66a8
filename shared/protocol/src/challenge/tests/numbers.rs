//! The number on the screen, and what else the rules of an action demand.

use super::*;
use crate::proximity::{Proximity, Sight};
use crate::tenant::settings::{DistanceRule, NumberEntry};
use crate::verification_code::TypedCode;

const REQUIRED: Rules = Rules {
    number_entry: NumberEntry::Required,
    distance: DistanceRule::Tell,
    backend_challenges_only: false,
    claim_first: false,
};
const OPTIONAL: Rules = Rules { number_entry: NumberEntry::Optional, ..REQUIRED };
const OFF: Rules = Rules { number_entry: NumberEntry::Off, ..REQUIRED };
const AT_A_DISTANCE: Rules = Rules { distance: DistanceRule::Number, ..OPTIONAL };

fn sight(country: &str) -> Option<Sight> {
    Sight::observed(None, Some(country), None, None)
}

/// A challenge that a phone in this country claimed. The screen is in New Zealand.
fn claimed_in(country: &str) -> Challenge {
    let claim = Claim { seen: sight(country), ..claim_of(1, r(1)) };
    after(Challenge { sight: sight("NZ"), ..fresh() }, &[Event::Claim(claim)])
}

fn asks(challenge: &Challenge, rules: Rules) -> bool {
    challenge.asked_code(&rules).is_some()
}

fn approved_with(typed: &str, rules: Rules) -> Result<Judged, Refusal> {
    claimed_in("NZ").judged(Decision::Approve, TypedCode::read(typed), &rules)
}

#[test]
fn the_right_number_approves() {
    let approved = Judged { decision: Decision::Approve, wrong_code: false };
    assert_eq!(approved_with("47", REQUIRED), Ok(approved));
}

#[test]
fn a_wrong_number_declines() {
    let declined = Judged { decision: Decision::Reject, wrong_code: true };
    assert_eq!(approved_with("48", REQUIRED), Ok(declined));
    assert_eq!(approved_with("none", REQUIRED), Ok(declined));
}

#[test]
fn a_missing_number_decides_nothing() {
    assert_eq!(approved_with("", REQUIRED), Err(Refusal::VerificationCodeNeeded));
}

#[test]
fn nobody_needs_a_number_to_decline() {
    let declined = claimed_in("NZ").judged(Decision::Reject, None, &REQUIRED);
    assert_eq!(declined, Ok(Judged { decision: Decision::Reject, wrong_code: false }));
}

#[test]
fn a_number_that_nobody_asked_for_is_ignored() {
    assert_eq!(approved_with("48", OFF), Ok(Judged { decision: Decision::Approve, wrong_code: false }));
}

#[test]
fn an_optional_number_is_asked_for_where_the_screen_shows_it() {
    let plain = claimed_in("NZ");
    assert!(!asks(&plain, OPTIONAL));
    assert!(asks(&Challenge { shows_number: true, ..plain.clone() }, OPTIONAL));
    assert!(!asks(&Challenge { shows_number: true, ..plain }, OFF));
}

#[test]
fn a_phone_that_is_far_is_asked_where_the_distance_demands_it() {
    for (country, expected) in [("NZ", false), ("AU", true)] {
        assert_eq!(asks(&claimed_in(country), AT_A_DISTANCE), expected, "{country}");
    }
    assert_eq!(claimed_in("AU").proximity(), Some(Proximity::Far));
    assert!(!asks(&claimed_in("AU"), OPTIONAL));
}

#[test]
fn an_unknown_distance_demands_nothing() {
    let claimed = after(Challenge { sight: sight("NZ"), ..fresh() }, &[claim(1)]);
    assert_eq!(claimed.proximity(), Some(Proximity::Unknown));
    assert!(!asks(&claimed, AT_A_DISTANCE));
}

#[test]
fn nobody_asks_before_a_claim() {
    assert!(!asks(&fresh(), REQUIRED));
    assert_eq!(fresh().proximity(), None);
}

#[test]
fn rules_on_number_distance_or_claim_allow_no_approval_without_a_claim() {
    let known = Challenge { subject: Some(phone(1).user), ..fresh() };
    for (rules, expected) in [
        (OFF, Ok(Decision::Approve)),
        (OPTIONAL, Ok(Decision::Approve)),
        (REQUIRED, Err(Refusal::NotClaimed)),
        (Rules { claim_first: true, ..OFF }, Err(Refusal::NotClaimed)),
        (Rules { distance: DistanceRule::Deny, ..OFF }, Err(Refusal::NotClaimed)),
        (Rules { distance: DistanceRule::Number, ..OPTIONAL }, Err(Refusal::NotClaimed)),
    ] {
        assert_eq!(known.judged(Decision::Approve, None, &rules).map(|judged| judged.decision), expected, "{rules:?}");
        assert!(known.judged(Decision::Reject, None, &rules).is_ok());
    }
}

#[test]
fn an_optional_number_allows_no_approval_without_a_claim_where_the_screen_shows_it() {
    let known = Challenge { subject: Some(phone(1).user), shows_number: true, ..fresh() };
    assert_eq!(known.judged(Decision::Approve, None, &OPTIONAL), Err(Refusal::NotClaimed));
}

#[test]
fn a_trusted_devices_own_challenge_has_no_number() {
    assert!(own().judged(Decision::Approve, None, &REQUIRED).is_ok());
}

#[test]
fn a_screen_that_shows_no_number_may_not_ask_where_one_is_required() {
    assert_eq!(fresh().check_may_ask(&REQUIRED), Err(Refusal::NumberNotShown));
    assert_eq!(fresh().check_may_ask(&OPTIONAL), Ok(()));
    assert_eq!(Challenge { shows_number: true, ..fresh() }.check_may_ask(&REQUIRED), Ok(()));
    assert_eq!(own().check_may_ask(&REQUIRED), Ok(()));
}

#[test]
fn a_screens_challenge_does_not_count_where_a_backend_must_begin() {
    let rules = Rules { backend_challenges_only: true, ..OFF };
    assert_eq!(fresh().check_may_count(&rules), Err(Refusal::BackendChallengeNeeded));
    assert_eq!(fresh().check_may_count(&OFF), Ok(()));
    assert_eq!(Challenge { is_backends: true, ..fresh() }.check_may_count(&rules), Ok(()));
}

#[test]
fn binding_does_not_make_a_challenge_a_backends() {
    assert!(!after(fresh(), &[bind(1)]).is_backends);
    let taken = own().taken_for_action(&tracked(1, "order-1")).unwrap();
    assert!(taken.is_backends);
}
