//! The key sets that a process remembers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use scanlatch_protocol::key_set::KeySet;
use scanlatch_protocol::signing::VerifyingKeys;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::FOLLOWED_WITHIN_MS;

use crate::key_type::KeyType;

/// The last key set of a type that the process has read.
pub(crate) struct Remembered<K: KeyType>(Mutex<Option<Arc<Known<K>>>>);

impl<K: KeyType> Default for Remembered<K> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

/// A key set as it was read.
pub(crate) struct Known<K: KeyType> {
    pub(crate) read_at: Timestamp,
    pub(crate) key_set: KeySet<K::Public>,
    /// [`KeySet::verifying`] at [`Known::read_at`].
    pub(crate) verifying: Arc<VerifyingKeys<K::Public>>,
    /// The wrapped private halves, by slot.
    pub(crate) wrapped: BTreeMap<u64, Vec<u8>>,
    /// The private half that signed last. It is kept for as long as its key signs.
    pub(crate) private: Mutex<Option<Arc<K>>>,
}

impl<K: KeyType> Known<K> {
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        // Never cache an empty key set.
        !self.key_set.is_empty() && self.read_at <= now && now < self.read_at.plus(FOLLOWED_WITHIN_MS)
    }

    pub(crate) fn verifying(&self, now: Timestamp) -> Arc<VerifyingKeys<K::Public>> {
        if self.key_set.still_gives(&self.verifying, now) {
            return self.verifying.clone();
        }
        Arc::new(self.key_set.verifying(now))
    }

    pub(crate) fn private(&self) -> Option<Arc<K>> {
        lock(&self.private).clone()
    }
}

pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: KeyType> Remembered<K> {
    pub(crate) fn known(&self) -> Option<Arc<Known<K>>> {
        lock(&self.0).clone()
    }

    pub(crate) fn remember(&self, known: Arc<Known<K>>) {
        *lock(&self.0) = Some(known);
    }
}
