//! The limits of a stage's routes: a token bucket for each, and 429 once it is empty.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html>

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

/// The limit of a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throttle {
    /// Calls per second.
    pub rate: f64,
    /// Calls at once.
    pub burst: f64,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

/// The throttles of a stage and how full their buckets are.
#[derive(Clone, Debug, Default)]
pub struct Throttles {
    default: Option<Throttle>,
    routes: BTreeMap<String, Throttle>,
    buckets: Arc<Mutex<HashMap<String, Bucket>>>,
}

impl Throttles {
    /// These limits, with full buckets.
    pub fn new(default: Option<Throttle>, routes: BTreeMap<String, Throttle>) -> Self {
        Self { default, routes, buckets: Arc::default() }
    }

    /// Whether one more call of this route may pass now.
    pub fn admit(&self, route: &str) -> bool {
        let Some(throttle) = self.routes.get(route).copied().or(self.default) else { return true };
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Bucket { tokens: throttle.burst, filled_at: now };
        buckets.entry(route.to_owned()).or_insert(full).take(throttle, now)
    }
}

impl Bucket {
    fn take(&mut self, throttle: Throttle, now: Instant) -> bool {
        let seconds = now.duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + seconds * throttle.rate).min(throttle.burst);
        self.filled_at = now;
        let taken = self.tokens >= 1.0;
        if taken {
            self.tokens -= 1.0;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let throttle = Throttle { rate: 2.0, burst: 3.0 };
        let start = Instant::now();
        let mut bucket = Bucket { tokens: throttle.burst, filled_at: start };
        let mut taken =
            |millis: u64| (0..5).filter(|_| bucket.take(throttle, start + Duration::from_millis(millis))).count();
        assert_eq!([taken(0), taken(400), taken(500), taken(1_500), taken(60_000)], [3, 0, 1, 2, 3]);
    }
}
