mod arrows;
mod lapses;
mod numbers;
mod tokens;

use super::*;
use crate::action::{Action, ActionState};
use crate::credential::Holder;
use crate::id::{CallId, ConnectionId, CredentialId};
use crate::tenant::settings::Rules;
use crate::verification_code::VerificationCode;

const EXPIRY: i64 = 600_000;
const REDEEMABLE: i64 = 300_000;
const DECIDE: i64 = 120_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn call(n: u8) -> CallId {
    CallId::from_random([n; 16])
}

fn phone(n: u8) -> Holder {
    Holder { user: UserId::parse(format!("user-{n}")).unwrap(), credential: CredentialId::from_random([n; 16]) }
}

fn r(n: u8) -> SignatureR {
    SignatureR::from_text(&crate::base64::encode_url(&[n; 32])).unwrap()
}

fn socket(n: u8) -> ConnectionId {
    ConnectionId::parse(format!("socket-{n}")).unwrap()
}

fn code() -> DeviceCode {
    DeviceCode::from_random([4; 32])
}

/// The challenge of a polling screen.
pub(crate) fn fresh() -> Challenge {
    Challenge {
        id: ChallengeId::from_random([1; 16]),
        tenant: TenantId::from_random([2; 16]),
        action: ActionCode::parse("login").unwrap(),
        idempotency_key: IdempotencyKey::from_random([3; 16]),
        custom: Custom::from_text(r#"{"amount":"1 EUR"}"#),
        context: Context { user_agent: Some("screen".to_owned()), ..Context::default() },
        subject: None,
        screen: Screen::polling(code().digest()),
        created_at: at(0),
        expires_at: at(EXPIRY),
        redeemable_ms: REDEEMABLE,
        token_ms: 120_000,
        sight: None,
        near_km: 50,
        shows_number: false,
        is_backends: false,
        withdrawn: None,
        successor: None,
        claim: None,
        spent: Vec::new(),
        short_code: None,
        application: None,
        taken_for: None,
        state: State::Unclaimed,
    }
}

fn on_socket() -> Challenge {
    Challenge { screen: Screen::Socket(socket(1)), ..fresh() }
}

fn resumable() -> Challenge {
    Challenge { screen: Screen::resumable(code().digest(), socket(1)), ..fresh() }
}

fn own() -> Challenge {
    Challenge { screen: Screen::TrustedDevice, action: ActionCode::parse(TRUSTED_DEVICE_ACTION).unwrap(), ..fresh() }
}

fn after(start: Challenge, events: &[Event]) -> Challenge {
    events.iter().fold(start, |challenge, event| challenge.apply(event, at(10)).unwrap())
}

fn claim_of(n: u8, r: SignatureR) -> Claim {
    Claim { by: phone(n), r, seen: None, code: VerificationCode::parse("47").unwrap(), decide_ms: DECIDE }
}

fn claim(n: u8) -> Event {
    Event::Claim(claim_of(n, r(n)))
}

fn approve(n: u8) -> Event {
    Event::Decide(phone(n), Decision::Approve, Some(r(100 + n)))
}

fn reject(n: u8) -> Event {
    Event::Decide(phone(n), Decision::Reject, Some(r(100 + n)))
}

fn take_back(n: u8) -> Event {
    Event::TakeBack { by: phone(n), at: at(10) }
}

fn leave(n: u8) -> Event {
    Event::Leave(socket(n))
}

fn resume(n: u8) -> Event {
    Event::Resume(code().digest(), Some(socket(n)))
}

fn tracked(user: u8, key: &str) -> Action {
    Action {
        name: ActionName {
            tenant: fresh().tenant,
            user: phone(user).user,
            code: ActionCode::parse("pay").unwrap(),
            idempotency_key: IdempotencyKey::parse(key).unwrap(),
        },
        state: ActionState::ChallengeRequired,
        state_updated_at: at(0),
        created_at: at(0),
        expires_at: at(1_000_000),
        custom: None,
        context: Context::default(),
        verified_by: None,
        decided_in: None,
        newest: None,
        trace: None,
    }
}

fn bind(user: u8) -> Event {
    Event::Bind(Box::new(tracked(user, "order-1")))
}

fn refusal(challenge: &Challenge, event: &Event, millis: i64) -> Option<Refusal> {
    challenge.apply(event, at(millis)).err()
}

#[test]
fn second_phone_cannot_claim() {
    assert_eq!(refusal(&after(fresh(), &[claim(1)]), &claim(2), 20), Some(Refusal::AlreadyClaimed));
}

#[test]
fn a_lost_reply_does_not_lose_the_claim() {
    let claimed = after(fresh(), &[claim(1)]);
    assert_eq!(claimed.apply(&claim(1), at(20)), Ok(claimed.clone()));
}

#[test]
fn a_claim_may_be_repeated_after_the_decision() {
    let approved = after(fresh(), &[claim(1), approve(1)]);
    assert_eq!(approved.apply(&claim(1), at(EXPIRY + 1)), Ok(approved.clone()));
}

#[test]
fn only_the_claimer_decides() {
    let claimed = after(fresh(), &[claim(1)]);
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
    let approved = after(fresh(), &[claim(1), approve(1)]);
    assert_eq!(refusal(&approved, &reject(1), 20), Some(Refusal::AlreadyDecided));
    assert_eq!(approved.apply(&approve(1), at(99)), Ok(approved.clone()));
    let rejected = after(fresh(), &[claim(1), reject(1)]);
    assert_eq!(refusal(&rejected, &approve(1), 20), Some(Refusal::AlreadyDecided));
    assert_eq!(rejected.apply(&reject(1), at(99)), Ok(rejected.clone()));
}

#[test]
fn expiry_is_exact_to_the_millisecond() {
    let claimed = fresh().apply(&claim(1), at(EXPIRY - 2)).unwrap();
    assert_eq!(refusal(&fresh(), &claim(1), EXPIRY - 1), None);
    assert_eq!(refusal(&fresh(), &claim(1), EXPIRY), Some(Refusal::Expired));
    assert_eq!(refusal(&claimed, &approve(1), EXPIRY - 1), None);
    assert_eq!(refusal(&claimed, &approve(1), EXPIRY), Some(Refusal::Expired));
    assert_eq!(refusal(&claimed, &claim(1), EXPIRY), Some(Refusal::Expired));
}

#[test]
fn a_withdrawn_challenge_can_be_neither_claimed_nor_decided() {
    for (why, expected) in [(Withdrawal::Superseded, Refusal::Superseded), (Withdrawal::Cancelled, Refusal::Cancelled)]
    {
        let withdraw = Event::Withdraw(why);
        assert_eq!(refusal(&after(fresh(), std::slice::from_ref(&withdraw)), &claim(1), 20), Some(expected));
        let claimed = after(fresh(), &[claim(1), withdraw]);
        for event in [claim(1), approve(1), reject(1)] {
            assert_eq!(refusal(&claimed, &event, 20), Some(expected));
        }
    }
}

#[test]
fn a_withdrawal_leaves_an_approval() {
    let approved = after(fresh(), &[claim(1), approve(1), Event::Withdraw(Withdrawal::Superseded)]);
    assert_eq!(refusal(&approved, &Event::Redeem(None), 20), None);
}

#[test]
fn a_screen_that_cannot_come_back_leaves_for_good() {
    for events in [&[][..], &[claim(1)]] {
        let left = after(after(on_socket(), events), &[leave(1)]);
        assert_eq!(left.withdrawn, Some(Withdrawal::Cancelled));
        assert_eq!(left.apply(&resume(2), at(20)), Err(Refusal::UnknownChallenge));
    }
}

#[test]
fn another_socket_that_closes_withdraws_nothing() {
    for challenge in [on_socket(), resumable(), fresh(), own()] {
        assert_eq!(after(challenge.clone(), &[leave(2)]), challenge);
    }
    let resumed = after(resumable(), &[leave(1), resume(2)]);
    assert_eq!(after(resumed.clone(), &[leave(1)]), resumed);
}

#[test]
fn a_code_can_be_claimed_until_its_screen_is_away_for_a_minute() {
    let away = after(resumable(), &[leave(1)]);
    assert_eq!(refusal(&away, &claim(1), 10 + GRACE_MS - 1), None);
    assert_eq!(refusal(&away, &claim(1), 10 + GRACE_MS), Some(Refusal::Cancelled));
    let back = away.apply(&resume(2), at(10 + 2 * GRACE_MS)).unwrap();
    assert_eq!(refusal(&back, &claim(1), 11 + 2 * GRACE_MS), None);
}

#[test]
fn a_claim_stands_while_its_screen_is_away() {
    let away = after(resumable(), &[claim(1), leave(1)]);
    assert_eq!(refusal(&away, &approve(1), 10 + DECIDE - 1), None);
}

#[test]
fn only_the_code_resumes_a_challenge() {
    let wrong = Event::Resume(DeviceCode::from_random([5; 32]).digest(), Some(socket(2)));
    for challenge in [resumable(), fresh()] {
        assert_eq!(refusal(&challenge, &wrong, 20), Some(Refusal::UnknownChallenge));
        assert_eq!(refusal(&challenge, &resume(2), 20), None);
    }
    assert_eq!(refusal(&on_socket(), &resume(2), 20), Some(Refusal::UnknownChallenge));
}

#[test]
fn a_resumed_screen_hears_on_its_new_socket() {
    let resumed = after(resumable(), &[claim(1), resume(2)]);
    assert_eq!(resumed.screen.socket(), Some(&socket(2)));
    assert_eq!(after(resumed, &[leave(2)]).screen.socket(), None);
}

#[test]
fn an_approval_nobody_could_hear_is_taken_back_for_good() {
    let cancelled = after(on_socket(), &[claim(1), approve(1), take_back(1)]);
    for event in [claim(1), approve(1), reject(1), Event::Hold(call(1))] {
        assert_eq!(refusal(&cancelled, &event, 20), Some(Refusal::Cancelled));
    }
    assert_eq!(refusal(&cancelled, &Event::Redeem(None), 20), Some(Refusal::NotApproved));
}

#[test]
fn an_approval_that_somebody_has_is_not_taken_back() {
    for since in [Event::Settle, Event::Redeem(None)] {
        let stands = after(on_socket(), &[claim(1), approve(1), since]);
        assert_eq!(refusal(&stands, &take_back(1), 20), Some(Refusal::AlreadyDecided));
    }
    let other_decision = Event::TakeBack { by: phone(1), at: at(11) };
    assert_eq!(
        refusal(&after(on_socket(), &[claim(1), approve(1)]), &other_decision, 20),
        Some(Refusal::AlreadyDecided)
    );
}

#[test]
fn an_approval_that_every_call_found_unheard_is_taken_back_by_the_last() {
    let made = after(on_socket(), &[claim(1), approve(1)]);
    let (one, two) = (call(1), call(2));
    for order in [
        [Event::Hold(one), Event::Hold(two), take_back(1), Event::Release(one), Event::Release(two)],
        [Event::Hold(one), take_back(1), Event::Hold(two), Event::Release(two), Event::Release(one)],
        [Event::Hold(one), Event::Release(one), Event::Hold(two), take_back(1), Event::Release(two)],
        [Event::Hold(one), Event::Release(one), Event::Hold(two), Event::Release(two), take_back(1)],
    ] {
        let before_last = after(made.clone(), &order[..4]);
        assert!(matches!(before_last.state, State::Approved { .. }), "{order:?}");
        assert!(matches!(after(before_last, &order[4..]).state, State::Cancelled { .. }), "{order:?}");
    }
}

#[test]
fn an_approval_is_not_taken_back_while_a_call_is_telling_the_screen_nor_after_it_may_have_heard() {
    let made = after(on_socket(), &[claim(1), approve(1)]);
    let (one, two) = (call(1), call(2));
    for order in [
        vec![Event::Hold(one), take_back(1)],
        vec![Event::Hold(one), Event::Hold(two), take_back(1), Event::Release(one)],
        vec![Event::Hold(one), take_back(1), Event::Release(two)],
        vec![Event::Hold(one), Event::Hold(two), take_back(1), Event::Settle, Event::Release(one), Event::Release(two)],
    ] {
        assert!(after(made.clone(), &order).state.approval().is_some(), "{order:?}");
    }
}

#[test]
fn an_approval_that_the_call_that_made_it_may_have_told_stands_though_others_find_the_screen_gone() {
    let released = [claim(1), approve(1), Event::Hold(call(1)), Event::Release(call(1))];
    assert_eq!(after(on_socket(), &released), after(on_socket(), &[claim(1), approve(1)]));
}

#[test]
fn only_so_many_calls_repeat_an_approval_at_once() {
    let calls = (1..=8).map(|n| Event::Hold(call(n)));
    let full = after(on_socket(), &[vec![claim(1), approve(1)], calls.collect()].concat());
    assert_eq!(refusal(&full, &Event::Hold(call(9)), 20), Some(Refusal::TooManyRequests));
    assert_eq!(refusal(&full, &Event::Hold(call(8)), 20), None);
    assert_eq!(refusal(&after(full, &[Event::Release(call(1))]), &Event::Hold(call(9)), 20), None);
}

#[test]
fn what_its_screen_can_still_fetch_is_not_taken_back() {
    for challenge in [fresh(), resumable()] {
        let approved = after(challenge, &[claim(1), approve(1)]);
        assert_eq!(refusal(&approved, &take_back(1), 20), Some(Refusal::AlreadyDecided));
    }
}

#[test]
fn a_claims_signature_approves_nothing() {
    let claimed = after(fresh(), &[claim(1), Event::Claim(claim_of(1, r(2)))]);
    for copied in [r(1), r(2)] {
        for decision in [Decision::Approve, Decision::Reject] {
            let replay = Event::Decide(phone(1), decision, Some(copied));
            assert_eq!(refusal(&claimed, &replay, 20), Some(Refusal::SpentSignature));
        }
        let unchecked = Event::Decide(phone(1), Decision::Approve, None);
        assert_eq!(refusal(&claimed, &unchecked, 20), None);
    }
}

#[test]
fn so_many_claims_are_remembered_and_no_more() {
    let claims: Vec<Event> = (0..u8::try_from(MAX_CLAIMS).unwrap()).map(|n| Event::Claim(claim_of(1, r(n)))).collect();
    let claimed = after(fresh(), &claims);
    assert_eq!(refusal(&claimed, &Event::Claim(claim_of(1, r(200))), 20), Some(Refusal::TooManyRequests));
    assert_eq!(refusal(&claimed, &claims[0], 20), None);
}

#[test]
fn a_revoked_claimer_gives_way() {
    let take_over = Event::TakeOver { claim: claim_of(2, r(2)), from: phone(1) };
    let taken = after(fresh(), &[claim(1), take_over.clone()]);
    assert_eq!(taken.state, State::Claimed { by: phone(2), at: at(10) });
    assert_eq!(taken.spent, [r(2)]);
    let decided = after(fresh(), &[claim(1), approve(1)]);
    assert_eq!(refusal(&decided, &take_over, 20), Some(Refusal::AlreadyClaimed));
    assert_eq!(refusal(&after(fresh(), &[claim(3)]), &take_over, 20), Some(Refusal::AlreadyClaimed));
}

#[test]
fn what_a_revoked_credential_approved_counts_for_nothing() {
    let revoke = Event::Revoke(phone(1).credential);
    for events in [&[claim(1), approve(1)][..], &[claim(1), approve(1), Event::Redeem(None)]] {
        let revoked = after(after(fresh(), events), std::slice::from_ref(&revoke));
        assert_eq!(refusal(&revoked, &Event::Redeem(None), 20), Some(Refusal::NotApproved));
        assert_eq!(Standing::without_approval(&revoked, &Rules::default(), at(20)), Standing::Rejected);
    }
    let approved = after(fresh(), &[claim(1), approve(1)]);
    assert_eq!(after(approved.clone(), &[Event::Revoke(phone(2).credential)]), approved);
}

#[test]
fn a_binding_leaves_nothing_of_the_screens_words() {
    let bound = after(fresh(), &[bind(1)]);
    assert_eq!((bound.custom, bound.subject), (None, Some(phone(1).user)));
    let said = Action {
        custom: Custom::from_text(r#"{"amount":"5 EUR"}"#),
        context: Context { user_agent: Some("backend".to_owned()), ..Context::default() },
        ..tracked(1, "order-1")
    };
    let bound = after(fresh(), &[Event::Bind(Box::new(said.clone()))]);
    assert_eq!((bound.custom, bound.context.user_agent), (said.custom, said.context.user_agent));
}

#[test]
fn a_backend_names_the_action_of_an_own_challenge_once() {
    let named = |action: &str| Event::Redeem(Some(ActionCode::parse(action).unwrap()));
    let taken = after(own(), &[approve(1), named("pay")]);
    assert_eq!(taken.counts_for().as_str(), "pay");
    assert_eq!(refusal(&taken, &named("login"), 20), Some(Refusal::OtherAction));
    assert_eq!(refusal(&taken, &named(TRUSTED_DEVICE_ACTION), 20), Some(Refusal::OtherAction));
    assert_eq!(refusal(&after(fresh(), &[claim(1), approve(1)]), &named("pay"), 20), Some(Refusal::OtherAction));
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
    let approved = after(fresh(), &[claim(1), approve(1)]);
    let consumed = approved.apply(&Event::Redeem(None), at(50)).unwrap();
    assert_eq!(consumed.apply(&Event::Redeem(None), at(60)), Ok(consumed.clone()));
    assert_eq!(refusal(&consumed, &Event::Redeem(None), 10 + REDEEMABLE), Some(Refusal::Expired));
    assert_eq!(refusal(&after(fresh(), &[claim(1), reject(1)]), &Event::Redeem(None), 50), Some(Refusal::NotApproved));
}

#[test]
fn an_approval_just_before_expiry_can_still_be_redeemed() {
    let claimed = fresh().apply(&claim(1), at(EXPIRY - 2)).unwrap();
    let approved = claimed.apply(&approve(1), at(EXPIRY - 1)).unwrap();
    assert_eq!(refusal(&approved, &Event::Redeem(None), EXPIRY + REDEEMABLE - 2), None);
}

#[test]
fn another_screen_cannot_poll() {
    let wrong = DeviceCode::from_random([5; 32]);
    assert_eq!(fresh().check_screen(&wrong), Err(Refusal::UnknownChallenge));
    assert_eq!(fresh().check_screen(&DeviceCode::from_random([4; 32])), Ok(()));
}
