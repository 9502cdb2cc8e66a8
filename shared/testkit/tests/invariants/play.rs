//! Plays a history.

mod acts;
mod answers;

use std::collections::BTreeSet;
use std::task::{Context, Poll, Waker};

use scanlatch_protocol::challenge::LAPSE_MARGIN_MS;
use scanlatch_protocol::id::{ChallengeId, ConnectionId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::Clock as _;

use crate::calls::Calling;
use crate::checks;
use crate::history::{Act, History, Step};
use crate::ledger::{Cause, Held, Ledger, Mark};
use crate::page::{Kind, Page};
use crate::world::World;

/// Port calls that change nothing.
const READS: [&str; 9] =
    ["action", "challenge", "connection", "credential", "pending", "signing_key", "tenant", "user", "verifying_keys"];

/// Plays a history to its end and returns what it reached.
pub fn play(history: &History) -> Held<BTreeSet<Mark>> {
    let (world, tokens) = World::new();
    let mut play = Play::new(&world, tokens)?;
    world.store.take_turns(history.seed);
    for step in &history.steps {
        play.step(step)?;
    }
    play.end()?;
    Ok(play.ledger.marks)
}

struct Call<'a> {
    number: u64,
    began: u64,
    began_at: Timestamp,
    cause: Cause,
    calling: Calling<'a>,
}

struct Play<'a> {
    world: &'a World,
    ledger: Ledger,
    pages: Vec<Page>,
    calls: Vec<Call<'a>>,
    /// Every socket, and whose it is.
    sockets: Vec<(ConnectionId, usize)>,
    /// Closed sockets that the service has not heard of yet.
    unheard: Vec<ConnectionId>,
    /// The user token of each tracked action.
    tokens: Vec<String>,
    /// Challenges that devices opened for themselves.
    own: Vec<ChallengeId>,
    /// The last claim of each phone.
    claims: Vec<(u8, ChallengeId, u64)>,
    signatures: u64,
}

impl<'a> Play<'a> {
    fn new(world: &'a World, tokens: Vec<String>) -> Held<Self> {
        let mut play = Self {
            world,
            ledger: Ledger::default(),
            pages: Kind::ALL.map(Page::new).to_vec(),
            calls: Vec::new(),
            sockets: Vec::new(),
            unheard: Vec::new(),
            tokens,
            own: Vec::new(),
            claims: Vec::new(),
            signatures: 0,
        };
        play.ledger.look(world, &Cause::Tracks)?;
        Ok(play)
    }

    fn step(&mut self, step: &Step) -> Held {
        match step {
            Step::Do(act) => {
                let calls = self.begin(act).into_iter().collect();
                self.run(calls)
            }
            Step::Race(acts, seed) => self.race(acts, *seed),
            Step::Begin(act) => {
                self.begin(act);
                Ok(())
            }
            Step::Poll(call, polls) => {
                for _ in 0..*polls {
                    if let Some(number) = self.under_way(*call) {
                        self.poll(number)?;
                    }
                }
                Ok(())
            }
            Step::Kill(call) => {
                let doomed = self.under_way(*call);
                self.calls.retain(|call| Some(call.number) != doomed);
                Ok(())
            }
            Step::Wait(millis) => {
                self.world.store.advance(*millis);
                // Lambda ends a call that takes longer (`Timeout` of the template).
                let oldest = self.world.store.now().plus(-LAPSE_MARGIN_MS);
                self.calls.retain(|call| call.began_at > oldest);
                Ok(())
            }
            Step::Push(fates) => {
                self.world.store.next_pushes(fates.iter().copied());
                Ok(())
            }
            Step::LoseReply(nth) => {
                self.world.store.lose_reply(u64::from(*nth));
                Ok(())
            }
        }
    }

    /// Ends all calls that are under way, and checks that all promises are kept.
    fn end(&mut self) -> Held {
        let calls = self.calls.iter().map(|call| call.number).collect();
        self.run(calls)?;
        self.world.store.lose_reply(0);
        for id in self.ledger.yes.clone() {
            self.keeps(&id)?;
        }
        for (id, token) in self.ledger.tokens.clone() {
            checks::counts(self.world, &self.ledger, &id, &token)?;
        }
        Ok(())
    }

    fn under_way(&self, n: u8) -> Option<u64> {
        let count = self.calls.len();
        (count > 0).then(|| self.calls[usize::from(n) % count].number)
    }

    fn run(&mut self, calls: Vec<u64>) -> Held {
        let mut left = calls;
        while let Some(number) = left.first().copied() {
            match self.poll(number)? {
                Polled::Pending => {}
                Polled::Done(next) => {
                    left.remove(0);
                    left.extend(next);
                }
            }
        }
        Ok(())
    }

    /// Begins all calls and polls them in bursts, as the seed says, until they are done. In one of eight cases a
    /// process dies.
    fn race(&mut self, acts: &[Act], seed: u64) -> Held {
        let mut draw = draws(seed);
        let mut left = Vec::new();
        for act in acts {
            left.extend(self.begin(act));
        }
        let mut bursts_until_death = if draw(8) == 0 { Some(draw(4)) } else { None };
        while !left.is_empty() {
            let chosen = left[draw(left.len())];
            if bursts_until_death == Some(0) {
                self.calls.retain(|call| call.number != chosen);
            }
            bursts_until_death = bursts_until_death.and_then(|bursts| bursts.checked_sub(1));
            for _ in 0..1 << draw(5) {
                if let Polled::Done(next) = self.poll(chosen)? {
                    left.retain(|number| *number != chosen);
                    left.extend(next);
                    break;
                }
            }
        }
        Ok(())
    }

    fn call(&mut self, cause: Cause, calling: Calling<'a>) -> u64 {
        let began = self.ledger.tick();
        self.calls.push(Call { number: began, began, began_at: self.world.store.now(), cause, calling });
        began
    }

    fn poll(&mut self, number: u64) -> Held<Polled> {
        let Some(place) = self.calls.iter().position(|call| call.number == number) else {
            return Ok(Polled::Done(None));
        };
        let call = &mut self.calls[place];
        let polled = call.calling.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let (cause, began) = (call.cause.clone(), call.began);
        if self.world.store.calls().iter().any(|called| !READS.contains(called)) {
            self.ledger.look(self.world, &cause)?;
        }
        for (to, text) in self.world.store.pushed() {
            self.pushed(&to, &text)?;
        }
        match polled {
            Poll::Pending => Ok(Polled::Pending),
            Poll::Ready(answer) => {
                self.calls.remove(place);
                Ok(Polled::Done(self.answered(began, answer)?))
            }
        }
    }
}

enum Polled {
    Pending,
    /// With the call that follows.
    Done(Option<u64>),
}

/// Numbers below a bound; the same seed gives the same numbers.
fn draws(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap_or_default() % below
    }
}
