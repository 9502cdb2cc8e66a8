//! Challenges until they are claimed.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use protocol::Refusal;
use protocol::action::ActionName;
use protocol::challenge::{Challenge, Event, Screen, Withdrawal};
use protocol::custom::Custom;
use protocol::id::ActionCode;

use super::Store;
use super::scene::{LIFE_MS, at, challenge, claimed, connection, holder, refusal, stored, tenant, user};

/// Every part survives, on both kinds of screen.
pub async fn a_challenge_comes_back_as_it_was_stored(store: &impl Store) {
    let tenant = tenant();
    let full = Challenge { subject: Some(user("a#b|c d")), ..challenge(tenant) };
    let bare = Challenge {
        custom: None,
        context: protocol::context::Context::default(),
        screen: Screen::Socket(connection(tenant).id),
        ..challenge(tenant)
    };
    for challenge in [full, bare] {
        store.create(&challenge).await.unwrap();
        assert_eq!(stored(store, &challenge).await, challenge);
    }
}

/// A retry whose first attempt arrived does not undo what happened since.
pub async fn storing_a_challenge_twice_changes_nothing(store: &impl Store) {
    let (claimed, _) = claimed(store).await;
    let as_created = Challenge { state: protocol::challenge::State::Unclaimed, ..claimed.clone() };
    store.create(&as_created).await.unwrap();
    assert_eq!(stored(store, &claimed).await, claimed);
}

/// The loser hears one clear refusal and changes nothing.
pub async fn second_phone_cannot_claim(store: &impl Store) {
    let (claimed, _) = claimed(store).await;
    let second = store.claim(&claimed.tenant, &claimed.id, &holder("ben"), at(2)).await;
    assert_eq!(refusal(second), Refusal::AlreadyClaimed);
    assert_eq!(stored(store, &claimed).await, claimed);
}

/// The same phone may ask again.
pub async fn a_lost_reply_does_not_lose_the_claim(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    let again = store.claim(&claimed.tenant, &claimed.id, &phone.holder(), at(2)).await;
    assert_eq!(again.unwrap(), claimed);
}

/// Time decides, not the clean-up, and to the millisecond.
pub async fn an_expired_challenge_still_in_the_table_is_expired(store: &impl Store) {
    for (millis, expired) in [(LIFE_MS - 1, false), (LIFE_MS, true), (LIFE_MS + 1, true)] {
        let challenge = challenge(tenant());
        store.create(&challenge).await.unwrap();
        let claimed = store.claim(&challenge.tenant, &challenge.id, &holder("ann"), at(millis)).await;
        if expired {
            assert_eq!(refusal(claimed), Refusal::Expired);
            assert_eq!(stored(store, &challenge).await, challenge);
        } else {
            claimed.unwrap();
        }
    }
}

/// Superseded and cancelled are told apart.
pub async fn a_withdrawn_challenge_cannot_be_claimed(store: &impl Store) {
    for (why, expected) in [(Withdrawal::Superseded, Refusal::Superseded), (Withdrawal::Cancelled, Refusal::Cancelled)]
    {
        let challenge = challenge(tenant());
        store.create(&challenge).await.unwrap();
        store.withdraw(&challenge.tenant, &challenge.id, why).await.unwrap();
        let withdrawn = stored(store, &challenge).await;
        assert_eq!(withdrawn, challenge.apply(&Event::Withdraw(why), at(1)).unwrap());
        let claimed = store.claim(&challenge.tenant, &challenge.id, &holder("ann"), at(1)).await;
        assert_eq!(refusal(claimed), expected);
        assert_eq!(stored(store, &challenge).await, withdrawn);
    }
}

/// For everybody else it does not exist.
pub async fn only_its_subject_claims_a_known_users_challenge(store: &impl Store) {
    let challenge = Challenge { subject: Some(user("ann")), ..challenge(tenant()) };
    store.create(&challenge).await.unwrap();
    let other = store.claim(&challenge.tenant, &challenge.id, &holder("ben"), at(1)).await;
    assert_eq!(refusal(other), Refusal::UnknownChallenge);
    assert_eq!(stored(store, &challenge).await, challenge);
    store.claim(&challenge.tenant, &challenge.id, &holder("ann"), at(1)).await.unwrap();
}

/// The tenant is part of the name.
pub async fn another_tenants_challenge_is_unknown(store: &impl Store) {
    let challenge = challenge(tenant());
    store.create(&challenge).await.unwrap();
    let foreign = tenant();
    assert_eq!(store.challenge(&foreign, &challenge.id).await.unwrap(), None);
    let claimed = store.claim(&foreign, &challenge.id, &holder("ann"), at(1)).await;
    assert_eq!(refusal(claimed), Refusal::UnknownChallenge);
    assert_eq!(store.challenge(&foreign, &challenge.id).await.unwrap(), None);
}

/// A late `$disconnect` leaves no ghost.
pub async fn withdrawing_what_is_gone_stores_nothing(store: &impl Store) {
    let challenge = challenge(tenant());
    store.withdraw(&challenge.tenant, &challenge.id, Withdrawal::Cancelled).await.unwrap();
    assert_eq!(store.challenge(&challenge.tenant, &challenge.id).await.unwrap(), None);
}

/// A screen that refreshed and then left superseded its old challenge.
pub async fn the_first_withdrawal_stands(store: &impl Store) {
    let challenge = challenge(tenant());
    store.create(&challenge).await.unwrap();
    for why in [Withdrawal::Superseded, Withdrawal::Cancelled] {
        store.withdraw(&challenge.tenant, &challenge.id, why).await.unwrap();
    }
    assert_eq!(stored(store, &challenge).await.withdrawn, Some(Withdrawal::Superseded));
}

