//! The challenge: a screen asks, a phone claims, the same phone decides, a backend redeems.
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
//! Two kinds of challenge may be decided without a claim. Nobody else could have claimed a challenge for one user, and
//! nobody else knows a challenge that a device opened for itself. Expiry is never stored: every read and every write
//! compares [`Challenge::expires_at`] with the time.
//!
//! # Invariants
//!
//! Stores and use cases keep these eight. `shared/testkit/tests/invariants` plays random histories against them, and
//! `tests/mutants` checks that a broken invariant is noticed.
//!
//! - **I1** If a phone is told yes, the screen that showed the code can obtain the token until it expires. The screen
//!   gets it by a push that API Gateway accepted for its connection, by polling, or by resuming.
//! - **I2** A screen never hears `approved` without its token, and its state never goes backwards.
//! - **I3** An action that succeeded stays so, and no other challenge can be approved for it.
//! - **I4** Once a revocation is confirmed, nothing that the credential approved counts.
//! - **I5** A backend's tracked data is never mixed with a screen's.
//! - **I6** Of two codes that a screen shows one beside the other, one is claimed at most.
//! - **I7** Where a number is asked, nothing is approved without it.
//! - **I8** A phone holds as many unanswered claims at once as [`crate::credential::conduct`] says, and no more.
//!
//! No server can keep I1 in three cases. A half-open socket takes a push that nobody reads. The official SDK's
//! automatic refresh forgets its challenge before the server hears of it. An anonymous polling refresh of the official
//! SDK names no predecessor, so the older code stays alive. I1 also excludes a code that its screen has not received
//! yet. A known user may approve it unscanned while the screen's reply is under way or lost.

mod application;
mod apply;
mod approval;
mod claim;
mod event;
mod filter;
mod judged;
mod params;
mod screen;
mod signed;
mod standing;
mod state;
mod trace;

use crate::Refusal;
use crate::action::ActionName;
use crate::context::Context;
use crate::custom::Custom;
use crate::id::{ActionCode, ChallengeId, ConnectionId, IdempotencyKey, TenantId, UserId};
use crate::key::SignatureR;
use crate::proximity::Sight;
use crate::secret::{DeviceCode, Digest};
use crate::time::Timestamp;

pub use application::{Application, Door};
pub use approval::Approval;
pub use claim::{Claim, ClaimFacts, LAPSE_MARGIN_MS};
pub use event::{Decision, Event, Withdrawal};
pub use filter::{By, ChallengeFilter};
pub use judged::Judged;
pub use params::{ChallengeAssignment, ChallengeParams, Proven};
pub use screen::{GRACE_MS, Resumable, Screen};
pub use signed::{ChallengeSignature, SignedChallenge};
pub use standing::{Question, Standing};
pub use state::{Hold, MAX_REPEATS, State};

/// How many signatures of accepted claims a challenge keeps. A claim with a further signature is refused.
pub const MAX_CLAIMS: usize = 8;

/// How long a code can still be claimed after its screen has renewed it and follows both, in milliseconds.
pub const OVERLAP_MS: i64 = 30_000;

/// How long a device that verifies its user gets the same answer to a repeated call, in milliseconds from the decision.
pub const REPEATED_MS: i64 = 30_000;

/// The action of a challenge that a device opened for itself without naming one. The backend names the real one at the
/// first redemption.
pub const TRUSTED_DEVICE_ACTION: &str = "trusted-device";

