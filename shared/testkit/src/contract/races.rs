//! Many calls at once.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "these are tests; a panic is how they fail")]

use std::sync::Arc;

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Decision, Screen, State, Withdrawal};
use scanlatch_protocol::id::SessionId;
use scanlatch_protocol::openid::client::MAX_SECRETS;
use scanlatch_protocol::openid::request::RequestEvent;
use scanlatch_protocol::secret::{DeviceCode, Digest};
use scanlatch_protocol::session::Session;
use scanlatch_protocol::short_code::MAX_TRIES;
use scanlatch_service::Error;
use scanlatch_service::port::{Before, Exchanged};

use super::applications::application;
use super::authorizations::{authorized, pushed};
use super::sessions::session;
use super::short_codes::{call, code, with_code};
use super::sockets::with_one_token;
use crate::scene::{
    FIRST_ONLY, MAY_ADD, allowing, at, challenge, claim, claimed, connection, create, credential, decide, decided,
    enrol, enrolled, fresh, permit, refusal, remove, stored, tenant, user,
};
use crate::store::Store;

const MANY: u8 = 40;

/// Runs all calls at once and returns their results.
pub(super) async fn at_once<T, F>(calls: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

/// A transition's answer; asks again while the store is unavailable.
async fn asked_again<F: Future<Output = scanlatch_service::Result<Challenge>>>(
    call: impl Fn() -> F,
) -> scanlatch_service::Result<Challenge> {
    for _ in 0..4 {
        match call().await {
            Err(Error::Unavailable(_)) => {}
            answer => return answer,
        }
    }
    call().await
}

/// Exactly one claims; the others are refused as claimed.
pub async fn one_of_many_phones_claims<S: Store + 'static>(store: &Arc<S>) {
    let challenge = challenge(tenant());
    create(store.as_ref(), &challenge).await.unwrap();
    let mut phones = Vec::new();
    for n in 0..MANY {
        phones.push(enrolled(store.as_ref(), challenge.tenant, &format!("user-{n}")).await.holder());
    }
    let outcomes = at_once(phones.into_iter().map(|by| {
        let (store, challenge) = (store.clone(), challenge.clone());
        async move { claim(store.as_ref(), &challenge, &by, 1).await }
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.into_iter().all(|outcome| refusal(outcome) == Refusal::AlreadyClaimed));
    assert_eq!(stored(store.as_ref(), &challenge).await, won.into_iter().next().unwrap().unwrap());
}

/// The first decision stands, and its retry gets the same answer.
pub async fn one_of_two_decisions_stands<S: Store + 'static>(store: &Arc<S>) {
    for _ in 0..5 {
        let (claimed, phone) = claimed(store.as_ref()).await;
        let decisions = [(Decision::Approve, 2), (Decision::Reject, 3), (Decision::Approve, 4)];
        let outcomes = at_once(decisions.map(|(decision, millis)| {
            let (store, challenge, phone) = (store.clone(), claimed.clone(), phone.clone());
            async move { decide(store.as_ref(), &challenge, &phone, decision, millis).await }
        }))
        .await;
        let then = stored(store.as_ref(), &claimed).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), if then.state.approval().is_some() { 2 } else { 1 });
        assert!(won.into_iter().all(|outcome| outcome.unwrap() == then));
        assert!(lost.into_iter().all(|outcome| refusal(outcome) == Refusal::AlreadyDecided));
    }
}

/// All calls get an answer.
pub async fn one_of_many_redemptions_is_the_first<S: Store + 'static>(store: &Arc<S>) {
    let (approved, _) = decided(store.as_ref(), Decision::Approve).await;
    let outcomes = at_once((0..MANY).map(|_| {
        let (store, tenant, id) = (store.clone(), approved.tenant, approved.id);
        async move { store.redeem(&tenant, &id, None, at(2_000)).await.unwrap().1 }
    }))
    .await;
    assert_eq!(outcomes.into_iter().filter(|first| *first).count(), 1);
}

