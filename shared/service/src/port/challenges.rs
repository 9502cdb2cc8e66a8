//! Challenges, transition by transition.

use std::future::Future;

use scanlatch_protocol::action::Action;
use scanlatch_protocol::challenge::{Challenge, Decision, Withdrawal};
use scanlatch_protocol::credential::{Credential, Holder};
use scanlatch_protocol::id::{ActionCode, CallId, ChallengeId, TenantId, UserId};
use scanlatch_protocol::key::SignatureR;
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::time::Timestamp;

use super::Connection;
use crate::{Result, Unavailable};

/// What a new challenge takes the place of.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The tracked action that it is for, as it was read. It then names the new challenge as its newest, and the one that
    /// it named before is superseded if nobody has claimed it. `None` for a challenge that no screen shows.
    pub action: Option<Action>,
    /// The challenge that its screen showed, with the digest of the code that proves it. A pair that is wrong changes
    /// nothing and is not told of.
    pub shown: Option<(ChallengeId, Digest)>,
}

/// Stores the challenge of a screen that holds a code, or of a device.
pub trait Creates: Send + Sync {
    /// In one step: stores a new challenge and supersedes what it takes the place of. Repeating it changes nothing.
    /// [`scanlatch_protocol::Refusal::InvalidToken`] if the action is gone, [`scanlatch_protocol::Refusal::ActionBlocked`] if it is barred.
    fn create(&self, challenge: &Challenge, before: &Before) -> impl Future<Output = Result<()>> + Send;
}

/// Stores a socket's challenge in place of the one before it.
pub trait Replaces: Send + Sync {
    /// In one step: stores the challenge, makes it the one that the connection shows, and withdraws the one that
    /// `connection` (as it was read) showed. If the connection shows another one by now, nothing happens and
    /// `false` is returned; so it is if the connection is gone. A tracked action is treated and refused as in
    /// [`Creates::create`]; one that has succeeded is not refused, since the SDK has no ear for it.
    fn replace(&self, connection: &Connection, challenge: &Challenge) -> impl Future<Output = Result<bool>> + Send;
}

/// Brings a screen back to its challenge.
pub trait Resumes: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Resume`] on a socket, in one step with what the connection shows; what it showed
    /// before, as it was read, is withdrawn. `None` if the connection shows another one by now, or is gone.
    fn resume(
        &self,
        connection: &Connection,
        challenge: &Challenge,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Challenge>>> + Send;
}

/// Hears that a screen polls.
pub trait Polls: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Resume`] of a screen whose socket was lost and that polls now.
    fn polled(&self, challenge: &Challenge, now: Timestamp) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Reads challenges.
pub trait Challenges: Send + Sync {
    /// The challenge of this id, expired ones included.
    fn challenge(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
    ) -> impl Future<Output = Result<Option<Challenge>, Unavailable>> + Send;
}

/// Claims challenges.
pub trait Claims: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Claim`] with a signature of this r, or
    /// [`scanlatch_protocol::challenge::Event::TakeOver`] if the enrolment of whoever holds it is gone. Returns the challenge as
    /// it is then.
    fn claim(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        by: &Holder,
        r: SignatureR,
        now: Timestamp,
    ) -> impl Future<Output = Result<Challenge>> + Send;
}

/// What a decision came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Decided {
    /// This call made it.
    Made(Challenge),
    /// It was made before.
    Stands(Challenge),
    /// Its screen listens elsewhere since the challenge was read; nothing happened.
    Moved,
}

/// A decision that is to be stored.
#[derive(Clone, Debug)]
pub struct Deciding<'a> {
    /// The challenge as it was read; of one that a device opened for itself, as the tracked action has it.
    pub challenge: &'a Challenge,
    /// Who decides.
    pub by: &'a Credential,
    /// What.
    pub decision: Decision,
    /// Of the signature, if one that a claim had used is to be refused.
    pub r: Option<SignatureR>,
    /// The action record as it will be.
    pub action: &'a Action,
}

/// Decides challenges.
pub trait Decides: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Decide`] in one step with the action record, the credential's `last_verified_at` and
    /// the checks that the credential is still enrolled, that the action is neither barred nor has succeeded and, if the
    /// challenge is for one user, that it is still there: it went if the user was deleted. The challenge's screen must be
    /// as it was read. Returns the challenge as it is then, but for what changed since it was read.
    fn decide(&self, deciding: Deciding<'_>, now: Timestamp) -> impl Future<Output = Result<Decided>> + Send;
}

/// Settles what a decision that nobody could hear comes to.
pub trait Settles: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Hold`] by this call; returns the challenge as it is then.
    fn hold(&self, tenant: &TenantId, id: &ChallengeId, call: CallId)
    -> impl Future<Output = Result<Challenge>> + Send;

    /// [`scanlatch_protocol::challenge::Event::Settle`].
    fn settle(&self, tenant: &TenantId, id: &ChallengeId) -> impl Future<Output = Result<()>> + Send;

    /// [`scanlatch_protocol::challenge::Event::Release`] by this call of the approval that `challenge` holds, which may take it back
    /// as [`Settles::take_back`] does. Returns the challenge as it is then.
    fn release(
        &self,
        challenge: &Challenge,
        call: CallId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Challenge>> + Send;

    /// [`scanlatch_protocol::challenge::Event::TakeBack`] of the approval that `challenge` holds, in one step with the action
    /// record: what was tracked before the decision stands again, and `CHALLENGE_FAILED` where nothing was. A record
    /// that a backend has judged since stays. Returns the challenge as it is then: taken back, or not, or for the last call
    /// that holds it to take back.
    fn take_back(&self, challenge: &Challenge, now: Timestamp) -> impl Future<Output = Result<Challenge>> + Send;
}

/// Redeems approvals.
pub trait Redeems: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Redeem`] for this action, if the backend names one; returns the challenge as it is
    /// then, and whether this call was the one that redeemed it.
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

/// Hears that a socket is no more.
pub trait Leaves: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Leave`] for the challenge that the connection showed.
    fn leave(&self, connection: &Connection, now: Timestamp) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Binds challenges.
pub trait Binds: Send + Sync {
    /// [`scanlatch_protocol::challenge::Event::Bind`]; `challenge` is as it was read. Returns the challenge as it is then, but for
    /// a claim since it was read.
    fn bind(
        &self,
        challenge: &Challenge,
        to: &Action,
        now: Timestamp,
    ) -> impl Future<Output = Result<Challenge>> + Send;
}

/// Finds what waits for a user.
pub trait Pending: Send + Sync {
    /// The challenges that are for this user and pending, the oldest first; of very many the oldest few, so that none is
    /// hidden for ever.
    fn pending(
        &self,
        tenant: &TenantId,
        user: &UserId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Challenge>, Unavailable>> + Send;
}
