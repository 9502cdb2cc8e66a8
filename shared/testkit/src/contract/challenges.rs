//! Challenges until they are claimed.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionName};
use scanlatch_protocol::challenge::{Challenge, Claim, Decision, Event, MAX_CLAIMS, Screen, State, Withdrawal};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::ActionCode;
use scanlatch_protocol::proximity::Sight;
use scanlatch_protocol::verification_code::VerificationCode;

use crate::scene::{
    DECIDE_MS, LIFE_MS, action, at, challenge, claim, claimed, claimed_late, claiming, connection, create, credential,
    enrolled, refusal, signed, stored, tenant, user,
};
use crate::store::Store;

/// Every part survives, for both kinds of screen.
pub async fn a_challenge_comes_back_as_it_was_stored(store: &impl Store) {
    let tenant = tenant();
    let full = Challenge { subject: Some(user("a#b|c d")), ..challenge(tenant) };
    let bare = Challenge {
        custom: None,
        context: Context::default(),
        screen: Screen::Socket(connection(tenant).id),
        ..challenge(tenant)
    };
    for challenge in [full, bare] {
        create(store, &challenge).await.unwrap();
        assert_eq!(stored(store, &challenge).await, challenge);
    }
}

/// A retry after a lost reply does not undo later steps.
pub async fn storing_a_challenge_twice_changes_nothing(store: &impl Store) {
    let (claimed, _) = claimed(store).await;
    let as_created = Challenge { state: State::Unclaimed, ..claimed.clone() };
    create(store, &as_created).await.unwrap();
    assert_eq!(stored(store, &claimed).await, claimed);
}

/// The loser gets one clear refusal and changes nothing.
pub async fn second_phone_cannot_claim(store: &impl Store) {
    let (claimed, _) = claimed(store).await;
    let second = claim(store, &claimed, &enrolled(store, claimed.tenant, "ben").await.holder(), 2).await;
    assert_eq!(refusal(second), Refusal::AlreadyClaimed);
    assert_eq!(stored(store, &claimed).await, claimed);
}

/// The same phone may claim again.
pub async fn a_lost_reply_does_not_lose_the_claim(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    let again = claim(store, &claimed, &phone.holder(), 2).await.unwrap();
    assert_eq!((&again.state, again.spent.len()), (&claimed.state, 2));
    assert_eq!(stored(store, &claimed).await, again);
    let same =
        store.claim(&claimed.tenant, &claimed.id, &claiming(&phone.holder(), again.spent[0]), at(3)).await.unwrap();
    assert_eq!(same.spent.len(), 2);
}

/// The clock decides to the millisecond, not the clean-up.
pub async fn an_expired_challenge_still_in_the_table_is_expired(store: &impl Store) {
    for (millis, expired) in [(LIFE_MS - 1, false), (LIFE_MS, true), (LIFE_MS + 1, true)] {
        let challenge = challenge(tenant());
        create(store, &challenge).await.unwrap();
        let claimed = claim(store, &challenge, &enrolled(store, challenge.tenant, "ann").await.holder(), millis).await;
        if expired {
            assert_eq!(refusal(claimed), Refusal::Expired);
            assert_eq!(stored(store, &challenge).await, challenge);
        } else {
            claimed.unwrap();
        }
    }
}

/// Superseded and cancelled challenges are refused differently.
pub async fn a_withdrawn_challenge_cannot_be_claimed(store: &impl Store) {
    for (why, expected) in [(Withdrawal::Superseded, Refusal::Superseded), (Withdrawal::Cancelled, Refusal::Cancelled)]
    {
        let challenge = challenge(tenant());
        create(store, &challenge).await.unwrap();
        store.withdraw(&challenge.tenant, &challenge.id, why).await.unwrap();
        let withdrawn = stored(store, &challenge).await;
        assert_eq!(withdrawn, challenge.apply(&Event::Withdraw(why), at(1)).unwrap());
        let claimed = claim(store, &challenge, &enrolled(store, challenge.tenant, "ann").await.holder(), 1).await;
        assert_eq!(refusal(claimed), expected);
        assert_eq!(stored(store, &challenge).await, withdrawn);
    }
}

