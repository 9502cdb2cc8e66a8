//! This machine's clock and randomness.

use scanlatch_service::port::{Clock as _, Entropy as _};
use scanlatch_service::system::System;

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    System.now().millis()
}

/// Random bytes for ids that only have to differ.
pub fn random<const N: usize>() -> [u8; N] {
    System.random().unwrap_or([0; N])
}
