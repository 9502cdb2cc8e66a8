//! Every port in memory, for tests. Transitions run the pure rules of `protocol` under one lock, so this store is the
//! reference that others are held against.

mod store;

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::id::ConnectionId;
use protocol::signing::{SigningKey, VerifyingKeys};
use protocol::time::Timestamp;

use self::store::Tables;
use crate::Unavailable;
use crate::port::{Clock, Entropy, Pushed, Pushes, Signs, Verifies};
use crate::system::System;

/// A store, a clock that only tests move, and a screen that keeps what it is told.
#[derive(Debug)]
pub struct Memory {
    tables: Mutex<Tables>,
    now: AtomicI64,
    pushed: Mutex<Vec<(ConnectionId, String)>>,
    loses_pushes: AtomicBool,
    loses_replies: AtomicBool,
    writes: AtomicU64,
    key: Arc<SigningKey>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(Timestamp::from_millis(1_767_225_600_000))
    }
}

impl Memory {
    /// An empty store at `now`.
    ///
    /// # Panics
    /// If the system has no randomness.
    #[expect(clippy::expect_used, reason = "a test cannot go on without a key")]
    pub fn new(now: Timestamp) -> Self {
        let key = loop {
            let bytes = System.random().expect("randomness");
            if let Some(key) = SigningKey::from_bytes(&bytes) {
                break key;
            }
        };
        Self {
            tables: Mutex::default(),
            now: AtomicI64::new(now.millis()),
            pushed: Mutex::default(),
            loses_pushes: AtomicBool::new(false),
            loses_replies: AtomicBool::new(false),
            writes: AtomicU64::new(0),
            key: Arc::new(key),
        }
    }

    /// Moves the clock.
    pub fn advance(&self, millis: i64) {
        self.now.fetch_add(millis, Ordering::SeqCst);
    }

    /// What screens were told since the last call.
    pub fn pushed(&self) -> Vec<(ConnectionId, String)> {
        std::mem::take(&mut self.pushed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether pushes go nowhere from now on.
    pub fn lose_pushes(&self, lose: bool) {
        self.loses_pushes.store(lose, Ordering::SeqCst);
    }

    /// The next transition happens, and its caller hears that the store is unavailable.
    pub fn lose_the_next_reply(&self) {
        self.loses_replies.store(true, Ordering::SeqCst);
    }

    /// How many transitions were asked for so far.
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::SeqCst)
    }

    /// All that is stored, as text, to see whether anything changed.
    pub fn snapshot(&self) -> String {
        format!("{:?}", self.tables())
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a transition that was made; the reply may be lost.
    fn replied<T>(&self, outcome: T) -> Result<T, Unavailable> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        if self.loses_replies.swap(false, Ordering::SeqCst) {
            return Err(Unavailable::new("memory", "the reply was lost on purpose"));
        }
        Ok(outcome)
    }
}

impl Clock for Memory {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }
}

impl Entropy for Memory {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        System.fill(bytes)
    }
}

impl Pushes for Memory {
    async fn push(&self, to: &ConnectionId, text: &str) -> Pushed {
        if self.loses_pushes.load(Ordering::SeqCst) {
            return Pushed::Lost;
        }
        self.pushed.lock().unwrap_or_else(PoisonError::into_inner).push((to.clone(), text.to_owned()));
        Pushed::Sent
    }
}

impl Verifies for Memory {
    async fn verifying_keys(&self, _kid: Option<&str>) -> Result<Arc<VerifyingKeys>, Unavailable> {
        Ok(Arc::new(VerifyingKeys::new(vec![self.key.public().clone()])))
    }
}

impl Signs for Memory {
    async fn signing_key(&self) -> Result<Arc<SigningKey>, Unavailable> {
        Ok(self.key.clone())
    }
}
