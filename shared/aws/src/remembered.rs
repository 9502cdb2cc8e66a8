//! The key set that a process remembers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use scanlatch_protocol::key_set::KeySet;
use scanlatch_protocol::signing::{SigningKey, VerifyingKeys};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::FOLLOWED_WITHIN_MS;

/// The last key set that the process has read.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Option<Arc<Known>>>);

/// A key set as it was read.
pub(crate) struct Known {
    pub(crate) read_at: Timestamp,
    pub(crate) key_set: KeySet,
    /// [`KeySet::verifying`] at [`Known::read_at`].
    pub(crate) verifying: Arc<VerifyingKeys>,
    /// The wrapped private halves, by slot.
    pub(crate) wrapped: BTreeMap<u64, Vec<u8>>,
    /// The private half that signed last. It is kept for as long as its key signs.
    pub(crate) private: Mutex<Option<Arc<SigningKey>>>,
}

impl Known {
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        // Never cache an empty key set.
        !self.key_set.is_empty() && self.read_at <= now && now < self.read_at.plus(FOLLOWED_WITHIN_MS)
    }

    pub(crate) fn verifying(&self, now: Timestamp) -> Arc<VerifyingKeys> {
        if self.key_set.still_gives(&self.verifying, now) {
            return self.verifying.clone();
        }
        Arc::new(self.key_set.verifying(now))
    }

    pub(crate) fn private(&self) -> Option<Arc<SigningKey>> {
        lock(&self.private).clone()
    }
}

pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Remembered {
    pub(crate) fn known(&self) -> Option<Arc<Known>> {
        lock(&self.0).clone()
    }

    pub(crate) fn remember(&self, known: Arc<Known>) {
        *lock(&self.0) = Some(known);
    }
}
