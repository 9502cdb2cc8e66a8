use crate::action::{Action, ActionState};
use crate::credential::Holder;
use crate::id::{ActionCode, CallId, ChallengeId, ConnectionId, CredentialId};
use crate::key::SignatureR;
use crate::secret::Digest;
use crate::time::Timestamp;

use super::{Claim, Hold, State};

/// What can happen to a challenge.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A phone claims it.
    Claim(Claim),
    /// A phone claims it from a holder who was revoked.
    TakeOver {
        /// The phone's claim.
        claim: Claim,
        /// The holder whose enrolment is gone, which the store checks.
        from: Holder,
    },
    /// A phone decides it. The signature is given if a spent one is to be refused.
    Decide(Holder, Decision, Option<SignatureR>),
    /// The phone repeats its approval with this call. Nobody takes the approval back meanwhile.
    Hold(CallId),
    /// This call has told the screen, or may have.
    Settle,
    /// This call found that the screen is gone.
    Release(CallId),
    /// The call that made this approval found that its screen is gone.
    TakeBack {
        /// Who approved.
        by: Holder,
        /// When.
        at: Timestamp,
    },
    /// A credential was revoked: what it approved counts for nothing.
    Revoke(CredentialId),
    /// A backend redeems it, for this action if it names one.
    Redeem(Option<ActionCode>),
    /// A backend binds it to a user and an action.
    Bind(Box<Action>),
    /// Its screen shows this newer one too, and follows both for [`super::OVERLAP_MS`].
    Renew(ChallengeId),
    /// Its screen no longer shows it.
    Withdraw(Withdrawal),
    /// This socket has closed.
    Leave(ConnectionId),
    /// Its screen is back with its code, on this socket or polling.
    Resume(Digest, Option<ConnectionId>),
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

impl Decision {
    /// The decision behind the wire's `approved`.
    pub fn from_approved(approved: bool) -> Self {
        if approved { Self::Approve } else { Self::Reject }
    }

    pub(super) fn by(self, by: Holder, at: Timestamp) -> State {
        match self {
            Self::Approve => State::Approved { by, at, hold: Hold::Free },
            Self::Reject => State::Rejected { by, at },
        }
    }

    /// The state of the challenge's action after the decision.
    pub fn action_state(self) -> ActionState {
        match self {
            Self::Approve => ActionState::ChallengeSucceeded,
            Self::Reject => ActionState::ChallengeFailed,
        }
    }
}