/// For everybody else the challenge does not exist.
pub async fn only_its_subject_claims_a_known_users_challenge(store: &impl Store) {
    let challenge = Challenge { subject: Some(user("ann")), ..challenge(tenant()) };
    create(store, &challenge).await.unwrap();
    let other = claim(store, &challenge, &enrolled(store, challenge.tenant, "ben").await.holder(), 1).await;
    assert_eq!(refusal(other), Refusal::UnknownChallenge);
    assert_eq!(stored(store, &challenge).await, challenge);
    claim(store, &challenge, &enrolled(store, challenge.tenant, "ann").await.holder(), 1).await.unwrap();
}

/// The tenant is part of the name.
pub async fn another_tenants_challenge_is_unknown(store: &impl Store) {
    let challenge = challenge(tenant());
    create(store, &challenge).await.unwrap();
    let foreign = tenant();
    assert_eq!(store.challenge(&foreign, &challenge.id).await.unwrap(), None);
    let ann = enrolled(store, foreign, "ann").await;
    let claimed = store.claim(&foreign, &challenge.id, &claiming(&ann.holder(), signed()), at(1)).await;
    assert_eq!(refusal(claimed), Refusal::UnknownChallenge);
    assert_eq!(store.challenge(&foreign, &challenge.id).await.unwrap(), None);
}

/// A late `$disconnect` creates nothing.
pub async fn withdrawing_what_is_gone_stores_nothing(store: &impl Store) {
    let challenge = challenge(tenant());
    store.withdraw(&challenge.tenant, &challenge.id, Withdrawal::Cancelled).await.unwrap();
    assert_eq!(store.challenge(&challenge.tenant, &challenge.id).await.unwrap(), None);
}

/// If a screen refreshes and then leaves, its old challenge stays superseded.
pub async fn the_first_withdrawal_stands(store: &impl Store) {
    let challenge = challenge(tenant());
    create(store, &challenge).await.unwrap();
    for why in [Withdrawal::Superseded, Withdrawal::Cancelled] {
        store.withdraw(&challenge.tenant, &challenge.id, why).await.unwrap();
    }
    assert_eq!(stored(store, &challenge).await.withdrawn, Some(Withdrawal::Superseded));
}

/// A claim belongs to the enrolment, not to its user.
pub async fn another_phone_of_the_same_user_cannot_claim(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    let second = claim(store, &claimed, &enrolled(store, claimed.tenant, phone.user.as_str()).await.holder(), 2).await;
    assert_eq!(refusal(second), Refusal::AlreadyClaimed);
    assert_eq!(stored(store, &claimed).await, claimed);
}

/// The claimer's own retry expires too.
pub async fn a_repeated_claim_can_come_too_late(store: &impl Store) {
    let (claimed, phone) = claimed_late(store).await;
    for (millis, expired) in [(LIFE_MS - 1, false), (LIFE_MS, true), (LIFE_MS + 1, true)] {
        let again = claim(store, &claimed, &phone.holder(), millis).await;
        if expired {
            assert_eq!(refusal(again), Refusal::Expired);
        } else {
            assert_eq!(again.unwrap().state, claimed.state);
        }
        assert_eq!(stored(store, &claimed).await.state, claimed.state);
    }
}

/// A repeated claim gives no more time, and nobody takes over what the screen may know to be over.
pub async fn a_claim_that_lapsed_is_over(store: &impl Store) {
    let (claimed, ann) = claimed(store).await;
    let ben = enrolled(store, claimed.tenant, "ben").await;
    let lapse = 1 + DECIDE_MS;
    claim(store, &claimed, &ann.holder(), lapse - 1).await.unwrap();
    assert_eq!(refusal(claim(store, &claimed, &ann.holder(), lapse).await), Refusal::Lapsed);
    store.revoke(&ann.tenant, &ann.user, &ann.id).await.unwrap();
    assert_eq!(refusal(claim(store, &claimed, &ben.holder(), lapse).await), Refusal::Lapsed);
    let stands = stored(store, &claimed).await;
    assert_eq!((stands.state, stands.claim), (claimed.state, claimed.claim));
}

