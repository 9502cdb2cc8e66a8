//! Challenges, transition by transition.

use std::future::Future;

use scanlatch_protocol::action::Action;
use scanlatch_protocol::challenge::{Challenge, Claim, Decision, State, Withdrawal};
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::id::{ActionCode, CallId, ChallengeId, TenantId, UserId};
use scanlatch_protocol::key::SignatureR;
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::time::Timestamp;

use super::Connection;
use crate::{Result, Unavailable};

/// What a new challenge replaces.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The tracked action that it is for, as it was read. The action then names the new challenge as its newest. The
    /// one that it named before is superseded if nobody has claimed it. `None` for a challenge that no screen shows.
    pub action: Option<Action>,
    /// The challenge that its screen showed, with the digest of its device code. A wrong pair is ignored silently.
    pub shown: Option<(ChallengeId, Digest)>,
}

/// Stores the challenge of a polling screen or a trusted device.
pub trait Creates: Send + Sync {
    /// In one step, stores a new challenge and supersedes what it replaces. Repeating it changes nothing.
    /// If another challenge that has not expired has its short code, nothing happens and the result is `false`.
    /// [`scanlatch_protocol::Refusal::InvalidToken`] if the action is gone,
    /// [`scanlatch_protocol::Refusal::ActionBlocked`] if it is barred.
    fn create(&self, challenge: &Challenge, before: &Before) -> impl Future<Output = Result<bool>> + Send;
}

/// Replaces the challenge that a socket shows.
pub trait Replaces: Send + Sync {
    /// In one step, stores the challenge, makes it the one that the connection shows, and withdraws the one that
    /// `connection` (as it was read) showed, with the one before that if that can still be claimed. The result is `false`
    /// if the connection is gone or shows another challenge by now, or if another challenge that has not expired has the
    /// short code. The connection then stays as it is. A store may keep the refused challenge; its id must not be told.
    ///
    /// A tracked action is treated and refused as in [`Creates::create`]. One that has succeeded is not refused, because
    /// the SDK ignores error messages.
    ///
    /// Where there is nothing to withdraw and no action, each write may fail alone. The connection may then show a
    /// challenge that is not stored.
    fn replace(&self, connection: &Connection, challenge: &Challenge) -> impl Future<Output = Result<bool>> + Send;
}

/// Renews the challenge that a socket shows.
pub trait Renews: Send + Sync {
    /// As [`Replaces::replace`], but [`scanlatch_protocol::challenge::Event::Renew`] happens to the challenge that the
    /// connection showed, so that both can be claimed for a while. One that it had renewed before is superseded. If the one
    /// that it showed can no longer be renewed, it is left as it is. [`scanlatch_protocol::Refusal::AlreadyClaimed`] if a
    /// phone holds it; then nothing happens, and the screen goes on with it.
    fn renew(&self, connection: &Connection, challenge: &Challenge) -> impl Future<Output = Result<bool>> + Send;
}

/// Brings a screen back to its challenge.
pub trait Resumes: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Resume`] on a socket, in one step with what the connection shows. What
    /// it showed before, as it was read, is withdrawn. `None` if the connection is gone or shows another challenge by
    /// now.
    fn resume(
        &self,
        connection: &Connection,
        challenge: &Challenge,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Challenge>>> + Send;
}

/// Notes that a screen polls.
pub trait Polls: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Resume`] of a screen that lost its socket and polls now.
    fn polled(&self, challenge: &Challenge, now: Timestamp) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Reads challenges.
pub trait Challenges: Send + Sync {
    /// The challenge of this id, expired or not.
    fn challenge(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
    ) -> impl Future<Output = Result<Option<Challenge>, Unavailable>> + Send;
}

