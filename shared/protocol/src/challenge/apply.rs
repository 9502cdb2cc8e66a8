//! All rules of a challenge.

use std::collections::BTreeSet;

use crate::Refusal;
use crate::action::Action;
use crate::credential::Holder;
use crate::id::{ActionCode, CallId, ChallengeId, ConnectionId, UserId};
use crate::key::SignatureR;
use crate::secret::Digest;
use crate::time::Timestamp;

use super::{
    Challenge, Claim, Decision, Event, Hold, MAX_CLAIMS, MAX_REPEATS, OVERLAP_MS, Resumable, Screen, State, Withdrawal,
};

impl Challenge {
    /// The challenge after `event` at `now`. Every store follows exactly these rules. An event that already happened
    /// succeeds and changes nothing, so that a caller whose reply was lost may ask again.
    ///
    /// # Errors
    /// The refusals of a challenge, which is then unchanged.
    pub fn apply(&self, event: &Event, now: Timestamp) -> Result<Self, Refusal> {
        match event {
            Event::Claim(claim) => self.claimed(claim, now),
            Event::TakeOver { claim, from } => self.taken_over(claim, from, now),
            Event::Decide(by, decision, r) => self.decided(by, *decision, *r, now),
            Event::Hold(call) => self.held(*call),
            Event::Settle => self.settled(),
            Event::Release(call) => Ok(self.released(*call)),
            Event::TakeBack { by, at } => self.taken_back(by, *at),
            Event::Revoke(credential) => Ok(match &self.state {
                State::Approved { by, at, .. } | State::Consumed { by, at, .. } if by.credential == *credential => {
                    self.to(State::Revoked { by: by.clone(), at: *at })
                }
                _ => self.clone(),
            }),
            Event::Redeem(action) => self.redeemed(action.as_ref(), now),
            Event::Bind(action) => self.bound(action, now),
            Event::Renew(by) => self.renewed(*by, now),
            Event::Withdraw(why) => Ok(self.withdraw(*why)),
            Event::Leave(socket) => Ok(self.left(socket, now)),
            Event::Resume(code, socket) => self.resumed(code, socket.as_ref(), now),
        }
    }

    fn claimed(&self, claim: &Claim, now: Timestamp) -> Result<Self, Refusal> {
        let (by, r) = (&claim.by, claim.r);
        if !self.is_for(&by.user) || self.screen == Screen::TrustedDevice {
            return Err(Refusal::UnknownChallenge);
        }
        self.is_held_by(by)?;
        match &self.state {
            State::Unclaimed => {
                self.check_in_time(now)?;
                self.check_shown(now)?;
                let state = State::Claimed { by: by.clone(), at: now };
                Ok(Self { spent: vec![r], claim: Some(claim.facts(now)), ..self.to(state) })
            }
            State::Claimed { .. } => {
                self.check_in_time(now)?;
                self.check_not_lapsed(now)?;
                self.check_not_withdrawn()?;
                self.spending(r)
            }
            State::Approved { .. } | State::Rejected { .. } | State::Consumed { .. } => Ok(self.clone()),
            State::Cancelled { .. } => Err(Refusal::Cancelled),
            State::Revoked { .. } => Err(Refusal::InvalidCredential),
        }
    }

    /// A screen may have been told that the claim of a revoked phone has lapsed, so nobody takes a lapsed one over.
    fn taken_over(&self, claim: &Claim, from: &Holder, now: Timestamp) -> Result<Self, Refusal> {
        match &self.state {
            State::Claimed { by: holder, .. } if holder == from && *holder != claim.by => {
                let taken = Self { state: State::Unclaimed, ..self.clone() }.claimed(claim, now)?;
                self.check_not_lapsed(now)?;
                Ok(taken)
            }
            _ => self.claimed(claim, now),
        }
    }

    fn decided(&self, by: &Holder, decision: Decision, r: Option<SignatureR>, now: Timestamp) -> Result<Self, Refusal> {
        if !self.is_for(&by.user) {
            return Err(Refusal::UnknownChallenge);
        }
        self.is_held_by(by)?;
        match (&self.state, decision) {
            (State::Unclaimed, _) => {
                self.check_in_time(now)?;
                // Only a claim is one step with what happens to the other code.
                if !self.needs_no_claim_by(&by.user) || self.successor.is_some() {
                    return Err(Refusal::NotClaimed);
                }
                self.check_shown(now)?;
                Ok(self.to(decision.by(by.clone(), now)))
            }
            (State::Claimed { .. }, _) => {
                self.check_in_time(now)?;
                self.check_not_lapsed(now)?;
                self.check_not_withdrawn()?;
                if r.is_some_and(|r| self.spent.contains(&r)) {
                    return Err(Refusal::SpentSignature);
                }
                Ok(self.to(decision.by(by.clone(), now)))
            }
            (State::Approved { .. } | State::Consumed { .. }, Decision::Approve)
            | (State::Rejected { .. }, Decision::Reject) => Ok(self.clone()),
            (State::Cancelled { .. }, _) => Err(Refusal::Cancelled),
            (State::Revoked { .. }, _) => Err(Refusal::InvalidCredential),
            _ => Err(Refusal::AlreadyDecided),
        }
    }

