//! The machine's own clock and randomness, used nowhere else.

use std::time::SystemTime;

use scanlatch_protocol::time::Timestamp;

use crate::Unavailable;
use crate::port::{Clock, Entropy};

/// The machine's clock and randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this is where the clock comes in")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

impl Entropy for System {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes in")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        getrandom::fill(bytes).map_err(|error| Unavailable::new("randomness", error.to_string()))
    }
}
