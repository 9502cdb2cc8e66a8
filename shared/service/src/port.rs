//! What use cases ask of the world. A method is a transition or a look-up, never a bare write: a store makes each
//! transition one conditional call that may be repeated, and keeps exactly the rules of `protocol`.
//!
//! Reads are strongly consistent. [`Unavailable`] means that the caller does not know whether a transition
//! happened; asking again finds out.

use std::future::Future;
use std::sync::Arc;

use protocol::action::{Action, ActionName, ActionState};
use protocol::challenge::{Challenge, Decision, Withdrawal};
use protocol::context::Context;
use protocol::credential::{Credential, Enrolled, EnrolmentRules, Holder};
use protocol::custom::Custom;
use protocol::id::{ChallengeId, ConnectionId, CredentialId, SessionId, TenantId, UserId};
use protocol::key::Thumbprint;
use protocol::secret::Digest;
use protocol::session::Session;
use protocol::signing::{SigningKey, VerifyingKeys};
use protocol::tenant::Tenant;
use protocol::time::Timestamp;
use protocol::user::{Revision, User};
use protocol::wire::action::Sought;
use protocol::wire::user::Wanted;

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
    /// The tenant of this id with its secret keys' digests, disabled ones included.
    fn tenant(&self, id: &TenantId) -> impl Future<Output = Found<Tenant>> + Send;
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
    /// will be), the credential's `last_verified_at` and the checks that the credential is still enrolled and the
    /// action not barred; `challenge` is as it was read. Returns the challenge as it is then, but for a withdrawal
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
    fn withdraw(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
        why: Withdrawal,
    ) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;
}

/// Binds challenges.
pub trait Binds: Send + Sync {
    /// [`protocol::challenge::Event::Bind`]; returns the challenge as it is then.
    fn bind(
        &self,
        tenant: &TenantId,
        id: &ChallengeId,
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
    ) -> impl Future<Output = std::result::Result<Vec<Challenge>, Unavailable>> + Send;
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
    /// [`protocol::credential::enrol`] in one step with the check that the tracked action, whose token allows it, is
    /// still there: it went if its user was deleted, and the token is then [`protocol::Refusal::InvalidToken`].
    /// `current` is the key's credential as it was read; if it is another by now, the store looks again.
    fn enrol(
        &self,
        new: &Credential,
        current: Option<&Credential>,
        rules: EnrolmentRules,
        allowed_by: &ActionName,
    ) -> impl Future<Output = Result<Enrolled>> + Send;
}

/// Removes credentials.
pub trait Removes: Send + Sync {
    /// Removes exactly this enrolment; one that is gone stays gone, and a newer one of the same key stays.
    fn remove(&self, credential: &Credential) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;
}

/// Revokes credentials for a backend.
pub trait Revokes: Send + Sync {
    /// Removes the user's enrolment of this id; `false` if the user has and had none such. Who asks again within a
    /// day is told `true` again.
    fn revoke(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &CredentialId,
    ) -> impl Future<Output = std::result::Result<bool, Unavailable>> + Send;
}

/// Lists credentials.
pub trait ListsCredentials: Send + Sync {
    /// The user's active credentials.
    fn credentials_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
    ) -> impl Future<Output = std::result::Result<Vec<Credential>, Unavailable>> + Send;
}

/// Looks users up.
pub trait Users: Send + Sync {
    /// The user of this id.
    fn user(&self, tenant: &TenantId, id: &UserId) -> impl Future<Output = Found<User>> + Send;
}

/// Changes users.
pub trait Revises: Send + Sync {
    /// [`User::revised`], for a user who is stored if nothing was yet. A method that is forgotten is remembered for
    /// [`Revokes::revoke`] as a removed credential is. `current` is as it was read; if it is another
    /// by now, the store looks again. Returns the user as it is then.
    fn revise(
        &self,
        tenant: &TenantId,
        id: &UserId,
        current: Option<&User>,
        revision: &Revision,
        now: Timestamp,
    ) -> impl Future<Output = Result<User>> + Send;
}

