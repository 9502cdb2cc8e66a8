//! Switches that make the stack fail on purpose. All are off at first.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// The faults of the stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Faults {
    /// Posts to connections are answered 200 and do not arrive.
    pub lose_pushes: bool,
    /// Posts to connections fail.
    pub fail_pushes: bool,
    /// `$disconnect` is never called.
    pub lose_disconnects: bool,
    /// The faults of the database.
    pub database: DatabaseFaults,
}

/// The faults of the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct DatabaseFaults {
    /// Each call waits this long first.
    pub delay_ms: u64,
    /// Every n-th call fails without reaching the database; 0 for none.
    pub fail_every: u64,
    /// Every n-th call happens, but its answer is lost; 0 for none.
    pub fail_after_commit: u64,
    /// Calls wait until no other has come for this long, then go on together; each such batch is one round.
    pub gather_ms: u64,
}

/// The switches as they stand.
#[derive(Debug, Default)]
pub struct Switches(Mutex<Faults>);

impl Switches {
    /// The current faults.
    pub fn now(&self) -> Faults {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets all of them.
    pub fn set(&self, faults: Faults) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }
}
