//! The challenge: one screen asks, one phone claims, the same phone decides, one backend redeems.
//!
//! ```text
//!                          .--take-over--.   (the claimer was revoked)
//! unclaimed --claim--> claimed <---------'
//!     |                   |---approve--> approved --redeem--> consumed
//!     |                   |                 |  \---revoke---/---> revoked
//!     |                   |                 \--take-back--> cancelled
//!     |                   \---reject--> rejected
//!     \--withdraw--> superseded (its screen shows a newer one) or cancelled (its screen has left)
//! ```
//! A challenge for one user, and one that a device opened for itself, may be decided without a claim: nobody else
//! could have claimed the first, and nobody else knows the second. Expiry is never stored;
//! [`Challenge::expires_at`] decides on every read and in every write.
//!
//! # Invariants
//!
//! Stores, use cases and tests keep these five; `shared/service/tests/invariants` plays random histories against them,
//! and `tests/mutants` makes sure that they would be found broken.
//!
//! - **I1** A phone that is told yes: the screen that showed the code can obtain the token until it expires. It hears
//!   it by a push that API Gateway accepted for that connection, by polling, or by resuming.
//! - **I2** A screen never hears `approved` without its token, and never goes backwards.
//! - **I3** An action that succeeded stays so, and no other challenge can be approved for it.
//! - **I4** What a revoked credential approved counts for nothing from the confirmation of the revocation on.
//! - **I5** What a backend tracked is never mixed with a screen's words.
//!
//! No server can keep I1 in three cases. A half-open socket takes a push that nobody reads. The official SDK's
//! automatic refresh forgets its challenge before the server hears of it. An anonymous polling refresh of the official
//! SDK names no predecessor, so the older code stays alive. Nor does I1 speak of a code that its screen was not given
//! yet: a known user may approve it unscanned while the screen's reply is under way or lost.

mod apply;
mod approval;
mod event;
mod filter;
mod params;
mod screen;
mod signed;
mod standing;
mod state;

use crate::Refusal;
use crate::action::ActionName;
use crate::context::Context;
use crate::custom::Custom;
use crate::id::{ActionCode, ChallengeId, IdempotencyKey, TenantId, UserId};
use crate::key::SignatureR;
use crate::secret::DeviceCode;
use crate::time::Timestamp;

pub use approval::Approval;
pub use event::{Decision, Event, Withdrawal};
pub use filter::{By, ChallengeFilter};
pub use params::{ChallengeAssignment, ChallengeParams, Proven};
pub use screen::{GRACE_MS, Resumable, Screen};
pub use signed::{ChallengeSignature, SignedChallenge};
pub use standing::Standing;
pub use state::{Hold, MAX_REPEATS, State};

/// As many signatures of accepted claims are kept with a challenge; a further repeat of the claim is refused.
pub const MAX_CLAIMS: usize = 8;

/// How long a device that verifies its user is given the same answer again, in milliseconds from its decision.
pub const REPEATED_MS: i64 = 30_000;

/// The action of a challenge that a device opened for itself without naming one. The backend names it at the first
/// redemption.
pub const TRUSTED_DEVICE_ACTION: &str = "trusted-device";

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
    /// One of each accepted claim's signature. A decision that brings one again was copied from the claim.
    pub spent: Vec<SignatureR>,
    /// What a backend took the approval for, where the challenge itself names no action; see [`TRUSTED_DEVICE_ACTION`].
    pub taken_for: Option<ActionCode>,
    /// How far it got.
    pub state: State,
}

impl Challenge {
    /// Whether claim and decision come too late.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    /// Whether somebody may still decide it: for lists, a decision judges anew.
    pub fn is_pending(&self, now: Timestamp) -> bool {
        let shown = match self.state {
            State::Unclaimed => self.check_shown(now).is_ok(),
            State::Claimed { .. } => self.check_not_withdrawn().is_ok(),
            _ => false,
        };
        shown && !self.is_expired(now)
    }

    /// From this instant an approval of `approved_at` can no longer be redeemed.
    pub fn redeemable_until(&self, approved_at: Timestamp) -> Timestamp {
        approved_at.plus(self.redeemable_ms)
    }

    /// Until when the item is worth keeping, for clean-up only: past every use, and an hour for the curious.
    pub fn forgettable_at(&self) -> Timestamp {
        self.redeemable_until(self.expires_at).plus(3_600_000)
    }

    /// Whether `code` proves the screen that asked.
    ///
    /// # Errors
    /// [`Refusal::UnknownChallenge`], whatever is wrong.
    pub fn check_screen(&self, code: &DeviceCode) -> Result<(), Refusal> {
        if self.screen.has_code(&code.digest()) { Ok(()) } else { Err(Refusal::UnknownChallenge) }
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

    /// Whether the backend names the action at the first redemption.
    pub fn takes_action(&self) -> bool {
        self.screen == Screen::TrustedDevice && self.subject.is_none() && self.action.as_str() == TRUSTED_DEVICE_ACTION
    }

    /// Whom it is for, or who has claimed it.
    pub fn user(&self) -> Option<&UserId> {
        self.subject.as_ref().or(self.state.holder().map(|holder| &holder.user))
    }

    /// The action that the approval counts for.
    pub fn counts_for(&self) -> &ActionCode {
        self.taken_for.as_ref().unwrap_or(&self.action)
    }
}

#[cfg(test)]
mod tests;
