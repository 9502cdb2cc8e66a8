//! Counts serial rounds: calls that run at the same time are one round, since none waits for another.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// A round that is still gathering calls.
#[derive(Debug)]
struct Batch {
    arrivals: AtomicU64,
    go: watch::Sender<bool>,
}

/// The rounds so far.
#[derive(Debug, Default)]
pub struct Rounds {
    count: AtomicU64,
    open: Mutex<Option<Arc<Batch>>>,
}

impl Rounds {
    /// The number of rounds.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// Resets the counter.
    pub fn reset(&self) {
        self.count.store(0, Ordering::SeqCst);
    }

    /// Waits until no other call has come for `quiet`, then returns together with all calls that came meanwhile.
    pub async fn join(&self, quiet: Duration) {
        let (batch, leads) = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(batch) = &*open {
                batch.arrivals.fetch_add(1, Ordering::SeqCst);
                (batch.clone(), false)
            } else {
                self.count.fetch_add(1, Ordering::SeqCst);
                let batch = Arc::new(Batch { arrivals: AtomicU64::new(1), go: watch::Sender::new(false) });
                *open = Some(batch.clone());
                (batch, true)
            }
        };
        if !leads {
            let mut go = batch.go.subscribe();
            let _sent = go.wait_for(|go| *go).await;
            return;
        }
        let mut before = 0;
        loop {
            let now = batch.arrivals.load(Ordering::SeqCst);
            if now == before {
                break;
            }
            before = now;
            tokio::time::sleep(quiet).await;
        }
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = None;
        batch.go.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn calls_at_once_are_one_round_and_calls_in_turn_are_several() {
        let rounds = Rounds::default();
        tokio::join!(rounds.join(QUIET), rounds.join(QUIET), rounds.join(QUIET));
        assert_eq!(rounds.count(), 1);
        rounds.join(QUIET).await;
        rounds.join(QUIET).await;
        assert_eq!(rounds.count(), 3);
    }
}