    /// The challenge after a call that repeats the approval.
    fn repeated(&self, change: impl FnOnce(&Hold) -> Result<Hold, Refusal>) -> Result<Self, Refusal> {
        match &self.state {
            State::Approved { by, at, hold } => {
                Ok(self.to(State::Approved { by: by.clone(), at: *at, hold: change(hold)? }))
            }
            State::Consumed { .. } => Ok(self.clone()),
            State::Cancelled { .. } => Err(Refusal::Cancelled),
            State::Revoked { .. } => Err(Refusal::InvalidCredential),
            _ => Err(Refusal::NotApproved),
        }
    }

    fn held(&self, call: CallId) -> Result<Self, Refusal> {
        self.repeated(|hold| match hold {
            Hold::Free => Ok(Hold::Repeated { calls: BTreeSet::from([call]), unheard: false }),
            Hold::Repeated { calls, .. } if calls.contains(&call) => Ok(hold.clone()),
            Hold::Repeated { calls, .. } if calls.len() >= MAX_REPEATS => Err(Refusal::TooManyRequests),
            Hold::Repeated { calls, unheard } => {
                let calls = calls.iter().copied().chain([call]).collect();
                Ok(Hold::Repeated { calls, unheard: *unheard })
            }
            Hold::Settled => Ok(Hold::Settled),
        })
    }

    fn settled(&self) -> Result<Self, Refusal> {
        self.repeated(|_| Ok(Hold::Settled))
    }

    /// The last call that holds the approval takes it back, if the call that made it found the screen gone.
    fn released(&self, call: CallId) -> Self {
        let State::Approved { by, at, hold: Hold::Repeated { calls, unheard } } = &self.state else {
            return self.clone();
        };
        let calls: BTreeSet<CallId> = calls.iter().copied().filter(|other| *other != call).collect();
        let (by, at) = (by.clone(), *at);
        self.to(match (calls.is_empty(), unheard) {
            (false, _) => State::Approved { by, at, hold: Hold::Repeated { calls, unheard: *unheard } },
            (true, false) => State::Approved { by, at, hold: Hold::Free },
            (true, true) => State::Cancelled { by, at },
        })
    }

    /// Only a screen that cannot come back can lose an approval this way.
    fn taken_back(&self, by: &Holder, at: Timestamp) -> Result<Self, Refusal> {
        match &self.state {
            State::Approved { by: holder, at: when, hold }
                if (holder, *when) == (by, at) && matches!(self.screen, Screen::Socket(_)) =>
            {
                let by = by.clone();
                match hold {
                    Hold::Free => Ok(self.to(State::Cancelled { by, at })),
                    Hold::Repeated { calls, .. } => {
                        let hold = Hold::Repeated { calls: calls.clone(), unheard: true };
                        Ok(self.to(State::Approved { by, at, hold }))
                    }
                    Hold::Settled => Err(Refusal::AlreadyDecided),
                }
            }
            State::Cancelled { by: holder, at: when } if (holder, *when) == (by, at) => Ok(self.clone()),
            _ => Err(Refusal::AlreadyDecided),
        }
    }

    fn redeemed(&self, action: Option<&ActionCode>, now: Timestamp) -> Result<Self, Refusal> {
        let approval = self.approval_at(now)?;
        let taken_for = match (action, &self.taken_for) {
            (Some(action), None) if self.takes_action() => Some(action.clone()),
            (Some(action), _) if action != self.counts_for() => return Err(Refusal::OtherAction),
            _ => self.taken_for.clone(),
        };
        let state = match &self.state {
            State::Approved { .. } => State::Consumed { by: approval.by.clone(), at: approval.at, redeemed_at: now },
            _ => self.state.clone(),
        };
        Ok(Self { taken_for, ..self.to(state) })
    }

    fn bound(&self, action: &Action, now: Timestamp) -> Result<Self, Refusal> {
        let name = &action.name;
        let is_bound = self.subject.as_ref() == Some(&name.user) && self.action_of(&name.user) == *name;
        if is_bound && self.state.is_open() {
            return Ok(self.clone());
        }
        // An application's login keeps the rules of its own action.
        let is_bindable = self.subject.is_none()
            && self.application.is_none()
            && self.screen != Screen::TrustedDevice
            && self.withdrawn.is_none()
            && !self.is_expired(now);
        if !is_bindable || self.state != State::Unclaimed {
            return Err(Refusal::NotOpen);
        }
        Ok(self.of_action(action))
    }

