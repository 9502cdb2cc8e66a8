//! Plays a history.

use std::fmt::Debug;

use scanlatch_aws::Cloud;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Event, Screen, State};
use scanlatch_protocol::id::{ActionCode, CallId};
use scanlatch_protocol::short_code::Tries;
use scanlatch_service::Error;
use scanlatch_service::port::{
    Before, Binds as _, Claims as _, CountsTries as _, Decided, Decides as _, Deciding, Forgets as _, Leaves as _,
    Polls as _, Redeems as _, Renews as _, Resumes as _, Revokes as _, SetsActionState as _, Settles as _,
    Withdraws as _,
};
use scanlatch_testkit::scene::{self, MAY_ADD, action, anew, claiming, enrol};

use super::history::{History, Step};
use super::normal::Normal;
use super::world::{World, both};

/// A store's result. An unavailable store is not a result.
pub fn told<T: Normal>(result: Result<T, Error>) -> Result<Result<T, Refusal>, String> {
    match result {
        Ok(given) => Ok(Ok(given.normal())),
        Err(Error::Refused(refusal)) => Ok(Err(refusal)),
        Err(Error::Unavailable(unavailable)) => Err(format!("the store is not there: {unavailable}")),
    }
}

/// Plays a history to its end, or to the first step after which rules and stores differ.
pub async fn play(history: &History, cloud: &Cloud) -> Result<(), String> {
    let mut world = World::new(cloud, &history.starts).await?;
    world.compare().await?;
    for (number, (pause, step)) in history.steps.iter().enumerate() {
        world.now = world.now.plus(*pause);
        let taken = match take(&mut world, step).await {
            Ok(()) => world.compare().await,
            differs => differs,
        };
        taken.map_err(|why| format!("after step {number}, {step:?}: {why}"))?;
    }
    Ok(())
}

async fn take(world: &mut World<'_>, step: &Step) -> Result<(), String> {
    match *step {
        Step::Claim { challenge, phone, signature } => claim(world, challenge, phone, signature).await,
        Step::Decide { .. } => decide(world, step).await,
        Step::Hold { challenge, call } => hold(world, challenge, call).await,
        Step::Settle(challenge) => settle(world, challenge).await,
        Step::Release { challenge, call, stale } => release(world, challenge, call, stale).await,
        Step::TakeBack { challenge, stale } => take_back(world, challenge, stale).await,
        Step::Redeem(challenge, action) => redeem(world, challenge, action).await,
        Step::Bind { challenge, user, stale } => bind(world, challenge, user, stale).await,
        Step::Withdraw(challenge, why) => {
            let stood = world.read(challenge).await?;
            both!(world, |store| async { store.withdraw(&stood.tenant, &stood.id, why).await.map_err(Into::into) })
                .map_err(refused)?;
            stands(world, challenge, stood.apply(&Event::Withdraw(why), world.now), stood).await
        }
        Step::Leave(socket) => leave(world, socket).await,
        Step::Resume { challenge, code, socket } => resume(world, challenge, code, socket).await,
        Step::Poll { challenge, code } => poll(world, challenge, code).await,
        Step::Replace { socket, code, short_code } => {
            let id = world.sockets[socket].clone();
            let screen = code.map_or(Screen::Socket(id.clone()), |code| Screen::resumable(world.codes[code], id));
            let (new, _) = world.challenge(screen, None).await?;
            world.show(socket, world.with_short_code(new, short_code), None).await
        }
        Step::Renew { socket, code } => renew(world, socket, code).await,
        Step::Refresh { challenge, code, subject, short_code } => {
            let stood = world.read(challenge).await?;
            let (new, action) = world.challenge(Screen::polling(world.codes[code]), subject).await?;
            let new = world.with_short_code(new, short_code);
            world.open(new, Before { action, shown: Some((stood.id, world.codes[code])) }).await
        }
        Step::Try { user, call } => try_code(world, user, CallId::from_random([call; 16])).await,
        Step::GiveTryBack { user, call } => give_try_back(world, user, CallId::from_random([call; 16])).await,
        Step::Revoke(phone) => revoke(world, phone).await,
        Step::SignOut(phone) => {
            let phone = world.phones[phone].clone();
            let _perhaps_refused = both!(world, |store| scene::remove(store, &phone));
            Ok(())
        }
        Step::Enrol(phone) => {
            let new = anew(&world.phones[phone], world.phones[phone].user.as_str());
            if let Ok(enrolled) = both!(world, |store| enrol(store, &new, None, MAY_ADD)) {
                world.phones[phone] = enrolled.credential().clone();
            }
            Ok(())
        }
        Step::SetState(user, state) => {
            let name = world.tracked(user).name;
            let _perhaps_refused = both!(world, |store| store.set_state(&name, state, world.now));
            Ok(())
        }
        Step::Forget(user) => {
            let user = World::user(user);
            both!(world, |store| async { store.forget(&world.tenant, &user).await.map_err(Into::into) })
                .map_err(refused)
        }
    }
}

