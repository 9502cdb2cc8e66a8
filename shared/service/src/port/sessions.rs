//! Sessions.

use std::future::Future;

use scanlatch_protocol::action::ActionName;
use scanlatch_protocol::id::{SessionId, TenantId, UserId};
use scanlatch_protocol::session::Session;
use scanlatch_protocol::time::Timestamp;

use crate::{Result, Unavailable};

/// Reads sessions.
pub trait Sessions: Send + Sync {
    /// The session of this id, one that is over included.
    fn session(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &SessionId,
    ) -> impl Future<Output = Result<Option<Session>, Unavailable>> + Send;
}

/// Begins sessions.
pub trait Begins: Send + Sync {
    /// Stores a session, in one step with the checks that its action stands as succeeded, its user is still there and
    /// the user's sessions were not ended since its epoch was read ([`scanlatch_protocol::Refusal::InvalidToken`] if not). If it is
    /// there already, the stored one is returned and stays.
    fn begin(&self, session: &Session, action: &ActionName) -> impl Future<Output = Result<Session>> + Send;
}

/// Refreshes sessions.
pub trait Refreshes: Send + Sync {
    /// [`Session::refreshed`]; [`scanlatch_protocol::Refusal::InvalidToken`] if there is no such session. Returns the session
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
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// Begins another [`scanlatch_protocol::user::User::session_epoch`], and so ends every session of the user, those included
    /// that are about to begin. A user who is gone stays gone.
    fn end_all(&self, tenant: &TenantId, user: &UserId) -> impl Future<Output = Result<(), Unavailable>> + Send;
}