    /// A challenge that a device opened for itself, made to serve the tracked action.
    ///
    /// # Errors
    /// [`Refusal::UnknownChallenge`] if it is a screen's, another action's or another tenant's.
    pub fn taken_for_action(&self, action: &Action) -> Result<Self, Refusal> {
        let name = &action.name;
        match &self.subject {
            _ if self.screen != Screen::TrustedDevice || self.tenant != name.tenant => Err(Refusal::UnknownChallenge),
            None if self.state == State::Unclaimed => Ok(Self { is_backends: true, ..self.of_action(action) }),
            Some(subject) if self.action_of(subject) == *name => Ok(self.clone()),
            _ => Err(Refusal::UnknownChallenge),
        }
    }

    /// The challenge with the backend's tracked data instead of the screen's.
    #[must_use]
    pub fn of_action(&self, action: &Action) -> Self {
        Self {
            action: action.name.code.clone(),
            idempotency_key: action.name.idempotency_key.clone(),
            custom: action.custom.clone(),
            context: self.context.clone().of_tracked(&action.context),
            subject: Some(action.name.user.clone()),
            ..self.clone()
        }
    }

    fn renewed(&self, by: ChallengeId, now: Timestamp) -> Result<Self, Refusal> {
        if self.successor == Some(by) {
            return Ok(self.clone());
        }
        if self.state != State::Unclaimed {
            return Err(Refusal::AlreadyClaimed);
        }
        self.check_in_time(now)?;
        self.check_not_withdrawn()?;
        if self.successor.is_some() {
            return Err(Refusal::Superseded);
        }
        let expires_at = self.expires_at.min(now.plus(OVERLAP_MS));
        Ok(Self { successor: Some(by), expires_at, ..self.clone() })
    }

    fn withdraw(&self, why: Withdrawal) -> Self {
        Self { withdrawn: self.withdrawn.or(Some(why)), ..self.clone() }
    }

    fn left(&self, socket: &ConnectionId, now: Timestamp) -> Self {
        match &self.screen {
            Screen::Socket(own) if own == socket => self.withdraw(Withdrawal::Cancelled),
            Screen::Resumable(screen) if screen.socket.as_ref() == Some(socket) => {
                let lost_at = screen.lost_at.or(Some(now));
                Self { screen: Screen::Resumable(Resumable { lost_at, ..screen.clone() }), ..self.clone() }
            }
            _ => self.clone(),
        }
    }

    fn resumed(&self, code: &Digest, socket: Option<&ConnectionId>, now: Timestamp) -> Result<Self, Refusal> {
        if !self.screen.has_code(code) {
            return Err(Refusal::UnknownChallenge);
        }
        if self.state.is_open() {
            self.check_in_time(now)?;
            self.check_not_withdrawn()?;
        } else if self.state.approval().is_some() {
            self.approval_at(now)?;
        }
        let screen = Resumable { code: *code, socket: socket.cloned(), lost_at: None };
        Ok(Self { screen: Screen::Resumable(screen), ..self.clone() })
    }

    fn to(&self, state: State) -> Self {
        Self { state, ..self.clone() }
    }

    /// The challenge with one more spent signature.
    fn spending(&self, r: SignatureR) -> Result<Self, Refusal> {
        if self.spent.contains(&r) {
            return Ok(self.clone());
        }
        if self.spent.len() >= MAX_CLAIMS {
            return Err(Refusal::TooManyRequests);
        }
        let mut spent = self.spent.clone();
        spent.push(r);
        Ok(Self { spent, ..self.clone() })
    }

    fn is_for(&self, user: &UserId) -> bool {
        self.subject.as_ref().is_none_or(|subject| subject == user)
    }

    fn is_held_by(&self, by: &Holder) -> Result<(), Refusal> {
        let other = self.state.holder().is_some_and(|holder| holder != by);
        if other { Err(Refusal::AlreadyClaimed) } else { Ok(()) }
    }

    fn needs_no_claim_by(&self, user: &UserId) -> bool {
        self.screen == Screen::TrustedDevice || self.subject.as_ref() == Some(user)
    }

    fn check_in_time(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.is_expired(now) { Err(Refusal::Expired) } else { Ok(()) }
    }

    /// Its claimer may still decide.
    fn check_not_lapsed(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.has_lapsed(now) { Err(Refusal::Lapsed) } else { Ok(()) }
    }

    /// Its screen has not left and shows no newer challenge.
    pub(super) fn check_not_withdrawn(&self) -> Result<(), Refusal> {
        match self.withdrawn {
            None => Ok(()),
            Some(Withdrawal::Superseded) => Err(Refusal::Superseded),
            Some(Withdrawal::Cancelled) => Err(Refusal::Cancelled),
        }
    }

    /// As [`Self::check_not_withdrawn`], and its screen has not been away for too long.
    pub(super) fn check_shown(&self, now: Timestamp) -> Result<(), Refusal> {
        self.check_not_withdrawn()?;
        if self.screen.is_lost(now) { Err(Refusal::Cancelled) } else { Ok(()) }
    }
}