fn refused(refusal: Refusal) -> String {
    format!("refused: {refusal:?}")
}

/// Checks that the stores and the rules gave the same.
fn same<T: Clone + Debug + Normal + PartialEq>(given: &T, by_rules: &T) -> Result<(), String> {
    if *given == by_rules.clone().normal() {
        Ok(())
    } else {
        Err(format!("by the stores: {given:?}\nby the rules: {by_rules:?}"))
    }
}

/// Checks that a challenge is now as the rules say. A refused step must not have changed it.
async fn stands(
    world: &World<'_>,
    challenge: usize,
    by_rules: Result<Challenge, Refusal>,
    stood: Challenge,
) -> Result<(), String> {
    same(&world.read(challenge).await?, &by_rules.unwrap_or(stood))
}

async fn claim(world: &World<'_>, challenge: usize, phone: usize, signature: usize) -> Result<(), String> {
    let (stood, by, r) = (world.read(challenge).await?, world.phones[phone].holder(), world.signatures[signature]);
    let claim = claiming(&by, r);
    let event = match stood.state.holder() {
        Some(from) if *from != by && !world.is_enrolled(from).await? => {
            Event::TakeOver { claim: claim.clone(), from: from.clone() }
        }
        _ => Event::Claim(claim.clone()),
    };
    let claimed = both!(world, |store| store.claim(&stood.tenant, &stood.id, &claim, world.now));
    same(&claimed, &stood.apply(&event, world.now))
}

async fn decide(world: &mut World<'_>, step: &Step) -> Result<(), String> {
    let Step::Decide { challenge, phone, decision, signature, stale } = *step else { return Ok(()) };
    let (stood, by, now) = (world.read(challenge).await?, world.phones[phone].clone(), world.now);
    let r = signature.map(|n| world.signatures[n]);
    let event = Event::Decide(by.holder(), decision, r);
    // The early read counts only if the rules allowed the decision then. The store checks what has changed since.
    let early = Some(world.first(challenge)).filter(|first| stale && first.apply(&event, now).is_ok());
    let read = early.unwrap_or(&stood).clone();
    let record = action(&read, &by, decision, now);
    let deciding = Deciding { challenge: &read, by: &by, decision, r, wrong_code: false, action: &record };
    if !world.records.contains(&record.name) {
        world.records.push(record.name.clone());
    }
    let decided = both!(world, |store| store.decide(deciding.clone(), now));
    let by_rules = stood.apply(&event, now);
    match decided {
        Ok(Decided::Made(then)) => {
            world.made.insert(then.id, then.clone());
            same(&Ok(then), &read.apply(&event, now))?;
            stands(world, challenge, by_rules, stood).await
        }
        Ok(Decided::Stands(then)) => {
            same(&then, &stood)?;
            same(&Ok(then), &by_rules)
        }
        Ok(Decided::Moved) => same(&by_rules.is_ok(), &true),
        // The credential or the action may prevent what the rules of challenges allow.
        Err(refusal) => same(&by_rules.map_or_else(|by_rules| refusal == by_rules, |_| true), &true),
    }
}