/// Lists users.
pub trait ListsUsers: Send + Sync {
    /// At most `limit` of the users that `wanted` covers, in the order of their ids, after `after`; and whether there
    /// may be more.
    fn users(
        &self,
        tenant: &TenantId,
        wanted: &Wanted,
        after: Option<&UserId>,
        limit: u32,
    ) -> impl Future<Output = std::result::Result<(Vec<User>, bool), Unavailable>> + Send;
}

/// Forgets users.
pub trait Forgets: Send + Sync {
    /// Removes everything that belongs to a user. Once it returns, nothing that began before can still succeed for
    /// the user: no enrolment, decision, session or redemption.
    fn forget(
        &self,
        tenant: &TenantId,
        id: &UserId,
    ) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;
}

/// Reads sessions.
pub trait Sessions: Send + Sync {
    /// The session of this id, one that is over included.
    fn session(&self, tenant: &TenantId, user: &UserId, id: &SessionId) -> impl Future<Output = Found<Session>> + Send;
}

/// Begins sessions.
pub trait Begins: Send + Sync {
    /// Stores a session, in one step with the check that its action stands as succeeded
    /// ([`protocol::Refusal::InvalidToken`] if not). If it is there already, the stored one is returned and stays.
    fn begin(&self, session: &Session, action: &ActionName) -> impl Future<Output = Result<Session>> + Send;
}

/// Refreshes sessions.
pub trait Refreshes: Send + Sync {
    /// [`Session::refreshed`]; [`protocol::Refusal::InvalidToken`] if there is no such session. Returns the session
    /// as it is then, ended if the token was copied.
    fn refresh(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &SessionId,
        presented: u32,
        now: Timestamp,
    ) -> impl Future<Output = Result<Session>> + Send;
}

/// Ends sessions.
pub trait Ends: Send + Sync {
    /// [`Session::revoked`]; a session that is gone stays gone.
    fn end(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &SessionId,
        now: Timestamp,
    ) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;

    /// The same for every session that the user has.
    fn end_all(
        &self,
        tenant: &TenantId,
        user: &UserId,
        now: Timestamp,
    ) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;
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

/// Lists actions.
pub trait ListsActions: Send + Sync {
    /// The user's unexpired actions that `sought` covers, the newest first; of very many the newest
    /// [`MAX_ACTIONS`].
    fn actions_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
        sought: &Sought,
        now: Timestamp,
    ) -> impl Future<Output = std::result::Result<Vec<Action>, Unavailable>> + Send;
}

/// As many actions one list holds.
pub const MAX_ACTIONS: usize = 500;

/// Judges actions.
pub trait Judges: Send + Sync {
    /// Sets the state of an action as the backend wants it; [`protocol::Refusal::UnknownAction`] if it is not there
    /// or expired. Returns the action as it is then.
    fn judge(
        &self,
        name: &ActionName,
        state: ActionState,
        now: Timestamp,
    ) -> impl Future<Output = Result<Action>> + Send;
}

/// Sets tenants up: for the command line and the local stack, never for a function.
pub trait Administers: Send + Sync {
    /// Stores a tenant's name, settings and whether it is enabled, whatever was there before. Its secret keys stay
    /// as they are, and so does the time of its making.
    fn put_tenant(&self, tenant: &Tenant) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;

    /// Makes a secret key of this digest valid for the tenant; one that is valid already stays so.
    /// [`protocol::Refusal::TooManySecretKeys`] beyond [`protocol::tenant::MAX_SECRET_KEYS`],
    /// [`protocol::Refusal::Unauthorized`] if there is no such tenant.
    fn add_secret_key(
        &self,
        tenant: &TenantId,
        digest: &Digest,
        now: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Makes a secret key invalid; one that is gone stays gone.
    fn remove_secret_key(
        &self,
        tenant: &TenantId,
        digest: &Digest,
    ) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;

    /// Every tenant, in the order of their ids.
    fn tenants(&self) -> impl Future<Output = std::result::Result<Vec<Tenant>, Unavailable>> + Send;

    /// Removes a tenant and its secret keys. Its users are to be forgotten before, or they stay out of reach.
    fn forget_tenant(&self, id: &TenantId) -> impl Future<Output = std::result::Result<(), Unavailable>> + Send;
}
