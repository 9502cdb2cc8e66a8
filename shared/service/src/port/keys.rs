//! The key set of signing keys.

use std::future::Future;
use std::sync::Arc;

use scanlatch_protocol::key_set::{Change, KeySet};
use scanlatch_protocol::signing::{SigningKey, VerifyingKeys};
use scanlatch_protocol::time::Timestamp;

use crate::Unavailable;

/// A process may remember the key set, and so be behind it, for this long in milliseconds.
pub const FOLLOWED_WITHIN_MS: i64 = 5 * 60_000;

/// Reads the public halves.
pub trait Verifies: Send + Sync {
    /// [`KeySet::verifying`]; `kid` is the key that is wanted, so that a remembered key set without it can be renewed.
    fn verifying_keys(
        &self,
        kid: Option<&str>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Arc<VerifyingKeys>, Unavailable>> + Send;
}

/// Reads the key set and unwraps the private half that signs; makes none.
pub trait Signs: Send + Sync {
    /// The key of [`KeySet::signing`]. An empty key set is a failure: whoever gets here holds something that a key signed,
    /// so the keys were lost.
    fn signing_key(&self, now: Timestamp) -> impl Future<Output = Result<Arc<SigningKey>, Unavailable>> + Send;
}

/// Makes the deployment's first key. For calls that need nothing which a key signed.
pub trait MakesKeys: Send + Sync {
    /// The key of [`KeySet::signing`]; one is made only if the key set is empty, and of two that do so at once one finds
    /// the other's.
    fn signing_key_or_first(&self, now: Timestamp)
    -> impl Future<Output = Result<Arc<SigningKey>, Unavailable>> + Send;
}

/// Changes the key set.
pub trait Rotates: Send + Sync {
    /// The key set as it is stored now.
    fn key_set(&self) -> impl Future<Output = Result<KeySet, Unavailable>> + Send;

    /// Makes this change, with `key` in the place that it makes, all at once or not at all: not if the place is taken or
    /// a key that is to go has gone, for then another run was first. `false` says so.
    fn change_key_set(
        &self,
        change: &Change,
        key: Option<&SigningKey>,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}