async fn hold(world: &World<'_>, challenge: usize, call: u8) -> Result<(), String> {
    let (stood, call) = (world.read(challenge).await?, CallId::from_random([call; 16]));
    let held = both!(world, |store| store.hold(&stood.tenant, &stood.id, call));
    same(&held, &stood.apply(&Event::Hold(call), world.now))
}

async fn settle(world: &World<'_>, challenge: usize) -> Result<(), String> {
    let stood = world.read(challenge).await?;
    let settled = both!(world, |store| store.settle(&stood.tenant, &stood.id));
    same(&settled, &stood.apply(&Event::Settle, world.now).map(|_| ()))
}

async fn release(world: &World<'_>, challenge: usize, call: u8, stale: bool) -> Result<(), String> {
    let (stood, call) = (world.read(challenge).await?, CallId::from_random([call; 16]));
    if !matches!(stood.screen, Screen::Socket(_)) {
        return Ok(());
    }
    let made = world.made.get(&stood.id).filter(|_| stale).unwrap_or(&stood).clone();
    let by_rules = match made.state.approval() {
        Some(_) => stood.apply(&Event::Release(call), world.now),
        None => Err(Refusal::NotApproved),
    };
    let released = both!(world, |store| store.release(&made, call, world.now));
    same(&released, &by_rules.clone().map(|then| then.state))?;
    stands(world, challenge, by_rules, stood).await
}

async fn take_back(world: &World<'_>, challenge: usize, stale: bool) -> Result<(), String> {
    let stood = world.read(challenge).await?;
    // An approval is not taken back if its screen can come back for it.
    if !matches!(stood.screen, Screen::Socket(_)) {
        return Ok(());
    }
    let made = world.made.get(&stood.id).filter(|_| stale).unwrap_or(&stood).clone();
    let by_rules = match made.state.approval() {
        Some((by, at)) => {
            Ok(stood.apply(&Event::TakeBack { by: by.clone(), at }, world.now).unwrap_or_else(|_| stood.clone()))
        }
        None => Err(Refusal::NotApproved),
    };
    let taken_back = both!(world, |store| store.take_back(&made, world.now));
    same(&taken_back, &by_rules.clone().map(|then| then.state))?;
    stands(world, challenge, by_rules, stood).await
}

async fn redeem(world: &World<'_>, challenge: usize, action: Option<&str>) -> Result<(), String> {
    let stood = world.read(challenge).await?;
    let action = action.map(|action| ActionCode::parse(action).unwrap());
    let redeemed = both!(world, |store| store.redeem(&stood.tenant, &stood.id, action.as_ref(), world.now));
    let is_first = matches!(stood.state, State::Approved { .. });
    same(&redeemed, &stood.apply(&Event::Redeem(action), world.now).map(|then| (then, is_first)))
}

async fn bind(world: &World<'_>, challenge: usize, user: usize, stale: bool) -> Result<(), String> {
    let (stood, to) = (world.read(challenge).await?, world.tracked(user));
    let event = Event::Bind(Box::new(to.clone()));
    // The early read counts only if the rules allowed the binding then. The store checks what has changed since.
    let early = Some(world.first(challenge)).filter(|first| stale && first.apply(&event, world.now).is_ok());
    let read = early.unwrap_or(&stood);
    let bound = both!(world, |store| store.bind(read, &to, world.now));
    let is_bound = read.apply(&event, world.now).as_ref() == Ok(read);
    let by_rules = if is_bound { Ok(stood.clone()) } else { stood.apply(&event, world.now) };
    same(&bound, &by_rules.clone().map(|_| ()))?;
    stands(world, challenge, by_rules, stood).await
}

async fn leave(world: &World<'_>, socket: usize) -> Result<(), String> {
    let connection = world.connection(socket).await?;
    let stood = match world.shown_on(&connection) {
        Some(challenge) => Some((challenge, world.read(challenge).await?)),
        None => None,
    };
    both!(world, |store| async { store.leave(&connection, world.now).await.map_err(Into::into) }).map_err(refused)?;
    let Some((challenge, stood)) = stood else { return Ok(()) };
    stands(world, challenge, stood.apply(&Event::Leave(connection.id), world.now), stood).await
}

