//! Every port in memory, for tests. Transitions run the pure rules of `protocol` under one lock, so this store is the
//! reference that others are held against.

mod directory;
mod keys;
mod store;

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use protocol::id::ConnectionId;
use protocol::time::Timestamp;

use self::store::Tables;
use crate::Unavailable;
use crate::port::{Clock, Entropy, Pushed, Pushes};
use crate::system::System;

/// A store, a clock that only tests move, and a screen that keeps what it is told.
#[derive(Debug)]
pub struct Memory {
    tables: Mutex<Tables>,
    now: AtomicI64,
    pushed: Mutex<Vec<(ConnectionId, String)>>,
    loses_pushes: AtomicBool,
    replies_until_lost: AtomicU64,
    calls: Mutex<Vec<&'static str>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(Timestamp::from_millis(1_767_225_600_000))
    }
}

impl Memory {
    /// An empty store at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self {
            tables: Mutex::default(),
            now: AtomicI64::new(now.millis()),
            pushed: Mutex::default(),
            loses_pushes: AtomicBool::new(false),
            replies_until_lost: AtomicU64::new(0),
            calls: Mutex::default(),
        }
    }

    /// Sets the clock.
    pub fn set_now(&self, now: Timestamp) {
        self.now.store(now.millis(), Ordering::SeqCst);
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

    /// The `nth` transition from now (1 is the next) happens, and its caller hears that the store is unavailable.
    pub fn lose_reply(&self, nth: u64) {
        self.replies_until_lost.store(nth, Ordering::SeqCst);
    }

    /// The port methods that were called since the last call, in order.
    pub fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All that is stored, as text, to see whether anything changed.
    pub fn snapshot(&self) -> String {
        format!("{:?}", self.tables.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn count(&self, method: &'static str) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(method);
    }

    /// What is stored, for the one `method` that works on it now.
    fn tables(&self, method: &'static str) -> MutexGuard<'_, Tables> {
        self.count(method);
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a transition that was made, unless this is the reply to lose.
    fn replied<T>(&self, outcome: T) -> Result<T, Unavailable> {
        let count_down = |left: u64| left.checked_sub(1);
        match self.replies_until_lost.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count_down) {
            Ok(1) => Err(Unavailable::new("memory", "the reply was lost on purpose")),
            _ => Ok(outcome),
        }
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
