//! What use cases ask of the world. A method is a transition or a look-up, never a bare write: a store makes each
//! transition one conditional call that may be repeated, and keeps exactly the rules of `protocol`.
//!
//! Reads are strongly consistent. [`Unavailable`] means that the caller does not know whether a transition
//! happened; asking again finds out.

use std::future::Future;
use std::sync::Arc;

use protocol::action::{Action, ActionName};
use protocol::challenge::{Challenge, Decision, Withdrawal};
use protocol::context::Context;
use protocol::credential::{Credential, Enrolled, EnrolmentRules, Holder};
use protocol::id::{ChallengeId, ConnectionId, TenantId, UserId};
use protocol::key::Thumbprint;
use protocol::secret::Digest;
use protocol::signing::{SigningKey, VerifyingKeys};
use protocol::tenant::Tenant;
use protocol::time::Timestamp;
use protocol::user::User;

use crate::{Result, Unavailable};

/// What a look-up returns.
pub type Found<T> = std::result::Result<Option<T>, Unavailable>;

/// The time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// If the system has none to give.
    fn fill(&self, bytes: &mut [u8]) -> std::result::Result<(), Unavailable>;

    /// An array of them.
    ///
    /// # Errors
    /// If the system has none to give.
    fn random<const N: usize>(&self) -> std::result::Result<[u8; N], Unavailable> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// Looks tenants up.
pub trait Tenants: Send + Sync {
    /// The tenant of this id, disabled ones included.
    fn tenant(&self, id: &TenantId) -> impl Future<Output = Found<Tenant>> + Send;
}

/// Looks secret keys up.
pub trait SecretKeys: Send + Sync {
    /// Whether this is the digest of an active secret key of the tenant.
    fn has_secret_key(
        &self,
        tenant: &TenantId,
        digest: &Digest,
    ) -> impl Future<Output = std::result::Result<bool, Unavailable>> + Send;
}

/// The public halves of the signing keys.
pub trait Verifies: Send + Sync {
    /// The keys whose tokens are good; `kid` is the one that is wanted, so that a cached set without it can be
    /// renewed.
    fn verifying_keys(
        &self,
        kid: Option<&str>,
    ) -> impl Future<Output = std::result::Result<Arc<VerifyingKeys>, Unavailable>> + Send;
}

/// The private half that signs now.
pub trait Signs: Send + Sync {
    /// The current signing key; made if there is none yet.
    fn signing_key(&self) -> impl Future<Output = std::result::Result<Arc<SigningKey>, Unavailable>> + Send;
}

/// Stores a polling screen's challenge.
pub trait Creates: Send + Sync {
    /// Stores a new challenge. Repeating it changes nothing.
    fn create(&self, challenge: &Challenge) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;
}

/// Stores a socket's challenge in place of the one before it.
pub trait Replaces: Send + Sync {
    /// In one step: stores the challenge, makes it the one that the connection shows, and withdraws the one that
    /// `connection` (as it was read) showed. If the connection shows another one by now, nothing happens and
    /// `false` is returned; so it is if the connection is gone.
    fn replace(
        &self,
        connection: &Connection,
        challenge: &Challenge,
    ) -> impl Future<Output = std::result::Result<bool, Unavailable>> + Send;
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
    /// will be), the credential's `last_verified_at` and the check that the credential is still enrolled;
    /// `challenge` is as it was read. Returns the challenge as it is then, but for a withdrawal since it was read.
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
    fn withdraw(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        why: Withdrawal,
    ) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;
}

/// A screen's socket: what only its handshake knew, and what it shows now.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// API Gateway's name of it.
    pub id: ConnectionId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Who is asking.
    pub context: Context,
    /// The tracked action of a screen that came with a user token.
    pub tracked: Option<Action>,
    /// Lifetimes that the tenant set, in milliseconds.
    pub lifetimes: Lifetimes,
    /// When it was opened. API Gateway ends it 2 hours later at the latest.
    pub connected_at: Timestamp,
    /// The challenge that it shows.
    pub shows: Option<Shown>,
}

/// How long a challenge and its approval live, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// From creation to expiry.
    pub challenge_ms: i64,
    /// From the decision to the last redemption.
    pub redeemable_ms: i64,
}

/// A challenge on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Which.
    pub challenge: ChallengeId,
    /// Its expiry, which makes withdrawing it needless.
    pub expires_at: Timestamp,
}

/// Opens connections.
pub trait Connects: Send + Sync {
    /// Stores a connection that shows nothing yet.
    fn connect(&self, connection: &Connection) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;
}

/// Reads connections.
pub trait Connections: Send + Sync {
    /// The connection of this id.
    fn connection(&self, id: &ConnectionId) -> impl Future<Output = Found<Connection>> + Send;
}

/// Closes connections.
pub trait Disconnects: Send + Sync {
    /// Forgets the connection and returns it as it was.
    fn disconnect(&self, id: &ConnectionId) -> impl Future<Output = Found<Connection>> + Send;
}

/// Speaks to screens.
pub trait Pushes: Send + Sync {
    /// Sends text to a connection, if it can be had at once. A push is a hint: losing one loses nothing.
    fn push(&self, to: &ConnectionId, text: &str) -> impl Future<Output = Pushed> + Send;
}

/// What became of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// Handed to the connection.
    Sent,
    /// The connection is no more.
    Gone,
    /// It failed otherwise.
    Lost,
}

/// Looks credentials up.
pub trait Credentials: Send + Sync {
    /// The active credential of this key.
    fn credential(&self, tenant: &TenantId, key: &Thumbprint) -> impl Future<Output = Found<Credential>> + Send;
}

/// Enrols credentials.
pub trait Enrols: Send + Sync {
    /// [`protocol::credential::enrol`] in one step. `current` is the key's credential as it was read; if it is
    /// another by now, the store looks again.
    fn enrol(
        &self,
        new: &Credential,
        current: Option<&Credential>,
        rules: EnrolmentRules,
    ) -> impl Future<Output = Result<Enrolled>> + Send;
}

/// Removes credentials.
pub trait Removes: Send + Sync {
    /// Removes exactly this enrolment; one that is gone stays gone, and a newer one of the same key stays.
    fn remove(&self, credential: &Credential) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;
}

/// Looks users up.
pub trait Users: Send + Sync {
    /// The user of this id.
    fn user(&self, tenant: &TenantId, id: &UserId) -> impl Future<Output = Found<User>> + Send;
}

/// Tracks actions.
pub trait Tracks: Send + Sync {
    /// Stores an action, unless it is there: then the stored one is returned and stays.
    fn track(&self, action: &Action) -> impl Future<Output = std::result::Result<Action, Unavailable>> + Send;
}

/// Reads actions.
pub trait Actions: Send + Sync {
    /// The action of this name, expired ones excluded.
    fn action(&self, name: &ActionName, now: Timestamp) -> impl Future<Output = Found<Action>> + Send;
}

/// Sets tenants up: for the command line and the local stack, never for a function.
pub trait Administers: Send + Sync {
    /// Stores a tenant with its settings, whatever was there before.
    fn put_tenant(&self, tenant: &Tenant) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;

    /// Makes a secret key of this digest valid for the tenant.
    fn add_secret_key(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        now: Timestamp,
    ) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;
}
