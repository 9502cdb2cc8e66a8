//! Short codes, and the tries of users who type them.

use std::future::Future;

use scanlatch_protocol::id::{CallId, ChallengeId, TenantId, UserId};
use scanlatch_protocol::secret::Digest;
use scanlatch_protocol::time::Timestamp;

use crate::{Result, Unavailable};

/// Looks challenges up by their short codes.
pub trait ShortCodes: Send + Sync {
    /// The challenge of the code with this digest, unless it has expired. It may be claimed or withdrawn by now: the
    /// claim finds out.
    fn challenge_of_code(
        &self,
        tenant: &TenantId,
        code: &Digest,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<ChallengeId>, Unavailable>> + Send;
}

/// Counts tries.
pub trait CountsTries: Send + Sync {
    /// [`scanlatch_protocol::short_code::Tries::with`] this call, for a user.
    fn count_try(
        &self,
        tenant: &TenantId,
        user: &UserId,
        call: CallId,
        now: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;

    /// [`scanlatch_protocol::short_code::Tries::without`] this call. Tries that are gone stay gone.
    fn give_try_back(
        &self,
        tenant: &TenantId,
        user: &UserId,
        call: CallId,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;
}