/// A login in progress.
#[derive(Clone, Debug, PartialEq)]
pub struct Challenge {
    /// Its id, which the QR code shows.
    pub id: ChallengeId,
    /// Its tenant.
    pub tenant: TenantId,
    /// What the user is asked to do.
    pub action: ActionCode,
    /// Names the action record that the decision writes.
    pub idempotency_key: IdempotencyKey,
    /// The tracked action's data, or the screen's if no action was tracked.
    pub custom: Option<Custom>,
    /// Who is asking.
    pub context: Context,
    /// The only user who may claim; anybody enrolled if absent.
    pub subject: Option<UserId>,
    /// The screen that gets the answer.
    pub screen: Screen,
    /// When it was made.
    pub created_at: Timestamp,
    /// From this instant it can be neither claimed nor decided.
    pub expires_at: Timestamp,
    /// How long after the decision an approval can be redeemed, in milliseconds.
    pub redeemable_ms: i64,
    /// How long a token that was handed out serves, in milliseconds. It never outlives the approval.
    pub token_ms: i64,
    /// What the trusted edge saw of the screen, whatever a backend tracked.
    pub sight: Option<Sight>,
    /// Up to how many kilometres a phone is near its screen.
    pub near_km: u32,
    /// Whether its screen said that it can show a number.
    pub shows_number: bool,
    /// Whether it was opened with a backend's user token. A challenge that was bound to an action later was not.
    pub is_backends: bool,
    /// Set once its screen no longer shows it.
    pub withdrawn: Option<Withdrawal>,
    /// The newer challenge that its screen shows since it was renewed, while the screen follows both. A claim of this one
    /// supersedes that one, and is refused once that one is claimed.
    pub successor: Option<ChallengeId>,
    /// What its claim fixed.
    pub claim: Option<ClaimFacts>,
    /// The `r` of each accepted claim's signature. A decision with one of these was copied from the claim.
    pub spent: Vec<SignatureR>,
    /// The digest of its short code, if its screen asked for one. It names the challenge until somebody has claimed it.
    pub short_code: Option<Digest>,
    /// The registered application that asks, if one does.
    pub application: Option<Box<Application>>,
    /// The action that a backend named, if the challenge itself names none; see [`TRUSTED_DEVICE_ACTION`].
    pub taken_for: Option<ActionCode>,
    /// How far it got.
    pub state: State,
}

impl Challenge {
    /// Whether it is too late to claim or decide.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    /// Whether somebody may still decide it. This serves lists only: a decision checks for itself.
    pub fn is_pending(&self, now: Timestamp) -> bool {
        let shown = match self.state {
            State::Unclaimed => self.check_shown(now).is_ok(),
            State::Claimed { .. } => self.check_not_withdrawn().is_ok() && !self.has_lapsed(now),
            _ => false,
        };
        shown && !self.is_expired(now)
    }

    /// Whether the end of this socket changes what becomes of it. It does not once nobody can claim or decide it, or once
    /// another socket shows it.
    pub fn is_lost_with(&self, socket: &ConnectionId, now: Timestamp) -> bool {
        self.screen.socket() == Some(socket)
            && self.state.is_open()
            && self.withdrawn.is_none()
            && !self.is_expired(now)
    }

    /// From this instant an approval of `approved_at` can no longer be redeemed.
    pub fn redeemable_until(&self, approved_at: Timestamp) -> Timestamp {
        approved_at.plus(self.redeemable_ms)
    }

    /// When to purge: one hour after its last use.
    pub fn forgettable_at(&self) -> Timestamp {
        self.redeemable_until(self.expires_at).plus(3_600_000)
    }

    /// Checks that `code` is the device code of this challenge's screen.
    ///
    /// # Errors
    /// [`Refusal::UnknownChallenge`] if it is not.
    pub fn check_screen(&self, code: &DeviceCode) -> Result<(), Refusal> {
        if self.screen.has_code(&code.digest()) { Ok(()) } else { Err(Refusal::UnknownChallenge) }
    }

    /// Whether its screen follows it by the calls of screens. A device of the device grant polls the token endpoint instead,
    /// and must not get a result token that a backend would take for a login of its own.
    pub fn is_screens(&self) -> bool {
        !matches!(self.application.as_deref(), Some(Application { door: Door::Device { .. }, .. }))
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

    /// Whether the backend names the action at the first redemption; see [`TRUSTED_DEVICE_ACTION`].
    pub fn takes_action(&self) -> bool {
        self.screen == Screen::TrustedDevice && self.subject.is_none() && self.action.as_str() == TRUSTED_DEVICE_ACTION
    }

    /// The user whom it is for, or who has claimed it.
    pub fn user(&self) -> Option<&UserId> {
        self.subject.as_ref().or(self.state.holder().map(|holder| &holder.user))
    }

    /// The action that the approval counts for.
    pub fn counts_for(&self) -> &ActionCode {
        self.taken_for.as_ref().unwrap_or(&self.action)
    }
}

#[cfg(test)]
pub(crate) mod tests;