/// A token without the scope is good for one key.
pub async fn one_of_many_first_enrolments_wins<S: Store + 'static>(store: &Arc<S>) {
    let tenant = tenant();
    let outcomes = at_once((0..20).map(|_| {
        let (store, phone) = (store.clone(), credential(tenant, "ann"));
        async move { enrol(&*store, &phone, None, FIRST_ONLY).await }
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.into_iter().all(|outcome| refusal(outcome) == Refusal::ScopeMissing));
    assert_eq!(store.user(&tenant, &user("ann")).await.unwrap().unwrap().devices, 1);
}

/// The number of keys does not matter.
pub async fn one_of_many_enrolments_with_one_token_wins<S: Store + 'static>(store: &Arc<S>) {
    let tenant = tenant();
    let permit = permit(&store.track(&allowing(&credential(tenant, "ann"))).await.unwrap());
    let outcomes = at_once((0..20).map(|_| {
        let (store, phone, permit) = (store.clone(), credential(tenant, "ann"), permit.clone());
        async move { store.enrol(&phone, None, MAY_ADD, &permit).await }
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.into_iter().all(|outcome| refusal(outcome) == Refusal::TokenSpent));
    assert_eq!(store.user(&tenant, &user("ann")).await.unwrap().unwrap().devices, 1);
}

/// Each enrolment has its own token.
pub async fn many_enrolments_at_once_stay_within_the_cap<S: Store + 'static>(store: &Arc<S>) {
    let tenant = tenant();
    let outcomes = at_once((0..8).map(|_| {
        let (store, phone) = (store.clone(), credential(tenant, "ann"));
        async move { enrol(&*store, &phone, None, MAY_ADD).await }
    }))
    .await;
    let lost = outcomes.into_iter().filter(Result::is_err).map(refusal);
    assert_eq!(lost.collect::<Vec<_>>(), [Refusal::TooManyDevices; 5]);
    assert_eq!(store.user(&tenant, &user("ann")).await.unwrap().unwrap().devices, MAY_ADD.max_devices);
}

/// The others must read the connection again.
pub async fn one_of_many_refreshes_is_shown<S: Store + 'static>(store: &Arc<S>) {
    let screen = connection(tenant());
    store.connect(&screen).await.unwrap();
    let challenges: Vec<Challenge> =
        (0..8).map(|_| Challenge { screen: Screen::Socket(screen.id.clone()), ..challenge(screen.tenant) }).collect();
    let outcomes = at_once(challenges.iter().cloned().map(|challenge| {
        let (store, screen) = (store.clone(), screen.clone());
        async move { store.replace(&screen, &challenge).await.unwrap() }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|shown| **shown).count(), 1);
    let shown = store.connection(&screen.id).await.unwrap().unwrap().shows.unwrap();
    for (challenge, was_shown) in challenges.iter().zip(outcomes) {
        assert_eq!(challenge.id == shown.challenge, was_shown);
        // A refused one may be stored too: nobody is told its id.
        let stored = store.challenge(&challenge.tenant, &challenge.id).await.unwrap();
        assert!(stored.is_some() || !was_shown);
    }
}

/// Each phone claims one of the two codes that a screen follows. One phone wins, and never two of them.
pub async fn one_of_two_codes_is_claimed<S: Store + 'static>(store: &Arc<S>) {
    for _ in 0..8 {
        let screen = connection(tenant());
        store.connect(&screen).await.unwrap();
        let shown = || Challenge {
            screen: Screen::resumable(DeviceCode::from_random(fresh()).digest(), screen.id.clone()),
            ..challenge(screen.tenant)
        };
        let (older, newer) = (shown(), shown());
        assert!(store.replace(&screen, &older).await.unwrap());
        let seen = store.connection(&screen.id).await.unwrap().unwrap();
        assert!(store.renew(&seen, &newer).await.unwrap());
        let outcomes = at_once((0..8).map(|n| {
            let (store, challenge) = (store.clone(), if n % 2 == 0 { older.clone() } else { newer.clone() });
            async move {
                let phone = enrolled(&*store, challenge.tenant, &format!("user-{n}")).await;
                claim(&*store, &challenge, &phone.holder(), 1).await
            }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|claimed| claimed.is_ok()).count(), 1);
    }
}

/// Some resume what the screen shows, which leaves that as it is; the others replace it. All read again until they are
/// answered.
pub async fn one_of_many_messages_takes_the_last_token<S: Store + 'static>(store: &Arc<S>) {
    let (screen, first) = with_one_token(store.as_ref()).await;
    let outcomes = at_once((0..8).map(|n| {
        let (store, id, first) = (store.clone(), screen.id.clone(), first.clone());
        async move {
            loop {
                let screen = store.connection(&id).await.unwrap().unwrap();
                let next = Challenge { screen: Screen::Socket(id.clone()), ..challenge(screen.tenant) };
                let shown = if n < 4 {
                    store.resume(&screen, &first, at(0)).await.map(|resumed| resumed.is_some())
                } else {
                    store.replace(&screen, &next).await
                };
                match shown {
                    Ok(false) => {}
                    Ok(true) => return true,
                    Err(refused) => {
                        let refused = refusal::<()>(Err(refused));
                        assert!(matches!(refused, Refusal::TooManyRequests | Refusal::Superseded), "{refused}");
                        return false;
                    }
                }
            }
        }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|shown| **shown).count(), 1);
    let left = store.connection(&screen.id).await.unwrap().unwrap().bucket;
    assert_eq!(left, screen.bucket.take(at(0)).unwrap());
}

/// The challenge is claimed and then withdrawn, or withdrawn and its claim refused.
pub async fn a_claim_and_a_withdrawal_agree_on_the_outcome<S: Store + 'static>(store: &Arc<S>) {
    for _ in 0..8 {
        let challenge = challenge(tenant());
        create(store.as_ref(), &challenge).await.unwrap();
        let (one, other) = (store.clone(), store.clone());
        let (tenant, id) = (challenge.tenant, challenge.id);
        let (by, seen) = (enrolled(store.as_ref(), tenant, "ann").await.holder(), challenge.clone());
        let claim = tokio::spawn(async move { claim(one.as_ref(), &seen, &by, 1).await });
        let withdraw = tokio::spawn(async move { other.withdraw(&tenant, &id, Withdrawal::Cancelled).await });
        let (claim, withdraw) = (claim.await.unwrap(), withdraw.await.unwrap());
        withdraw.unwrap();
        let then = stored(store.as_ref(), &challenge).await;
        assert_eq!(then.withdrawn, Some(Withdrawal::Cancelled));
        match claim {
            Ok(_) => assert!(matches!(then.state, State::Claimed { .. })),
            Err(Error::Refused(Refusal::Cancelled)) => assert_eq!(then.state, State::Unclaimed),
            Err(other) => panic!("{other}"),
        }
    }
}

