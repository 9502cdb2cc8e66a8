//! The challenge: one screen asks, one phone claims, the same phone decides, one backend redeems.
//!
//! ```text
//! unclaimed --claim--> claimed --approve--> approved --redeem--> consumed
//!     |                   \--reject--> rejected
//!     \--withdraw--> superseded (its screen shows a newer one) or cancelled (its screen has left)
//! ```
//! A challenge for one user, and one that a device opened for itself, may be decided without a claim: nobody else
//! could have claimed the first, and nobody else knows the second.
//!
//! Withdrawing only bars a claim: one that was made before may still be decided. Expiry is never stored;
//! [`Challenge::expires_at`] decides on every read and in every write.

use crate::Refusal;
use crate::action::{ActionName, ActionState};
use crate::context::Context;
use crate::credential::Holder;
use crate::custom::Custom;
use crate::id::{ActionCode, ChallengeId, ConnectionId, IdempotencyKey, TenantId, UserId};
use crate::secret::{DeviceCode, Digest};
use crate::time::Timestamp;

/// A login in progress.
#[derive(Clone, Debug, PartialEq)]
pub struct Challenge {
    /// What the QR code shows.
    pub id: ChallengeId,
    /// Its tenant.
    pub tenant: TenantId,
    /// What the user is asked to do.
    pub action: ActionCode,
    /// Names the action record that the decision writes.
    pub idempotency_key: IdempotencyKey,
    /// The tracked action's data, or the screen's where nobody tracked.
    pub custom: Option<Custom>,
    /// Who is asking.
    pub context: Context,
    /// The only user who may claim; anybody enrolled if absent.
    pub subject: Option<UserId>,
    /// Where the answer goes.
    pub screen: Screen,
    /// When it was made.
    pub created_at: Timestamp,
    /// From this instant it can be neither claimed nor decided.
    pub expires_at: Timestamp,
    /// How long after the decision an approval can be redeemed, in milliseconds.
    pub redeemable_ms: i64,
    /// Set once its screen no longer shows it.
    pub withdrawn: Option<Withdrawal>,
    /// How far it got.
    pub state: State,
}

/// The screen that asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    /// It listens on a socket.
    Socket(ConnectionId),
    /// It polls, and proves itself with the code of this digest.
    Poll(Digest),
    /// There is none: a trusted device opened the challenge for itself.
    Own,
}

/// How far a challenge got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody scanned it yet.
    Unclaimed,
    /// A phone holds it.
    Claimed {
        /// The phone.
        by: Holder,
        /// When.
        at: Timestamp,
    },
    /// The holder said yes.
    Approved {
        /// The holder.
        by: Holder,
        /// When.
        at: Timestamp,
    },
    /// The holder said no.
    Rejected {
        /// The holder.
        by: Holder,
        /// When.
        at: Timestamp,
    },
    /// A backend redeemed the approval.
    Consumed {
        /// The holder.
        by: Holder,
        /// When the holder approved.
        at: Timestamp,
        /// When the first backend asked.
        redeemed_at: Timestamp,
    },
}

/// Why a screen no longer shows a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    /// It shows a newer one.
    Superseded,
    /// It has left.
    Cancelled,
}

/// What the holder decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

/// What can happen to a challenge.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A phone claims it.
    Claim(Holder),
    /// A phone decides it.
    Decide(Holder, Decision),
    /// A backend redeems it.
    Redeem,
    /// A backend says which user and action it is for.
    Bind(ActionName, Option<Custom>),
    /// Its screen no longer shows it.
    Withdraw(Withdrawal),
}

