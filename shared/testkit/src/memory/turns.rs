//! Waits that interleave the steps of several use cases in a test.

use std::sync::atomic::{AtomicU64, Ordering};

/// The longest wait of one call, in polls.
const LONGEST: u64 = 3;

/// A source of waits; with the seed 0 there are none.
#[derive(Debug, Default)]
pub(super) struct Turns(AtomicU64);

impl Turns {
    pub(super) fn begin(&self, seed: u64) {
        self.0.store(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, Ordering::SeqCst);
    }

    /// Waits for one to [`LONGEST`] polls, so that calls that begin together end in any order.
    pub(super) async fn wait(&self) {
        for _ in 0..self.next() {
            tokio::task::yield_now().await;
        }
    }

    /// Xorshift: it only has to repeat the same order for the same seed.
    fn next(&self) -> u64 {
        let mut state = self.0.load(Ordering::SeqCst);
        if state == 0 {
            return 0;
        }
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.0.store(state, Ordering::SeqCst);
        state % LONGEST + 1
    }
}