/// The enrolment claims, not its owner.
pub async fn another_phone_of_the_same_user_cannot_claim(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    let second = store.claim(&claimed.tenant, &claimed.id, &holder(phone.user.as_str()), at(2)).await;
    assert_eq!(refusal(second), Refusal::AlreadyClaimed);
    assert_eq!(stored(store, &claimed).await, claimed);
}

/// The holder's retry too.
pub async fn a_repeated_claim_can_come_too_late(store: &impl Store) {
    let (claimed, phone) = claimed(store).await;
    for (millis, expired) in [(LIFE_MS - 1, false), (LIFE_MS, true), (LIFE_MS + 1, true)] {
        let again = store.claim(&claimed.tenant, &claimed.id, &phone.holder(), at(millis)).await;
        if expired {
            assert_eq!(refusal(again), Refusal::Expired);
        } else {
            assert_eq!(again.unwrap(), claimed);
        }
        assert_eq!(stored(store, &claimed).await, claimed);
    }
}

/// Claiming the one leaves the other alone.
pub async fn one_id_in_two_tenants_names_two_challenges(store: &impl Store) {
    let one = challenge(tenant());
    let other = Challenge { id: one.id, ..challenge(tenant()) };
    store.create(&one).await.unwrap();
    store.create(&other).await.unwrap();
    store.claim(&one.tenant, &one.id, &holder("ann"), at(1)).await.unwrap();
    assert_eq!(stored(store, &other).await, other);
}

fn bound_to(challenge: &Challenge, name: &str) -> ActionName {
    ActionName { code: ActionCode::parse("pay").unwrap(), ..challenge.action_of(&user(name)) }
}

/// Until then anybody's; a retry finds it done.
pub async fn a_backend_binds_an_open_challenge_to_a_user(store: &impl Store) {
    let challenge = challenge(tenant());
    let (tenant, to) = (challenge.tenant, bound_to(&challenge, "ann"));
    assert_eq!(refusal(store.bind(&challenge, &to, None, at(1)).await), Refusal::NotOpen);
    store.create(&challenge).await.unwrap();
    let custom = Custom::from_text(r#"{"amount":7}"#);
    let mut bound = challenge.clone();
    // First and then by whoever read it before, then by whoever reads it bound, even too late to bind it.
    for (seen, millis) in [(Some(&challenge), 1), (Some(&challenge), 2), (None, 3), (None, LIFE_MS)] {
        let seen = seen.cloned().unwrap_or_else(|| bound.clone());
        bound = store.bind(&seen, &to, custom.as_ref(), at(millis)).await.unwrap();
        assert_eq!((&bound.subject, bound.action.as_str(), &bound.custom), (&Some(user("ann")), "pay", &custom));
        assert_eq!(stored(store, &challenge).await, bound);
    }
    let other = bound_to(&challenge, "ben");
    assert_eq!(refusal(store.bind(&challenge, &other, None, at(3)).await), Refusal::NotOpen);
    assert_eq!(refusal(store.claim(&tenant, &challenge.id, &holder("ben"), at(4)).await), Refusal::UnknownChallenge);
    store.claim(&tenant, &challenge.id, &holder("ann"), at(4)).await.unwrap();
}

/// Nor one that is over.
pub async fn a_claimed_challenge_is_not_bound(store: &impl Store) {
    let [claimed, expired] = [challenge(tenant()), challenge(tenant())];
    for challenge in [&claimed, &expired] {
        store.create(challenge).await.unwrap();
    }
    store.claim(&claimed.tenant, &claimed.id, &holder("ann"), at(1)).await.unwrap();
    for (challenge, millis) in [(&claimed, 2), (&expired, LIFE_MS)] {
        let to = bound_to(challenge, "ann");
        let late = store.bind(challenge, &to, None, at(millis)).await;
        assert_eq!(refusal(late), Refusal::NotOpen);
    }
}

/// The newest first; whatever is over is not among them.
pub async fn what_waits_for_a_user_is_found(store: &impl Store) {
    let tenant = tenant();
    let known = |millis| Challenge { subject: Some(user("ann")), created_at: at(millis), ..challenge(tenant) };
    let [older, newer, left] = [known(0), known(5), known(6)];
    let own = Challenge { screen: Screen::Own, ..known(7) };
    let anonymous = challenge(tenant);
    for challenge in [&newer, &older, &left, &own, &anonymous] {
        store.create(challenge).await.unwrap();
    }
    store.withdraw(&tenant, &left.id, Withdrawal::Cancelled).await.unwrap();
    assert_eq!(store.pending(&tenant, &user("ann"), at(10)).await.unwrap(), [newer.clone(), older.clone()]);
    assert_eq!(store.pending(&tenant, &user("ben"), at(10)).await.unwrap(), []);
    let to = anonymous.action_of(&user("ben"));
    let bound = store.bind(&anonymous, &to, None, at(11)).await.unwrap();
    assert_eq!(store.pending(&tenant, &user("ben"), at(12)).await.unwrap(), [bound]);
    assert_eq!(store.pending(&tenant, &user("ann"), at(LIFE_MS)).await.unwrap(), []);
}

/// No screen shows it.
pub async fn what_a_device_opened_for_itself_is_not_claimed(store: &impl Store) {
    let own = Challenge { screen: Screen::Own, ..challenge(tenant()) };
    store.create(&own).await.unwrap();
    assert_eq!(stored(store, &own).await, own);
    let claimed = store.claim(&own.tenant, &own.id, &holder("ann"), at(1)).await;
    assert_eq!(refusal(claimed), Refusal::UnknownChallenge);
}
