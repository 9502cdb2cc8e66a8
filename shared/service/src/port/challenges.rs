//! Challenges, transition by transition.

use std::future::Future;

use protocol::action::{Action, ActionName};
use protocol::challenge::{Challenge, Decision, Withdrawal};
use protocol::credential::{Credential, Holder};
use protocol::custom::Custom;
use protocol::id::{ChallengeId, TenantId, UserId};
use protocol::time::Timestamp;

use super::Connection;
use super::{Found, Stored};
use crate::Result;

/// Stores a polling screen's challenge.
pub trait Creates: Send + Sync {
    /// Stores a new challenge. Repeating it changes nothing.
    fn create(&self, challenge: &Challenge) -> impl Future<Output = Stored<()>> + Send;
}

/// Stores a socket's challenge in place of the one before it.
pub trait Replaces: Send + Sync {
    /// In one step: stores the challenge, makes it the one that the connection shows, and withdraws the one that
    /// `connection` (as it was read) showed. If the connection shows another one by now, nothing happens and
    /// `false` is returned; so it is if the connection is gone.
    fn replace(&self, connection: &Connection, challenge: &Challenge) -> impl Future<Output = Stored<bool>> + Send;
}

/// Reads challenges.
pub trait Challenges: Send + Sync {
    /// The challenge of this id, expired ones included.
    fn challenge(&self, tenant: &TenantId, id: &ChallengeId) -> impl Future<Output = Found<Challenge>> + Send;
}

/// Claims challenges.
pub trait Claims: Send + Sync {
    /// [`protocol::challenge::Event::Claim`]; returns the challenge as it is then.
    fn claim(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        by: &Holder,
        now: Timestamp,
    ) -> impl Future<Output = Result<Challenge>> + Send;
}

/// Decides challenges.
pub trait Decides: Send + Sync {
    /// [`protocol::challenge::Event::Decide`] in one step with the action record (which `action` describes as it
    /// will be), the credential's `last_verified_at` and the checks that the credential is still enrolled, the action
    /// not barred and, if the challenge is for one user, still there: it went if the user was deleted; `challenge` is as it was read. Returns the challenge as it is then, but for a withdrawal
    /// since it was read.
    fn decide(
        &self,
        challenge: &Challenge,
        by: &Credential,
        decision: Decision,
        action: &Action,
        now: Timestamp,
    ) -> impl Future<Output = Result<Challenge>> + Send;
}

/// Redeems approvals.
pub trait Redeems: Send + Sync {
    /// [`protocol::challenge::Event::Redeem`]; returns the challenge as it is then, and whether this call was the
    /// one that redeemed it.
    fn redeem(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        now: Timestamp,
    ) -> impl Future<Output = Result<(Challenge, bool)>> + Send;
}

/// Withdraws challenges.
pub trait Withdraws: Send + Sync {
    /// [`protocol::challenge::Event::Withdraw`]; a challenge that is gone stays gone.
    fn withdraw(&self, tenant: &TenantId, id: &ChallengeId, why: Withdrawal)
    -> impl Future<Output = Stored<()>> + Send;
}

/// Binds challenges.
pub trait Binds: Send + Sync {
    /// [`protocol::challenge::Event::Bind`]; `challenge` is as it was read. Returns the challenge as it is then, but for
    /// a claim since it was read.
    fn bind(
        &self,
        challenge: &Challenge,
        to: &ActionName,
        custom: Option<&Custom>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Challenge>> + Send;
}

/// Finds what waits for a user.
pub trait Pending: Send + Sync {
    /// The challenges that are for this user and pending, the newest first; of very many the newest few.
    fn pending(
        &self,
        tenant: &TenantId,
        user: &UserId,
        now: Timestamp,
    ) -> impl Future<Output = Stored<Vec<Challenge>>> + Send;
}
