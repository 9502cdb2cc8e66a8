//! What was stored, told and promised so far.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use scanlatch_protocol::action::{Action, ActionName};
use scanlatch_protocol::challenge::{Challenge, Hold, Screen, State};
use scanlatch_protocol::id::{ChallengeId, CredentialId, UserId};
use scanlatch_protocol::jwt::{Kind, Token};
use scanlatch_service::port::Clock as _;

use crate::checks;
use crate::world::World;

/// An event that some history must reach. Without these the invariants hold trivially.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A phone was told yes whose screen is on a socket only.
    Told,
    /// A phone was told yes whose screen holds a code.
    ToldWithCode,
    /// An approval was taken back.
    TakenBack,
    /// An approval was held.
    Held,
    /// An approval was redeemed.
    Redeemed,
    /// An approval was void because its phone was revoked.
    Void,
    /// Another phone took over a revoked phone's claim.
    TakenOver,
    /// A screen no longer showed its code.
    Withdrawn,
    /// A screen with a code lost its socket.
    Away,
    /// A screen came back.
    Resumed,
    /// A backend bound a code to its user.
    Bound,
    /// A decision came with the claim's signature.
    Copied,
    /// A decision came too late for its action.
    Succeeded,
    /// A device verified its user.
    Verified,
    /// A session began.
    Session,
    /// A screen showed a newer code beside the one before.
    Renewed,
    /// The older of two codes was claimed.
    OlderClaimed,
    /// A wrong number was typed.
    WrongNumber,
    /// A phone that holds too many screens claims another.
    Paused,
}

impl Mark {
    /// What histories of many pages and phones come to.
    pub const IN_A_CROWD: &[Self] = &[
        Self::Told,
        Self::ToldWithCode,
        Self::TakenBack,
        Self::Held,
        Self::Redeemed,
        Self::Void,
        Self::TakenOver,
        Self::Withdrawn,
        Self::Away,
        Self::Resumed,
        Self::Bound,
        Self::Copied,
        Self::Succeeded,
        Self::Verified,
        Self::Session,
        Self::Renewed,
        Self::WrongNumber,
        Self::Paused,
    ];
}

/// An invariant that does not hold, and how.
#[derive(Debug)]
pub struct Violation(pub String);

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An outcome, unless an invariant is broken.
pub type Held<T = ()> = Result<T, Violation>;

/// Checks `it`, and otherwise says which invariant is broken.
pub fn holds(it: bool, otherwise: impl FnOnce() -> String) -> Held {
    if it { Ok(()) } else { Err(Violation(otherwise())) }
}

/// The cause of a change, other than phones and screens.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// A backend judges this action.
    SetsActionState(ActionName),
    /// A backend deletes this user.
    Forgets(UserId),
    /// A backend tracks.
    Tracks,
    /// Anybody else.
    Other,
}

/// All that is known.
#[derive(Default)]
pub struct Ledger {
    /// Counts the events.
    pub tick: u64,
    /// As they were stored last.
    pub challenges: BTreeMap<ChallengeId, Challenge>,
    /// As they were stored last.
    pub actions: HashMap<ActionName, Action>,
    /// Actions that a backend tracked before anything was decided, as they came.
    pub tracked: HashMap<ActionName, Action>,
    /// Deleted users. A backend may track other data for them again than an older socket knows.
    pub forgotten: BTreeSet<UserId>,
    /// Challenges whose phone was told yes.
    pub yes: BTreeSet<ChallengeId>,
    /// Result tokens that somebody has.
    pub tokens: Vec<(ChallengeId, String)>,
    /// Credentials with a confirmed revocation, and its tick.
    pub revoked: BTreeMap<CredentialId, u64>,
    /// What happened.
    pub marks: BTreeSet<Mark>,
}

impl Ledger {
    /// Counts one more event.
    pub fn tick(&mut self) -> u64 {
        self.tick += 1;
        self.tick
    }

    /// Notes that somebody has this token; returns the challenge of a result token.
    pub fn has(&mut self, token: &str) -> Option<ChallengeId> {
        let id = challenge_of(token)?;
        if !self.tokens.iter().any(|(_, known)| known == token) {
            self.tokens.push((id, token.to_owned()));
        }
        Some(id)
    }

    /// Checks what a step has changed.
    pub fn look(&mut self, world: &World, cause: &Cause) -> Held {
        let (challenges, actions) = world.store.look();
        let challenges: BTreeMap<_, _> = challenges.into_iter().map(|stored| (stored.id, stored)).collect();
        let actions: HashMap<_, _> = actions.into_iter().map(|stored| (stored.name.clone(), stored)).collect();
        for (id, now) in &challenges {
            if let Some(before) = self.challenges.get(id) {
                checks::challenge(before, now, self)?;
            }
            self.marks.extend(self.challenges.get(id).into_iter().flat_map(|before| marks(before, now)));
        }
        for (name, before) in &self.actions {
            checks::action(before, actions.get(name), &challenges, cause)?;
        }
        for (name, action) in &actions {
            if *cause == Cause::Tracks && !self.actions.contains_key(name) {
                self.tracked.insert(name.clone(), action.clone());
            }
        }
        self.tracked.retain(|name, _| actions.contains_key(name));
        if let Cause::Forgets(user) = cause {
            self.forgotten.insert(user.clone());
        }
        (self.challenges, self.actions) = (challenges, actions);
        checks::words(self)?;
        checks::one_of_two(self)?;
        checks::few_claims(self, world.store.now())?;
        checks::promises(self)
    }
}

/// The challenge of a result token; any other token has none.
fn challenge_of(token: &str) -> Option<ChallengeId> {
    Token::read(token).ok().filter(|token| token.kind() == Kind::Result)?;
    let payload = token.split('.').nth(1).and_then(scanlatch_protocol::base64::decode)?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    ChallengeId::parse(claims["jti"].as_str()?).ok()
}

fn marks(before: &Challenge, now: &Challenge) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut mark = |happened: bool, mark| {
        if happened {
            marks.push(mark);
        }
    };
    let changed = before.state != now.state;
    mark(changed && matches!(now.state, State::Cancelled { .. }), Mark::TakenBack);
    mark(changed && matches!(now.state, State::Approved { hold: Hold::Repeated { .. }, .. }), Mark::Held);
    mark(changed && matches!(now.state, State::Consumed { .. }), Mark::Redeemed);
    mark(changed && matches!(now.state, State::Revoked { .. }), Mark::Void);
    let both_claimed = matches!((&before.state, &now.state), (State::Claimed { .. }, State::Claimed { .. }));
    mark(both_claimed && before.state.holder() != now.state.holder(), Mark::TakenOver);
    mark(before.successor.is_none() && now.successor.is_some(), Mark::Renewed);
    mark(changed && before.state == State::Unclaimed && before.successor.is_some(), Mark::OlderClaimed);
    mark(before.withdrawn.is_none() && now.withdrawn.is_some(), Mark::Withdrawn);
    mark(!before.screen.is_away() && now.screen.is_away(), Mark::Away);
    mark(now.screen != before.screen && now.screen.socket().is_some(), Mark::Resumed);
    mark(before.subject.is_none() && now.subject.is_some() && now.screen != Screen::TrustedDevice, Mark::Bound);
    marks
}