async fn resume(world: &World<'_>, challenge: usize, code: usize, socket: usize) -> Result<(), String> {
    let (stood, code, connection) = (world.read(challenge).await?, world.codes[code], world.connection(socket).await?);
    let by_rules = stood.apply(&Event::Resume(code, Some(connection.id.clone())), world.now);
    // The use case checks the rules on what it read. The store checks what has changed since.
    if by_rules.is_err() || connection.bucket.take(world.now).is_err() {
        return Ok(());
    }
    let resumed = both!(world, |store| store.resume(&connection, &stood, world.now));
    same(&resumed, &by_rules.map(Some))
}

async fn renew(world: &mut World<'_>, socket: usize, code: usize) -> Result<(), String> {
    let connection = world.connection(socket).await?;
    let screen = Screen::resumable(world.codes[code], connection.id.clone());
    let (new, _) = world.challenge(screen, None).await?;
    let Some(shown) = world.shown_on(&connection) else { return Ok(()) };
    let stood = world.read(shown).await?;
    let renewed = both!(world, |store| store.renew(&connection, &new));
    let by_rules = match (stood.apply(&Event::Renew(new.id), world.now), &renewed) {
        (Ok(then), Ok(true)) => then,
        (Ok(_), Err(Refusal::AlreadyClaimed)) if world.older_is_taken(&connection).await? => stood,
        (Ok(_), Err(Refusal::TooManyRequests)) | (Err(_), _) => stood,
        (Ok(_), other) => return Err(format!("{other:?}, but the rules allow to renew it")),
    };
    same(&world.read(shown).await?, &by_rules)?;
    if renewed == Ok(true) {
        world.challenges.push(new);
    }
    Ok(())
}

async fn poll(world: &World<'_>, challenge: usize, code: usize) -> Result<(), String> {
    let (stood, code) = (world.read(challenge).await?, world.codes[code]);
    let by_rules = stood.apply(&Event::Resume(code, None), world.now);
    // The store is called only for a screen that was away and may come back by the rules.
    if by_rules.is_err() || !stood.screen.is_away() || !stood.state.is_open() {
        return Ok(());
    }
    both!(world, |store| async { store.polled(&stood, world.now).await.map_err(Into::into) }).map_err(refused)?;
    stands(world, challenge, by_rules, stood).await
}

async fn try_code(world: &mut World<'_>, user: usize, call: CallId) -> Result<(), String> {
    let (id, now) = (World::user(user), world.now);
    let tried = both!(world, |store| store.count_try(&world.tenant, &id, call, now));
    let by_rules = Tries::with(world.tries[user].as_ref(), call, now);
    same(&tried, &by_rules.clone().map(|_| ()))?;
    if let Ok(tries) = by_rules {
        world.tries[user] = Some(tries);
    }
    Ok(())
}

async fn give_try_back(world: &mut World<'_>, user: usize, call: CallId) -> Result<(), String> {
    let id = World::user(user);
    both!(world, |store| async { store.give_try_back(&world.tenant, &id, call).await.map_err(Into::into) })
        .map_err(refused)?;
    world.tries[user] = world.tries[user].as_ref().map(|tries| tries.without(call));
    Ok(())
}

async fn revoke(world: &World<'_>, phone: usize) -> Result<(), String> {
    let phone = &world.phones[phone];
    let mut stood = Vec::new();
    for n in 0..world.challenges.len() {
        stood.push(world.read(n).await?);
    }
    let is_known =
        both!(world, |store| async { store.revoke(&phone.tenant, &phone.user, &phone.id).await.map_err(Into::into) });
    for (n, stood) in stood.into_iter().enumerate() {
        let event = Event::Revoke(phone.id);
        let by_rules = if is_known == Ok(true) { stood.apply(&event, world.now) } else { Ok(stood.clone()) };
        stands(world, n, by_rules, stood).await?;
    }
    Ok(())
}