/// The claim may come first or second; the screen shows the newer challenge either way.
pub async fn a_claim_and_a_refresh_agree_on_the_outcome<S: Store + 'static>(store: &Arc<S>) {
    for _ in 0..8 {
        let screen = connection(tenant());
        store.connect(&screen).await.unwrap();
        let of_screen = || Challenge { screen: Screen::Socket(screen.id.clone()), ..challenge(screen.tenant) };
        let (first, second) = (of_screen(), of_screen());
        assert!(store.replace(&screen, &first).await.unwrap());
        let shown = store.connection(&screen.id).await.unwrap().unwrap();
        let (one, other) = (store.clone(), store.clone());
        let (by, seen) = (enrolled(store.as_ref(), first.tenant, "ann").await.holder(), first.clone());
        let claim = tokio::spawn(async move { asked_again(|| claim(one.as_ref(), &seen, &by, 1)).await });
        let refresh = tokio::spawn(async move { other.replace(&shown, &second).await });
        let (claim, refresh) = (claim.await.unwrap(), refresh.await.unwrap());
        assert!(refresh.unwrap());
        let then = stored(store.as_ref(), &first).await;
        assert_eq!(then.withdrawn, Some(Withdrawal::Superseded));
        match claim {
            Ok(_) => assert!(matches!(then.state, State::Claimed { .. })),
            Err(Error::Refused(Refusal::Superseded)) => assert_eq!(then.state, State::Unclaimed),
            Err(other) => panic!("{other}"),
        }
    }
}

/// A phone is never removed first and approves afterwards: whoever reads after the confirmed removal sees every
/// decision of the phone.
pub async fn a_removal_and_a_decision_agree_on_the_outcome<S: Store + 'static>(store: &Arc<S>) {
    for _ in 0..8 {
        let (claimed, phone) = claimed(store.as_ref()).await;
        let (one, other, removed, before) = (store.clone(), store.clone(), phone.clone(), claimed.clone());
        let decide = tokio::spawn(async move { decide(one.as_ref(), &before, &phone, Decision::Approve, 2).await });
        let removal = tokio::spawn(async move {
            remove(other.as_ref(), &removed).await.unwrap();
            stored(other.as_ref(), &claimed).await
        });
        let (decide, at_removal) = (decide.await.unwrap(), removal.await.unwrap());
        match decide {
            Ok(approved) => assert_eq!(at_removal, approved),
            Err(Error::Refused(Refusal::InvalidCredential)) => assert!(at_removal.state.is_open()),
            Err(other) => panic!("{other}"),
        }
        assert_eq!(stored(store.as_ref(), &at_removal).await, at_removal);
    }
}

/// An approval that is read after the confirmed revocation is void, however close the two were.
pub async fn a_revocation_and_an_approval_agree_on_the_outcome<S: Store + 'static>(store: &Arc<S>) {
    for _ in 0..8 {
        let (claimed, phone) = claimed(store.as_ref()).await;
        let (one, other, revoked, before) = (store.clone(), store.clone(), phone.clone(), claimed.clone());
        let decide = tokio::spawn(async move { decide(one.as_ref(), &before, &phone, Decision::Approve, 2).await });
        let revoke = tokio::spawn(async move {
            other.revoke(&revoked.tenant, &revoked.user, &revoked.id).await.unwrap();
            stored(other.as_ref(), &claimed).await
        });
        let (decide, at_revocation) = (decide.await.unwrap(), revoke.await.unwrap());
        assert_eq!(at_revocation.state.approval(), None);
        assert_eq!(matches!(at_revocation.state, State::Revoked { .. }), decide.is_ok());
        assert_eq!(stored(store.as_ref(), &at_revocation).await, at_revocation);
    }
}

