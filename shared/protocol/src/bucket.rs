//! How many messages a screen may send on its socket.

use crate::Refusal;
use crate::time::Timestamp;

/// How many messages a socket may send at once. Nobody honest comes near: the official SDK asks once and again after nine
/// minutes, our pages ask each minute, and a person who presses "new code" all the time asks perhaps ten times a minute.
pub const CAPACITY: i64 = 20;

/// How long one token takes to come back, in milliseconds: twelve a minute, a little more than that person needs.
pub const REFILL_MS: i64 = 5_000;

/// A token bucket, kept as the instant at which it is full again (the generic cell rate algorithm, GCRA). One number needs
/// no second one for the time of the last message, so one update takes a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    full_at: Option<Timestamp>,
}

impl Bucket {
    /// The bucket of a new socket.
    pub const FULL: Self = Self { full_at: None };

    /// The bucket that is full again at this instant; full ever since if there is none.
    pub const fn full_at(full_at: Option<Timestamp>) -> Self {
        Self { full_at }
    }

    /// What a store keeps of it.
    pub const fn stored(self) -> Option<Timestamp> {
        self.full_at
    }

    /// The bucket with one token less. It always differs from this one.
    ///
    /// # Errors
    /// [`Refusal::TooManyRequests`] if there is none left.
    pub fn take(self, now: Timestamp) -> Result<Self, Refusal> {
        let full_at = self.full_at.map_or(now, |at| at.max(now)).plus(REFILL_MS);
        if full_at > now.plus(CAPACITY * REFILL_MS) {
            return Err(Refusal::TooManyRequests);
        }
        Ok(Self { full_at: Some(full_at) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    /// The bucket after each of these messages, and how many were refused.
    fn after(messages: impl IntoIterator<Item = i64>) -> (Bucket, usize) {
        messages.into_iter().fold((Bucket::FULL, 0), |(bucket, refused), millis| match bucket.take(at(millis)) {
            Ok(left) => (left, refused),
            Err(_) => (bucket, refused + 1),
        })
    }

    #[test]
    fn a_full_bucket_has_as_many_tokens_as_it_holds() {
        let now = 1_767_225_600_000;
        let (empty, refused) = after((0..CAPACITY).map(|_| now));
        assert_eq!(refused, 0);
        assert_eq!(empty.take(at(now)), Err(Refusal::TooManyRequests));
    }

    #[test]
    fn a_token_comes_back_to_the_millisecond() {
        let (empty, _) = after((0..CAPACITY).map(|_| 1_000));
        assert!(empty.take(at(1_000 + REFILL_MS - 1)).is_err());
        let left = empty.take(at(1_000 + REFILL_MS)).unwrap();
        assert!(left.take(at(1_000 + REFILL_MS)).is_err());
    }

    #[test]
    fn a_bucket_never_holds_more_than_its_capacity() {
        let week = 7 * 86_400_000;
        let (_, refused) = after([0].into_iter().chain((0..=CAPACITY).map(|_| week)));
        assert_eq!(refused, 1);
    }

    #[test]
    fn every_screen_that_behaves_is_served_all_day() {
        for (what, every) in [("a page of ours", 60_000), ("the official SDK", 540_000), ("a person", 6_000)] {
            let (_, refused) = after((0..86_400_000 / every).map(|n| n * every));
            assert_eq!(refused, 0, "{what}");
        }
    }

    #[test]
    fn who_goes_on_and_on_gets_a_message_for_each_token() {
        let (_, refused) = after((0..600).map(|n| n * 100));
        assert_eq!(600 - refused, 20 + 11);
    }

    /// Stores compare the bucket with the one that was read, so that no token is taken twice.
    #[test]
    fn taking_always_changes_the_bucket() {
        let mut bucket = Bucket::FULL;
        for millis in [0, 0, 5_000, 200_000, 150_000] {
            let left = bucket.take(at(millis)).unwrap();
            assert_ne!(left, bucket);
            bucket = left;
        }
    }

    #[test]
    fn a_clock_that_went_back_gives_no_token_away() {
        let (empty, _) = after((0..CAPACITY).map(|_| 10_000));
        assert!(empty.take(at(0)).is_err());
    }
}
