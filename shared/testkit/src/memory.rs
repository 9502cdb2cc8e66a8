//! Every port in memory, for tests. Transitions run the pure rules of `protocol` under one lock, so other stores are
//! compared with this one.

mod actions;
mod challenges;
mod connections;
mod credentials;
mod gateway;
mod keys;
mod openid;
mod pushes;
mod sessions;
mod short_codes;
mod tables;
mod tenants;
mod turns;
mod users;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use scanlatch_protocol::action::Action;
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::Unavailable;
use scanlatch_service::port::{Clock, Entropy};
use scanlatch_service::system::System;

use self::gateway::Gateway;
use self::tables::Tables;
use self::turns::Turns;

pub use gateway::Fate;

/// A store, a clock that only tests set, and sockets that record their pushes.
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

    /// The pushes to screens since the last call.
    pub fn pushed(&self) -> Vec<(ConnectionId, String)> {
        lock(&self.gateway).arrived()
    }

    /// The sockets that the service has closed since the last call.
    pub fn closed(&self) -> Vec<ConnectionId> {
        lock(&self.gateway).closed()
    }

    /// The fates of the next pushes, in this order, to any socket.
    pub fn next_pushes(&self, fates: impl IntoIterator<Item = Fate>) {
        lock(&self.gateway).plan(fates);
    }

    /// The fate of every later push to this socket. Without it, a push arrives if the connection is stored.
    pub fn every_push(&self, to: &ConnectionId, fate: Fate) {
        lock(&self.gateway).fix(to, fate);
    }

    /// From now on every port call waits for a few polls; `seed` determines how many. A test that polls several use
    /// cases by hand can thus interleave their steps in any order.
    pub fn take_turns(&self, seed: u64) {
        self.turns.begin(seed);
    }

    /// The `nth` transition from now (1 is the next) happens, but its caller gets [`Unavailable`].
    pub fn lose_reply(&self, nth: u64) {
        self.replies_until_lost.store(nth, Ordering::SeqCst);
    }

    /// The port methods that were called since the last call, in order.
    pub fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut lock(&self.calls))
    }

    /// All that is stored, as text, to detect changes.
    pub fn snapshot(&self) -> String {
        format!("{:?}", lock(&self.tables))
    }

    /// The stored challenges and actions, to be inspected between two steps.
    pub fn look(&self) -> (Vec<Challenge>, Vec<Action>) {
        lock(&self.tables).look()
    }

    /// The stored items, locked for the port method `method`.
    async fn tables(&self, method: &'static str) -> MutexGuard<'_, Tables> {
        self.turns.wait().await;
        lock(&self.calls).push(method);
        lock(&self.tables)
    }

    /// The outcome of a transition, unless this reply is to be lost.
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
