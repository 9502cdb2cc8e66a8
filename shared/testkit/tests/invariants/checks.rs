//! The invariants, as checks of each step and of the state after it.

use std::collections::BTreeMap;

use scanlatch_protocol::action::{Action, ActionState};
use scanlatch_protocol::challenge::{Challenge, Screen, Standing, State};
use scanlatch_protocol::credential::conduct::{MAX_OPEN_CLAIMS, OPEN_MS};
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::{ChallengeId, CredentialId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::validation::Expected;
use scanlatch_protocol::verification_code::TypedCode;
use scanlatch_service::port::Clock as _;

use crate::calls::Answer;
use crate::ledger::{Cause, Held, Ledger, Violation, holds};
use crate::page::{Heard, Page};
use crate::world::{SCREEN, World, finish};

/// I3, from the side of a challenge: nothing is approved whose action has succeeded or is blocked.
pub fn challenge(before: &Challenge, now: &Challenge, ledger: &Ledger) -> Held {
    let Some((by, _)) = now.state.approval().filter(|_| before.state.is_open()) else { return Ok(()) };
    let action = ledger.actions.get(&now.action_of(&by.user));
    holds(action.is_none_or(|action| action.state.check_decision_allowed().is_ok()), || {
        format!("I3: {now:?} was approved though its action was {action:?}")
    })
}

/// I3, from the side of an action: a success stays, unless a backend changes it or its approval is taken back.
pub fn action(
    before: &Action,
    now: Option<&Action>,
    challenges: &BTreeMap<ChallengeId, Challenge>,
    cause: &Cause,
) -> Held {
    if before.state != ActionState::ChallengeSucceeded {
        return Ok(());
    }
    let stands = now.is_some_and(|now| (now.state, now.decided_in) == (before.state, before.decided_in));
    let may_change = match cause {
        Cause::SetsActionState(name) => *name == before.name,
        Cause::Forgets(user) => *user == before.name.user,
        Cause::Tracks | Cause::Other => {
            let decided_in = before.decided_in.and_then(|id| challenges.get(&id));
            decided_in.is_some_and(|challenge| matches!(challenge.state, State::Cancelled { .. }))
        }
    };
    holds(stands || may_change, || format!("I3: {before:?} has succeeded and is {now:?} now"))
}

/// I5: a challenge of a tracked action and its record hold what was tracked, and nothing that a screen said.
pub fn words(ledger: &Ledger) -> Held {
    for challenge in ledger.challenges.values() {
        let Some(user) = &challenge.subject else { continue };
        holds(!is_screens(challenge.custom.as_ref()), || format!("I5: a screen speaks in {challenge:?}"))?;
        let tracked = ledger.tracked.get(&challenge.action_of(user));
        let Some(tracked) = tracked.filter(|_| !ledger.forgotten.contains(user)) else { continue };
        let agent = tracked.context.user_agent.as_ref();
        let shows_agent = agent.is_none() || challenge.context.user_agent.as_ref() == agent;
        holds(challenge.custom == tracked.custom && shows_agent, || {
            format!("I5: {tracked:?} is shown as {challenge:?}")
        })?;
    }
    for (name, came) in &ledger.tracked {
        let stands = ledger.actions.get(name);
        holds(stands.is_some_and(|action| action.custom == came.custom), || {
            format!("I5: what was tracked as {came:?} is {stands:?} now")
        })?;
    }
    Ok(())
}

fn is_screens(custom: Option<&Custom>) -> bool {
    custom.is_some_and(|custom| custom.to_text().contains(SCREEN))
}

/// I1 and I2 for what is stored: behind every yes to a phone and every token of a screen there is an approval.
pub fn promises(ledger: &Ledger) -> Held {
    let counted = |id: &ChallengeId| {
        let state = ledger.challenges.get(id).map(|challenge| &challenge.state);
        matches!(state, Some(State::Approved { .. } | State::Consumed { .. } | State::Revoked { .. }))
    };
    for id in &ledger.yes {
        holds(counted(id), || format!("I1: a phone was told yes for {:?}", ledger.challenges.get(id)))?;
    }
    for (id, _) in &ledger.tokens {
        holds(counted(id), || format!("I2: somebody has a token of {:?}", ledger.challenges.get(id)))?;
    }
    Ok(())
}

/// I6: of a code and the newer one that its screen shows beside it, one is claimed at most.
pub fn one_of_two(ledger: &Ledger) -> Held {
    for older in ledger.challenges.values().filter(|older| older.state != State::Unclaimed) {
        let newer = older.successor.and_then(|newer| ledger.challenges.get(&newer));
        holds(newer.is_none_or(|newer| newer.state == State::Unclaimed), || {
            format!("I6: both codes of a screen were claimed: {older:?} and {newer:?}")
        })?;
    }
    Ok(())
}

/// I7: nothing is approved whose screen shows a number, unless the phone sent that number.
pub fn typed(ledger: &Ledger, id: &ChallengeId, typed: Option<TypedCode>) -> Held {
    let Some(challenge) = ledger.challenges.get(id).filter(|challenge| challenge.shows_number) else { return Ok(()) };
    let is_right = challenge.claim.as_ref().is_some_and(|claim| typed.is_some_and(|typed| typed.is(claim.code)));
    holds(is_right, || format!("I7: a phone approved {challenge:?} without its number"))
}

/// I8: a phone holds five screens at most that it has not answered. A screen that shows another code is not held.
pub fn few_claims(ledger: &Ledger, now: Timestamp) -> Held {
    let mut open: BTreeMap<CredentialId, usize> = BTreeMap::new();
    for challenge in ledger.challenges.values() {
        if let State::Claimed { by, at } = &challenge.state
            && now < at.plus(OPEN_MS)
            && challenge.withdrawn.is_none()
        {
            *open.entry(by.credential).or_default() += 1;
        }
    }
    let most = open.values().max().copied().unwrap_or_default();
    holds(most <= MAX_OPEN_CLAIMS, || format!("I8: a phone holds {most} screens"))
}

/// I1: the page that showed the code can obtain the token now.
pub fn can_obtain(world: &World, page: &Page, challenge: &Challenge) -> Held {
    if challenge.approval_at(world.store.now()).is_err() {
        // Revoked or too late.
        return Ok(());
    }
    let Some(code) = page.code(&challenge.id) else { return Ok(()) };
    let obtains = match &challenge.screen {
        Screen::TrustedDevice => true,
        Screen::Socket(_) => {
            let has_heard = page.heard.get(&challenge.id) == Some(&Heard::Approved);
            let is_redeemed = matches!(challenge.state, State::Consumed { .. });
            // The exceptions that no server can prevent: the SDK forgot the challenge, or the socket was half open.
            has_heard || is_redeemed || code.forgotten || page.unread.contains(&challenge.id)
        }
        Screen::Resumable(_) => {
            let secret = code.secret.clone().ok_or_else(|| Violation(format!("I1: no code for {challenge:?}")))?;
            let answer = finish(world.look(0, (challenge.id, secret)));
            matches!(answer, Answer::Looked(_, _, Ok(Standing::Approved(_))))
        }
    };
    holds(obtains, || format!("I1: a phone was told yes, and {page:?} cannot obtain the token of {challenge:?}"))
}

/// I1 and I4 at the end of a history: a token counts, unless its phone was revoked or its action did not succeed.
pub fn counts(world: &World, ledger: &Ledger, id: &ChallengeId, token: &str) -> Held {
    let Some(challenge) = ledger.challenges.get(id) else { return Ok(()) };
    let validated = finish(world.validate(*id, token.to_owned(), Expected::default()));
    let Answer::Validated(_, Ok(response)) = validated else {
        return Err(Violation(format!("I1: nobody validates {challenge:?}")));
    };
    let is_valid = response.first_use().is_some();
    let succeeded = challenge.state.holder().and_then(|by| ledger.actions.get(&challenge.action_of(&by.user)));
    let succeeded = succeeded.is_some_and(|action| action.state == ActionState::ChallengeSucceeded);
    if is_void(ledger, challenge, ledger.tick + 1) {
        let begins = finish(world.begin_session(*id, token.to_owned()));
        return holds(!is_valid && !matches!(begins, Answer::Begun(_, Ok(()))), || {
            format!("I4: a revoked phone's approval counts: {challenge:?}")
        });
    }
    // A token expires at a whole second, so in its last one it may already have expired.
    let ends = [0, 1_000].map(|millis| challenge.approval_at(world.store.now().plus(millis)).is_err());
    let may_be = !ends[0] && succeeded;
    let must_be = !ends[1] && succeeded;
    holds(if is_valid { may_be } else { !must_be }, || {
        format!("I1: the token of {challenge:?} counts: {is_valid}, its action: {succeeded}")
    })
}

/// Whether the phone that holds a challenge was revoked before a call began.
pub fn is_void(ledger: &Ledger, challenge: &Challenge, began: u64) -> bool {
    let by = challenge.state.holder().map(|by| by.credential);
    by.and_then(|by| ledger.revoked.get(&by)).is_some_and(|since| *since < began)
}

/// I4: a call that began after the confirmation of a revocation was not told of an approval by that credential.
pub fn not_void(ledger: &Ledger, id: &ChallengeId, began: u64, what: &str) -> Held {
    match ledger.challenges.get(id) {
        Some(challenge) => {
            holds(!is_void(ledger, challenge, began), || format!("I4: {what} of a revoked phone: {challenge:?}"))
        }
        None => Ok(()),
    }
}

/// I5: a phone sees no words of a screen with a tracked challenge.
pub fn shown(challenge: &Challenge) -> Held {
    holds(challenge.subject.is_none() || !is_screens(challenge.custom.as_ref()), || {
        format!("I5: a phone is shown a screen's word: {challenge:?}")
    })
}

/// I2: what a page hears is consistent with what it heard before.
pub fn hears(ledger: &Ledger, page: &Page, id: &ChallengeId, heard: Heard) -> Held {
    let was_revoked = matches!(ledger.challenges.get(id).map(|stored| &stored.state), Some(State::Revoked { .. }));
    let goes_back = match page.heard.get(id) {
        Some(Heard::Approved) => heard == Heard::Rejected && !was_revoked,
        Some(Heard::Rejected) => heard == Heard::Approved,
        _ => false,
    };
    holds(!goes_back, || format!("I2: {page:?} hears {heard:?} of {:?}", ledger.challenges.get(id)))
}

/// I2: a page that polls again after an answer hears nothing older.
pub fn polls(ledger: &Ledger, page: &Page, id: &ChallengeId, began: u64, heard: Heard) -> Held {
    let Some((ended, before)) = page.polled.get(id).filter(|(ended, _)| *ended < began) else { return Ok(()) };
    let was_revoked = matches!(ledger.challenges.get(id).map(|stored| &stored.state), Some(State::Revoked { .. }));
    holds(heard >= *before || was_revoked, || {
        format!("I2: {page:?} polled {before:?} at {ended}, then {heard:?} of {id}")
    })
}

/// I2: a push at `now` is true, and `approved` comes with its token.
pub fn pushed(ledger: &Ledger, id: &ChallengeId, state: &str, has_token: bool, now: Timestamp) -> Held {
    let stored = ledger.challenges.get(id);
    let is_so = match (state, stored.map(|stored| &stored.state)) {
        ("approved", Some(State::Approved { .. } | State::Consumed { .. } | State::Revoked { .. })) => has_token,
        ("rejected", Some(State::Rejected { .. })) | ("claimed", Some(_)) => !has_token,
        ("rejected", Some(State::Claimed { .. })) => {
            !has_token && stored.is_some_and(|stored| stored.is_over_for_screen(now))
        }
        _ => false,
    };
    holds(is_so, || format!("I2: a screen is told {state} ({has_token}) of {stored:?}"))
}
