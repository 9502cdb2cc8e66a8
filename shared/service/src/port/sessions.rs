//! Sessions.

use std::future::Future;

use scanlatch_protocol::action::ActionName;
use scanlatch_protocol::id::{SessionId, TenantId, UserId};
use scanlatch_protocol::session::Session;
use scanlatch_protocol::time::Timestamp;

use crate::{Result, Unavailable};

/// Reads sessions.
pub trait Sessions: Send + Sync {
    /// The session of this id, live or over.
    fn session(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &SessionId,
    ) -> impl Future<Output = Result<Option<Session>, Unavailable>> + Send;
}

/// Begins sessions.
pub trait Begins: Send + Sync {
    /// Stores a session and returns it. One that is stored already stays as it is and is returned instead.
    /// [`scanlatch_protocol::Refusal::InvalidToken`] unless, in the same step, its action has succeeded, its user still
    /// exists, and the user's epoch is the session's.
    fn begin(&self, session: &Session, action: &ActionName) -> impl Future<Output = Result<Session>> + Send;
}

/// Refreshes sessions.
pub trait Refreshes: Send + Sync {
    /// [`Session::refreshed`]; [`scanlatch_protocol::Refusal::InvalidToken`] if there is no such session. Returns the
    /// changed session, which has ended if the token was copied.
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

    /// Begins a new [`scanlatch_protocol::user::User::session_epoch`], which ends every session of the user, even those
    /// that are about to begin. A user who is gone stays gone.
    fn end_all(&self, tenant: &TenantId, user: &UserId) -> impl Future<Output = Result<(), Unavailable>> + Send;
}
