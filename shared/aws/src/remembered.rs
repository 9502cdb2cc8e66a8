//! What a process remembers of the key set.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use scanlatch_protocol::key_set::KeySet;
use scanlatch_protocol::signing::SigningKey;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::FOLLOWED_WITHIN_MS;

/// What the process remembers of the key set.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Option<Known>>);

#[derive(Clone)]
/// A key set as it was read.
pub(crate) struct Known {
    pub(crate) read_at: Timestamp,
    pub(crate) key_set: KeySet,
    /// Private halves by slot, wrapped.
    pub(crate) wrapped: BTreeMap<u64, Vec<u8>>,
    /// The private half that signed last.
    pub(crate) private: Option<Arc<SigningKey>>,
}

impl Known {
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        // An empty key set is never kept: the first key is made in a moment.
        !self.key_set.is_empty() && self.read_at <= now && now < self.read_at.plus(FOLLOWED_WITHIN_MS)
    }
}

impl Remembered {
    pub(crate) fn known(&self) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn remember(&self, known: Known) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }
}
