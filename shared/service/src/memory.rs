//! Every port in memory, for tests. Transitions run the pure rules of `protocol` under one lock, so this store is the
//! reference that others are held against.

mod connections;
mod directory;
mod keys;
mod pushes;
mod settlements;
mod store;
mod turns;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use protocol::action::Action;
use protocol::challenge::Challenge;
use protocol::id::ConnectionId;
use protocol::time::Timestamp;

use self::pushes::Gateway;
use self::store::Tables;
use self::turns::Turns;
use crate::Unavailable;
use crate::port::{Clock, Entropy};
use crate::system::System;

pub use pushes::Fate;

/// A store, a clock that only tests move, and sockets that keep what they are told.
#[derive(Debug)]
pub struct Memory {
    tables: Mutex<Tables>,
    now: AtomicI64,
    gateway: Mutex<Gateway>,
    replies_until_lost: AtomicU64,
    turns: Turns,
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
            gateway: Mutex::default(),
            replies_until_lost: AtomicU64::new(0),
            turns: Turns::default(),
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
        lock(&self.gateway).arrived()
    }

    /// What the next pushes come to, in this order, whatever socket they go to.
    pub fn next_pushes(&self, fates: impl IntoIterator<Item = Fate>) {
        lock(&self.gateway).plan(fates);
    }

    /// What every push to this socket comes to from now on. Without this it arrives if the connection is stored.
    pub fn every_push(&self, to: &ConnectionId, fate: Fate) {
        lock(&self.gateway).fix(to, fate);
    }

    /// From now on every call of a port waits for a few polls, as many as follow from `seed`. Whoever polls several use
    /// cases by hand can so run their steps in any order.
    pub fn take_turns(&self, seed: u64) {
        self.turns.begin(seed);
    }

    /// The `nth` transition from now (1 is the next) happens, and its caller hears that the store is unavailable.
    pub fn lose_reply(&self, nth: u64) {
        self.replies_until_lost.store(nth, Ordering::SeqCst);
    }

    /// The port methods that were called since the last call, in order.
    pub fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut lock(&self.calls))
    }

    /// All that is stored, as text, to see whether anything changed.
    pub fn snapshot(&self) -> String {
        format!("{:?}", lock(&self.tables))
    }

    /// The challenges and actions that are stored, to be looked at between two steps.
    pub fn look(&self) -> (Vec<Challenge>, Vec<Action>) {
        lock(&self.tables).look()
    }

    /// What is stored, for the one `method` that works on it now.
    async fn tables(&self, method: &'static str) -> MutexGuard<'_, Tables> {
        self.turns.wait().await;
        lock(&self.calls).push(method);
        lock(&self.tables)
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

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
