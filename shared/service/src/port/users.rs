//! Users.

use std::future::Future;

use scanlatch_protocol::id::{TenantId, UserId};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::user::{Revision, User, UserFilter};

use crate::{Result, Unavailable};

/// Looks users up.
pub trait Users: Send + Sync {
    /// The user of this id.
    fn user(&self, tenant: &TenantId, id: &UserId) -> impl Future<Output = Result<Option<User>, Unavailable>> + Send;
}

/// Changes users.
pub trait Revises: Send + Sync {
    /// [`User::revised`]. A user of whom nothing is stored is stored now. A forgotten method is remembered for
    /// [`super::Revokes::revoke`] as a removed credential is. `current` is the user as it was read; the store reads
    /// again if it has changed. Returns the changed user.
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
    /// At most `limit` of the users that `filter` matches, after `after`, in the order of their ids; and whether there
    /// may be more.
    fn users(
        &self,
        tenant: &TenantId,
        filter: &UserFilter,
        after: Option<&UserId>,
        limit: u32,
    ) -> impl Future<Output = Result<(Vec<User>, bool), Unavailable>> + Send;
}

/// Forgets users.
pub trait Forgets: Send + Sync {
    /// Removes everything that belongs to a user. Once it returns, no enrolment, decision, session or redemption that
    /// began before can still succeed for the user.
    fn forget(&self, tenant: &TenantId, id: &UserId) -> impl Future<Output = Result<(), Unavailable>> + Send;
}