impl Challenge {
    /// What `event` makes of this challenge at `now`; every store compiles exactly these rules. An event that
    /// already happened changes nothing and succeeds, so that a caller whose reply was lost may ask again.
    ///
    /// # Errors
    /// The refusals that concern challenges; the challenge is then unchanged.
    #[expect(clippy::match_same_arms, reason = "the arms are grouped by event, as the diagram above is read")]
    pub fn apply(&self, event: &Event, now: Timestamp) -> Result<Self, Refusal> {
        let to = |state| Ok(Self { state, ..self.clone() });
        match (event, &self.state) {
            (Event::Claim(by) | Event::Decide(by, _), _) if !self.is_for(&by.user) => Err(Refusal::UnknownChallenge),
            (Event::Claim(_), _) if self.screen == Screen::Own => Err(Refusal::UnknownChallenge),

            (Event::Claim(_), State::Unclaimed) if self.is_expired(now) => Err(Refusal::Expired),
            (Event::Claim(by), State::Unclaimed) => {
                self.still_shown()?;
                to(State::Claimed { by: by.clone(), at: now })
            }
            (Event::Claim(by) | Event::Decide(by, _), _) if self.state.holder().is_some_and(|holder| holder != by) => {
                Err(Refusal::AlreadyClaimed)
            }
            (Event::Claim(_) | Event::Decide(..), State::Claimed { .. } | State::Unclaimed) if self.is_expired(now) => {
                Err(Refusal::Expired)
            }
            (Event::Claim(_), _) => Ok(self.clone()),

            (Event::Decide(by, decision), State::Unclaimed) if self.needs_no_claim_by(&by.user) => {
                self.still_shown()?;
                to(decision.by(by.clone(), now))
            }
            (Event::Decide(..), State::Unclaimed) => Err(Refusal::NotClaimed),
            (Event::Decide(by, decision), State::Claimed { .. }) => to(decision.by(by.clone(), now)),
            (Event::Decide(_, Decision::Approve), State::Approved { .. } | State::Consumed { .. })
            | (Event::Decide(_, Decision::Reject), State::Rejected { .. }) => Ok(self.clone()),
            (Event::Decide(..), _) => Err(Refusal::AlreadyDecided),

            (Event::Redeem, State::Approved { at, .. } | State::Consumed { at, .. })
                if now >= at.plus(self.redeemable_ms) =>
            {
                Err(Refusal::Expired)
            }
            (Event::Redeem, State::Approved { by, at }) => {
                to(State::Consumed { by: by.clone(), at: *at, redeemed_at: now })
            }
            (Event::Redeem, State::Consumed { .. }) => Ok(self.clone()),
            (Event::Redeem, _) => Err(Refusal::NotApproved),

            (Event::Bind(name, _), State::Unclaimed | State::Claimed { .. }) if self.is_bound_to(name) => {
                Ok(self.clone())
            }
            (Event::Bind(name, custom), State::Unclaimed) if self.is_bindable(now) => Ok(Self {
                action: name.code.clone(),
                idempotency_key: name.idempotency_key.clone(),
                custom: custom.clone().or_else(|| self.custom.clone()),
                subject: Some(name.user.clone()),
                ..self.clone()
            }),
            (Event::Bind(..), _) => Err(Refusal::NotOpen),

            (Event::Withdraw(_), _) if self.withdrawn.is_some() => Ok(self.clone()),
            (Event::Withdraw(why), _) => Ok(Self { withdrawn: Some(*why), ..self.clone() }),
        }
    }

    /// Whether claim and decision come too late.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    /// Whether somebody may still decide it: for lists, a decision judges anew.
    pub fn is_pending(&self, now: Timestamp) -> bool {
        let undecided = matches!(self.state, State::Unclaimed | State::Claimed { .. });
        let shown = self.withdrawn.is_none() || self.state != State::Unclaimed;
        undecided && shown && !self.is_expired(now)
    }

    /// Until when the item is worth keeping, for clean-up only: past every use, and an hour for the curious.
    pub fn forgettable_at(&self) -> Timestamp {
        self.expires_at.plus(self.redeemable_ms).plus(3_600_000)
    }

    /// Whether `code` proves the screen that asked.
    ///
    /// # Errors
    /// [`Refusal::UnknownChallenge`], whatever is wrong.
    pub fn proves_screen(&self, code: &DeviceCode) -> Result<(), Refusal> {
        match &self.screen {
            Screen::Poll(digest) if *digest == code.digest() => Ok(()),
            _ => Err(Refusal::UnknownChallenge),
        }
    }

    /// The action record that a decision by `user` writes.
    pub fn action_of(&self, user: &UserId) -> ActionName {
        ActionName {
            tenant: self.tenant,
            user: user.clone(),
            code: self.action.clone(),
            idempotency_key: self.idempotency_key.clone(),
        }
    }

    fn is_for(&self, user: &UserId) -> bool {
        self.subject.as_ref().is_none_or(|subject| subject == user)
    }

    fn needs_no_claim_by(&self, user: &UserId) -> bool {
        self.screen == Screen::Own || self.subject.as_ref() == Some(user)
    }

    fn is_bound_to(&self, name: &ActionName) -> bool {
        self.subject.as_ref() == Some(&name.user) && self.action_of(&name.user) == *name
    }

    fn is_bindable(&self, now: Timestamp) -> bool {
        self.subject.is_none() && self.screen != Screen::Own && self.withdrawn.is_none() && !self.is_expired(now)
    }

    fn still_shown(&self) -> Result<(), Refusal> {
        match self.withdrawn {
            None => Ok(()),
            Some(Withdrawal::Superseded) => Err(Refusal::Superseded),
            Some(Withdrawal::Cancelled) => Err(Refusal::Cancelled),
        }
    }
}

impl State {
    /// Who claimed.
    pub fn holder(&self) -> Option<&Holder> {
        match self {
            Self::Unclaimed => None,
            Self::Claimed { by, .. }
            | Self::Approved { by, .. }
            | Self::Rejected { by, .. }
            | Self::Consumed { by, .. } => Some(by),
        }
    }

    /// Who approved and when, redeemed or not.
    pub fn approval(&self) -> Option<(&Holder, Timestamp)> {
        match self {
            Self::Approved { by, at } | Self::Consumed { by, at, .. } => Some((by, *at)),
            _ => None,
        }
    }
}

impl Decision {
    /// The decision behind the wire's `approved`.
    pub fn from_approved(approved: bool) -> Self {
        if approved { Self::Approve } else { Self::Reject }
    }

    fn by(self, by: Holder, at: Timestamp) -> State {
        match self {
            Self::Approve => State::Approved { by, at },
            Self::Reject => State::Rejected { by, at },
        }
    }

    /// What the decision makes of the action behind the challenge.
    pub fn action_state(self) -> ActionState {
        match self {
            Self::Approve => ActionState::ChallengeSucceeded,
            Self::Reject => ActionState::ChallengeFailed,
        }
    }
}

#[cfg(test)]
mod tests;
