use super::*;
use crate::challenge::tests::fresh;
use crate::challenge::{Claim, Event};
use crate::context::{Context, Location, Told};
use crate::credential::Holder;
use crate::id::UserId;
use crate::key::SignatureR;
use crate::proximity::{Proximity, Sight};
use crate::verification_code::VerificationCode;

const APPROVED: Judged = Judged { decision: Decision::Approve, wrong_code: false };
const REJECTED: Judged = Judged { decision: Decision::Reject, wrong_code: false };

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn by() -> CredentialId {
    CredentialId::from_random([7; 16])
}

fn of(challenge: &Challenge, judged: Judged) -> DecisionTrace {
    DecisionTrace::of(challenge, by(), judged, false, at(9))
}

fn seen() -> Challenge {
    let place = Location::observed(Some("Auckland"), Some("AUK"), Some("NZ"));
    let context = Context::observed(Some("203.0.113.7"), Some("Kiosk/1.0"), place);
    let sight = Sight::observed(Some("203.0.113.7"), Some("NZ"), None, None);
    Challenge { context: context.with_origin(Some("https://shop.example")), sight, ..fresh() }
}

fn claimed() -> Challenge {
    let claim = Claim {
        by: Holder { user: UserId::parse("ann").unwrap(), credential: by() },
        r: SignatureR::from_text(&crate::base64::encode_url(&[1; 32])).unwrap(),
        seen: Sight::observed(Some("203.0.113.9"), Some("NZ"), None, None),
        code: VerificationCode::from_random([1; 8]),
        decide_ms: 60_000,
    };
    seen().apply(&Event::Claim(claim), at(5)).unwrap()
}

#[test]
fn a_trace_tells_the_claim_the_decision_and_the_screens_network() {
    let expected = DecisionTrace {
        challenge: claimed().id,
        credential: by(),
        claimed_at: Some(at(5)),
        decided_at: at(9),
        approved: false,
        proximity: Some(claimed().proximity_of(claimed().claim.unwrap().seen.as_ref())),
        number_right: None,
        network: Some("203.0.113.0/24".to_owned()),
        country: Some("NZ".to_owned()),
        origin: Some("https://shop.example".to_owned()),
        user_agent: Some("Kiosk/1.0".to_owned()),
        application: None,
    };
    assert_eq!(of(&claimed(), REJECTED), expected);
    assert_ne!(expected.proximity, Some(Proximity::Unknown));
    let unclaimed = of(&seen(), APPROVED);
    assert_eq!((unclaimed.claimed_at, unclaimed.proximity, unclaimed.approved), (None, None, true));
}

#[test]
fn a_number_is_told_if_one_was_typed() {
    let told = |judged, asks| DecisionTrace::of(&claimed(), by(), judged, asks, at(9)).number_right;
    assert_eq!((told(APPROVED, true), told(APPROVED, false)), (Some(true), None));
    assert_eq!((told(REJECTED, true), told(REJECTED, false)), (None, None));
    assert_eq!(told(Judged { wrong_code: true, ..REJECTED }, true), Some(false));
}

#[test]
fn what_a_backend_told_is_no_trace_of_the_screen() {
    let told = Context { told: Told { ip_address: true, user_agent: true }, ..seen().context };
    let ours = of(&Challenge { context: told.clone(), ..seen() }, APPROVED);
    assert_eq!((ours.network.as_deref(), ours.user_agent), (Some("203.0.113.0/24"), None));
    let unseen = of(&Challenge { context: told, sight: None, ..fresh() }, APPROVED);
    assert_eq!((unseen.network, unseen.country.as_deref()), (None, Some("NZ")));
}

#[test]
fn what_is_stored_of_a_decision_holds_neither_address_nor_town_nor_user() {
    let stored = serde_json::to_string(&of(&claimed(), APPROVED)).unwrap();
    for private in ["203.0.113.7", "203.0.113.9", "Auckland", "AUK", "ann"] {
        assert!(!stored.contains(private), "{private} in {stored}");
    }
}

#[test]
fn a_stored_trace_comes_back_and_its_members_may_be_absent() {
    for challenge in [claimed(), seen(), fresh()] {
        let trace = of(&challenge, APPROVED);
        let stored = serde_json::to_string(&trace).unwrap();
        assert!(!stored.contains("null"), "{stored}");
        assert_eq!(serde_json::from_str::<DecisionTrace>(&stored).unwrap(), trace);
    }
}

#[test]
fn a_long_user_agent_is_cut() {
    let context = Context { user_agent: Some("a".repeat(512)), ..seen().context };
    let trace = of(&Challenge { context, ..fresh() }, APPROVED);
    assert_eq!(trace.user_agent, Some("a".repeat(MAX_USER_AGENT)));
}