/// A session that begins meanwhile is refused, ends too, or has read the new epoch.
pub async fn no_session_outlives_the_end_of_all<S: Store + 'static>(store: &Arc<S>) {
    for _ in 0..5 {
        let (approved, phone) = decided(store.as_ref(), Decision::Approve).await;
        let name = approved.action_of(&phone.user);
        let ending = {
            let (store, tenant, user) = (store.clone(), phone.tenant, phone.user.clone());
            tokio::spawn(async move { store.end_all(&tenant, &user).await.unwrap() })
        };
        let begun = at_once((0..MANY).map(|_| {
            let (store, name) = (store.clone(), name.clone());
            let session = Session { id: SessionId::from_random(fresh()), ..session(&approved, &phone) };
            async move {
                let epoch = store.user(&session.tenant, &session.user).await.unwrap().unwrap().session_epoch;
                store.begin(&Session { epoch, ..session }, &name).await
            }
        }))
        .await;
        ending.await.unwrap();
        let user = store.user(&phone.tenant, &phone.user).await.unwrap();
        for session in begun {
            match session {
                Ok(session) => assert_eq!(session.check_live(user.as_ref(), at(2_000)).is_ok(), session.epoch == 1),
                Err(error) => assert_eq!(refusal::<()>(Err(error)), Refusal::InvalidToken),
            }
        }
    }
}

/// Tries at once are counted one by one.
pub async fn as_many_of_many_tries_go_through_as_may<S: Store + 'static>(store: &Arc<S>) {
    let (tenant, ann) = (tenant(), user("ann"));
    let outcomes = at_once((0..MANY).map(|_| {
        let (store, ann) = (store.clone(), ann.clone());
        async move { store.count_try(&tenant, &ann, call(), at(1)).await }
    }))
    .await;
    let (through, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(through.len(), MAX_TRIES);
    assert!(refused.into_iter().all(|refused| refusal(refused) == Refusal::TooManyTries));
}

/// The others are not stored.
pub async fn one_of_many_challenges_gets_the_short_code<S: Store + 'static>(store: &Arc<S>) {
    let (tenant, code) = (tenant(), code());
    let challenges: Vec<_> = (0..8).map(|_| with_code(tenant, code, 0)).collect();
    let outcomes = at_once(challenges.clone().into_iter().map(|challenge| {
        let store = store.clone();
        async move { store.create(&challenge, &Before::default()).await.unwrap() }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|created| **created).count(), 1);
    let named = store.challenge_of_code(&tenant, &code, at(1)).await.unwrap();
    for (challenge, created) in challenges.iter().zip(outcomes) {
        assert_eq!(store.challenge(&tenant, &challenge.id).await.unwrap().is_some(), created);
        assert_eq!(named == Some(challenge.id), created);
    }
}

/// All others learn that it was exchanged before.
pub async fn one_of_many_exchanges_is_the_first<S: Store + 'static>(store: &Arc<S>) {
    let all = Arc::new(authorized(store.as_ref()).await);
    let outcomes = at_once((0..16).map(|n| {
        let (store, all) = (store.clone(), all.clone());
        async move {
            loop {
                match store.exchange(&all.request, &all.login, &all.session, at(3_000 + n)).await {
                    Err(Error::Unavailable(_)) => {}
                    outcome => return outcome.unwrap(),
                }
            }
        }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Exchanged::Done).count(), 1, "{outcomes:?}");
}

/// All others are refused.
pub async fn one_of_many_browsers_takes_a_request_up<S: Store + 'static>(store: &Arc<S>) {
    let request = pushed(tenant());
    store.ask(&request).await.unwrap();
    let outcomes = at_once((0..16).map(|n: u8| {
        let (store, request) = (store.clone(), request.clone());
        async move {
            let open = RequestEvent::Open(Digest::of(&[n]));
            loop {
                match store.answer(&request, &open, at(1)).await {
                    Err(Error::Unavailable(_)) => {}
                    outcome => return outcome.is_ok(),
                }
            }
        }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|opened| **opened).count(), 1, "{outcomes:?}");
}

/// The others are refused.
pub async fn many_secrets_at_once_stay_within_the_cap<S: Store + 'static>(store: &Arc<S>) {
    let client = application(tenant(), "grafana");
    store.add_client(&client).await.unwrap();
    at_once((0..16).map(|n: u8| {
        let (store, client) = (store.clone(), client.clone());
        async move { store.add_client_secret(&client.tenant, &client.id, &Digest::of(&[n]), at(1)).await.is_ok() }
    }))
    .await;
    let stored = store.client(&client.tenant, &client.id).await.unwrap().unwrap();
    assert_eq!(stored.secrets.len(), MAX_SECRETS);
}