/// Claims challenges.
pub trait Claims: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Claim`], in one step with the withdrawal of its successor, which nobody may
    /// have claimed ([`scanlatch_protocol::Refusal::Superseded`]). Or [`scanlatch_protocol::challenge::Event::TakeOver`] if the holder's enrolment is gone. Returns the changed
    /// challenge.
    fn claim(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        claim: &Claim,
        now: Timestamp,
    ) -> impl Future<Output = Result<Challenge>> + Send;
}

/// The outcome of a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Decided {
    /// This call made the decision. This is the challenge as the caller read it, with the decision applied: a signature
    /// that a claim has spent since may be missing.
    Made(Challenge),
    /// It had been made before.
    Stands(Challenge),
    /// Nothing happened, because the screen listens elsewhere since the challenge was read.
    Moved,
}

/// A decision to store.
#[derive(Clone, Debug)]
pub struct Deciding<'a> {
    /// The challenge as it was read. If a device opened it for itself, it already serves the tracked action.
    pub challenge: &'a Challenge,
    /// Who decides.
    pub by: &'a Credential,
    /// The decision.
    pub decision: Decision,
    /// The `r` of the signature, if one that a claim used is to be refused.
    pub r: Option<SignatureR>,
    /// Whether it declines because of a wrong number.
    pub wrong_code: bool,
    /// The action record to store.
    pub action: &'a Action,
}

/// Decides challenges.
pub trait Decides: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Decide`] in one step with the action record, the credential's
    /// `last_verified_at`, and what the decision changes of its conduct as it was read. The credential must still be enrolled, the action must be neither barred nor succeeded, and
    /// the screen must be as it was read. If the challenge is for one user, the action must still exist: it is deleted
    /// with its user. Returns the changed challenge, without other changes since it was read.
    fn decide(&self, deciding: Deciding<'_>, now: Timestamp) -> impl Future<Output = Result<Decided>> + Send;
}

/// Settles an approval that the screen may not have heard.
pub trait Settles: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Hold`] by this call. Returns the changed challenge.
    fn hold(&self, tenant: &TenantId, id: &ChallengeId, call: CallId)
    -> impl Future<Output = Result<Challenge>> + Send;

    /// [`scanlatch_protocol::challenge::Event::Settle`].
    fn settle(&self, tenant: &TenantId, id: &ChallengeId) -> impl Future<Output = Result<()>> + Send;

    /// [`scanlatch_protocol::challenge::Event::Release`] by this call of the approval of `challenge`. It may take the
    /// approval back as [`Settles::take_back`] does. Returns the challenge's state after it.
    fn release(
        &self,
        challenge: &Challenge,
        call: CallId,
        now: Timestamp,
    ) -> impl Future<Output = Result<State>> + Send;

    /// [`scanlatch_protocol::challenge::Event::TakeBack`] of the approval of `challenge`, in one step with the action
    /// record. What was tracked before the decision is restored, or becomes `CHALLENGE_FAILED` if nothing was tracked.
    /// A record that a backend has judged since stays. Returns the challenge's state after it: the approval may be
    /// taken back, stand, or be left to the last call that holds it.
    fn take_back(&self, challenge: &Challenge, now: Timestamp) -> impl Future<Output = Result<State>> + Send;
}

/// Redeems approvals.
pub trait Redeems: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Redeem`], for this action if the backend names one. Returns the changed
    /// challenge, and whether this call redeemed it.
    fn redeem(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        action: Option<&ActionCode>,
        now: Timestamp,
    ) -> impl Future<Output = Result<(Challenge, bool)>> + Send;
}

/// Withdraws challenges.
pub trait Withdraws: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Withdraw`]; a challenge that is gone stays gone.
    fn withdraw(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        why: Withdrawal,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Notes that a socket has closed.
pub trait Leaves: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Leave`] for the challenge that the connection showed.
    fn leave(&self, connection: &Connection, now: Timestamp) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Binds challenges.
pub trait Binds: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Bind`] of `challenge` as it was read. A challenge that was read as bound to
    /// this action is left as it is.
    fn bind(&self, challenge: &Challenge, to: &Action, now: Timestamp) -> impl Future<Output = Result<()>> + Send;
}

/// Finds pending challenges.
pub trait Pending: Send + Sync {
    /// The pending challenges for this user, the oldest first. Of very many the newest from the address `near` are
    /// returned, and the oldest and the newest of the others.
    fn pending(
        &self,
        tenant: &TenantId,
        user: &UserId,
        near: Option<&str>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Challenge>, Unavailable>> + Send;
}
