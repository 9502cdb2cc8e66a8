//! The key set.

use std::future::Future;
use std::sync::Arc;

use scanlatch_protocol::key_set::{Change, KeySet};
use scanlatch_protocol::rsa::{RsaPublicKey, RsaSigningKey};
use scanlatch_protocol::signing::{SigningKey, VerifyingKeys};
use scanlatch_protocol::time::Timestamp;

use crate::Unavailable;

/// How long a process may use a remembered key set, in milliseconds.
pub const FOLLOWED_WITHIN_MS: i64 = 5 * 60_000;

/// Reads the public halves.
pub trait Verifies: Send + Sync {
    /// [`KeySet::verifying`]. `kid` is the wanted key; a remembered key set without it may be read again.
    fn verifying_keys(
        &self,
        kid: Option<&str>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Arc<VerifyingKeys>, Unavailable>> + Send;
}

/// Reads the key set and unwraps the private half that signs. It never makes a key.
pub trait Signs: Send + Sync {
    /// The key of [`KeySet::signing`]. An empty key set is a failure: the caller holds something that a key signed, so
    /// the keys were lost.
    fn signing_key(&self, now: Timestamp) -> impl Future<Output = Result<Arc<SigningKey>, Unavailable>> + Send;
}

/// Makes the deployment's first key, for calls that hold nothing that a key signed.
pub trait MakesKeys: Send + Sync {
    /// The key of [`KeySet::signing`]. If the key set is empty, one is made. If two calls make one at once, both return
    /// the same key.
    fn signing_key_or_first(&self, now: Timestamp)
    -> impl Future<Output = Result<Arc<SigningKey>, Unavailable>> + Send;
}

/// Changes the key set.
pub trait Rotates: Send + Sync {
    /// The key set as it is stored now.
    fn key_set(&self) -> impl Future<Output = Result<KeySet, Unavailable>> + Send;

    /// Makes this change, whole or not at all, with `key` in the new slot. `false` if the slot is taken or a key to
    /// remove is gone, because another run was first.
    fn change_key_set(
        &self,
        change: &Change,
        key: Option<&SigningKey>,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// Reads the public halves of the RSA keys, and verifies with them.
pub trait VerifiesRsa: Send + Sync {
    /// As [`Verifies::verifying_keys`].
    fn verifying_rsa_keys(
        &self,
        kid: Option<&str>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Arc<VerifyingKeys<RsaPublicKey>>, Unavailable>> + Send;

    /// Whether this is the key's RS256 signature of a message.
    fn has_signed(&self, key: &RsaPublicKey, message: &[u8], signature: &[u8]) -> bool;
}

/// Unwraps the RSA key that signs. It never makes a key.
pub trait SignsRsa: Send + Sync {
    /// As [`Signs::signing_key`].
    fn signing_rsa_key(&self, now: Timestamp) -> impl Future<Output = Result<Arc<RsaSigningKey>, Unavailable>> + Send;
}

/// Makes the deployment's first RSA key.
pub trait MakesRsaKeys: Send + Sync {
    /// As [`MakesKeys::signing_key_or_first`].
    fn signing_rsa_key_or_first(
        &self,
        now: Timestamp,
    ) -> impl Future<Output = Result<Arc<RsaSigningKey>, Unavailable>> + Send;
}

/// Changes the set of RSA keys.
pub trait RotatesRsa: Send + Sync {
    /// As [`Rotates::key_set`].
    fn rsa_key_set(&self) -> impl Future<Output = Result<KeySet<RsaPublicKey>, Unavailable>> + Send;

    /// As [`Rotates::change_key_set`].
    fn change_rsa_key_set(
        &self,
        change: &Change,
        key: Option<&RsaSigningKey>,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    /// A new key.
    ///
    /// # Errors
    /// If the library fails.
    fn fresh_rsa_key(&self) -> Result<RsaSigningKey, Unavailable>;
}