/// The next phone gets a number and a time of its own.
pub async fn a_take_over_fixes_its_own_facts(store: &impl Store) {
    let (before, ann) = claimed(store).await;
    let ben = enrolled(store, before.tenant, "ben").await;
    store.revoke(&ann.tenant, &ann.user, &ann.id).await.unwrap();
    let seen = Sight::observed(Some("198.51.100.4"), None, None, None);
    let code = VerificationCode::parse("11").unwrap();
    let claim = Claim { seen, code, ..claiming(&ben.holder(), signed()) };
    let taken = store.claim(&before.tenant, &before.id, &claim, at(5)).await.unwrap();
    assert_eq!(taken.claim, Some(claim.facts(at(5))));
    assert_eq!(stored(store, &before).await, taken);
}

/// A claim of one leaves the other alone.
pub async fn one_id_in_two_tenants_names_two_challenges(store: &impl Store) {
    let one = challenge(tenant());
    let other = Challenge { id: one.id, ..challenge(tenant()) };
    create(store, &one).await.unwrap();
    create(store, &other).await.unwrap();
    claim(store, &one, &enrolled(store, one.tenant, "ann").await.holder(), 1).await.unwrap();
    assert_eq!(stored(store, &other).await, other);
}

/// An action that a backend tracks for a user.
fn tracked(challenge: &Challenge, name: &str) -> Action {
    let phone = credential(challenge.tenant, name);
    let name = ActionName { code: ActionCode::parse("pay").unwrap(), ..challenge.action_of(&user(name)) };
    Action {
        name,
        custom: Custom::from_text(r#"{"amount":7}"#),
        context: Context { user_agent: Some("backend".to_owned()), ..Context::default() },
        ..action(challenge, &phone, Decision::Approve, at(0))
    }
}

/// A bound challenge is its user's, a retry succeeds, and nothing that the screen said is left.
pub async fn a_backend_binds_an_open_challenge_to_a_user(store: &impl Store) {
    let challenge = challenge(tenant());
    let (tenant, to) = (challenge.tenant, tracked(&challenge, "ann"));
    assert_eq!(refusal(store.bind(&challenge, &to, at(1)).await), Refusal::NotOpen);
    create(store, &challenge).await.unwrap();
    let bound = challenge.of_action(&to);
    // With the challenge as read before the binding (twice), then as read after it, even too late to bind.
    for (seen, millis) in [(&challenge, 1), (&challenge, 2), (&bound, 3), (&bound, LIFE_MS)] {
        store.bind(seen, &to, at(millis)).await.unwrap();
        assert_eq!(stored(store, &challenge).await, bound);
    }
    let other = tracked(&challenge, "ben");
    assert_eq!(refusal(store.bind(&challenge, &other, at(3)).await), Refusal::NotOpen);
    let ben = enrolled(store, tenant, "ben").await.holder();
    assert_eq!(refusal(claim(store, &challenge, &ben, 4).await), Refusal::UnknownChallenge);
    claim(store, &challenge, &enrolled(store, tenant, "ann").await.holder(), 4).await.unwrap();
}

/// What the backend leaves out stays empty.
pub async fn what_a_screen_said_does_not_outlive_a_binding(store: &impl Store) {
    let challenge = challenge(tenant());
    create(store, &challenge).await.unwrap();
    let silent = Action { custom: None, context: Context::default(), ..tracked(&challenge, "ann") };
    store.bind(&challenge, &silent, at(1)).await.unwrap();
    assert_eq!(stored(store, &challenge).await.custom, None);
}

/// An expired challenge is not bound either.
pub async fn a_claimed_challenge_is_not_bound(store: &impl Store) {
    let [claimed, expired] = [challenge(tenant()), challenge(tenant())];
    for challenge in [&claimed, &expired] {
        create(store, challenge).await.unwrap();
    }
    claim(store, &claimed, &enrolled(store, claimed.tenant, "ann").await.holder(), 1).await.unwrap();
    for (challenge, millis) in [(&claimed, 2), (&expired, LIFE_MS)] {
        let late = store.bind(challenge, &tracked(challenge, "ann"), at(millis)).await;
        assert_eq!(refusal(late), Refusal::NotOpen);
    }
}

/// The oldest comes first, and challenges that are over are left out.
pub async fn what_waits_for_a_user_is_found(store: &impl Store) {
    let tenant = tenant();
    let known = |millis| Challenge { subject: Some(user("ann")), created_at: at(millis), ..challenge(tenant) };
    let [older, newer, left] = [known(0), known(5), known(6)];
    let own = Challenge { screen: Screen::TrustedDevice, ..known(7) };
    let anonymous = challenge(tenant);
    for challenge in [&newer, &older, &left, &own, &anonymous] {
        create(store, challenge).await.unwrap();
    }
    store.withdraw(&tenant, &left.id, Withdrawal::Cancelled).await.unwrap();
    assert_eq!(store.pending(&tenant, &user("ann"), None, at(10)).await.unwrap(), [older.clone(), newer.clone()]);
    assert_eq!(store.pending(&tenant, &user("ben"), None, at(10)).await.unwrap(), []);
    let to = tracked(&anonymous, "ben");
    store.bind(&anonymous, &to, at(11)).await.unwrap();
    assert_eq!(store.pending(&tenant, &user("ben"), None, at(12)).await.unwrap(), [anonymous.of_action(&to)]);
    assert_eq!(store.pending(&tenant, &user("ann"), None, at(LIFE_MS)).await.unwrap(), []);
}

/// Whoever asks in a user's name without end hides nothing that the user's own screen asks, nor what came last.
pub async fn a_flood_hides_no_own_request(store: &impl Store) {
    let tenant = tenant();
    let known = |address: &str, millis| Challenge {
        subject: Some(user("ann")),
        created_at: at(millis),
        context: Context::observed(Some(address), None, None),
        ..challenge(tenant)
    };
    let (own, last) = (known("203.0.113.7", 100), known("192.0.2.9", 300));
    let foreign = (0..200).map(|n| known("198.51.100.66", n));
    for challenge in foreign.chain([own.clone(), last.clone()]) {
        create(store, &challenge).await.unwrap();
    }
    let found = store.pending(&tenant, &user("ann"), Some("203.0.113.7"), at(400)).await.unwrap();
    assert!(found.contains(&own) && found.contains(&last));
}

/// What is over takes no place of what is not.
pub async fn expired_requests_hide_nothing(store: &impl Store) {
    let tenant = tenant();
    let known = |millis| Challenge {
        subject: Some(user("ann")),
        created_at: at(millis),
        expires_at: at(millis + 1_000),
        ..challenge(tenant)
    };
    for millis in 0..100 {
        create(store, &known(millis)).await.unwrap();
    }
    let own = known(5_000);
    create(store, &own).await.unwrap();
    assert_eq!(store.pending(&tenant, &user("ann"), None, at(5_500)).await.unwrap(), [own]);
}

/// No screen shows it, so nobody can scan it.
pub async fn what_a_device_opened_for_itself_is_not_claimed(store: &impl Store) {
    let own = Challenge { screen: Screen::TrustedDevice, ..challenge(tenant()) };
    create(store, &own).await.unwrap();
    assert_eq!(stored(store, &own).await, own);
    let claimed = claim(store, &own, &enrolled(store, own.tenant, "ann").await.holder(), 1).await;
    assert_eq!(refusal(claimed), Refusal::UnknownChallenge);
}

/// A challenge remembers the signatures of only [`MAX_CLAIMS`] claims.
pub async fn a_claim_is_repeated_only_so_often(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    for _ in 1..MAX_CLAIMS {
        claim(store, &claimed, &phone.holder(), 2).await.unwrap();
    }
    let before = stored(store, &claimed).await;
    assert_eq!(before.spent.len(), MAX_CLAIMS);
    assert_eq!(refusal(claim(store, &claimed, &phone.holder(), 3).await), Refusal::TooManyRequests);
    assert_eq!(stored(store, &claimed).await, before);
}

/// A phone that can no longer decide blocks nobody.
pub async fn a_revoked_claimer_gives_way_to_the_next_claim(store: &impl Store) {
    for forgotten in [false, true] {
        let (claimed, phone) = claimed(store).await;
        let next = enrolled(store, claimed.tenant, "ben").await;
        assert_eq!(refusal(claim(store, &claimed, &next.holder(), 2).await), Refusal::AlreadyClaimed);
        if forgotten {
            store.forget(&claimed.tenant, &phone.user).await.unwrap();
        } else {
            store.revoke(&claimed.tenant, &phone.user, &phone.id).await.unwrap();
        }
        let taken = claim(store, &claimed, &next.holder(), 3).await.unwrap();
        assert_eq!(taken.state, State::Claimed { by: next.holder(), at: at(3) });
        assert_eq!(taken.spent.len(), 1);
        assert_eq!(stored(store, &claimed).await, taken);
    }
}
