//! How often a user may try a code.

use std::collections::BTreeSet;

use crate::Refusal;
use crate::id::CallId;
use crate::time::Timestamp;

/// How many wrong tries a user has within [`TRIES_MS`].
pub const MAX_TRIES: usize = 5;

/// How long a try counts, in milliseconds from the first one.
pub const TRIES_MS: i64 = 3_600_000;

/// The tries of one user. Each is counted before the code is looked up, or many tries at once would all be let through.
/// A right one is given back. Giving back more, such as all of them, would let somebody begin anew with a code of a
/// screen of his own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tries {
    /// The calls that tried. A store that repeats a write counts its call once.
    pub calls: BTreeSet<CallId>,
    /// From this instant they count no longer.
    pub until: Timestamp,
}

impl Tries {
    /// The tries after this call's.
    ///
    /// # Errors
    /// [`Refusal::TooManyTries`] if as many as [`MAX_TRIES`] count already.
    pub fn with(stood: Option<&Self>, call: CallId, now: Timestamp) -> Result<Self, Refusal> {
        match stood.filter(|tries| now < tries.until) {
            None => Ok(Self { calls: BTreeSet::from([call]), until: now.plus(TRIES_MS) }),
            Some(tries) if tries.calls.contains(&call) => Ok(tries.clone()),
            Some(tries) if tries.calls.len() >= MAX_TRIES => Err(Refusal::TooManyTries),
            Some(tries) => {
                let calls = tries.calls.iter().copied().chain([call]).collect();
                Ok(Self { calls, until: tries.until })
            }
        }
    }

    /// The tries without this call's, which was right.
    #[must_use]
    pub fn without(&self, call: CallId) -> Self {
        let calls = self.calls.iter().copied().filter(|tried| *tried != call).collect();
        Self { calls, until: self.until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn call(n: usize) -> CallId {
        CallId::from_random([u8::try_from(n).unwrap(); 16])
    }

    fn used_up() -> Tries {
        let first = Tries::with(None, call(0), at(0)).unwrap();
        (1..MAX_TRIES).fold(first, |tries, n| Tries::with(Some(&tries), call(n), at(1)).unwrap())
    }

    #[test]
    fn a_sixth_try_is_refused_for_an_hour() {
        let tries = used_up();
        assert_eq!(Tries::with(Some(&tries), call(9), at(TRIES_MS - 1)), Err(Refusal::TooManyTries));
        let anew = Tries::with(Some(&tries), call(9), at(TRIES_MS)).unwrap();
        assert_eq!(anew, Tries { calls: BTreeSet::from([call(9)]), until: at(2 * TRIES_MS) });
    }

    #[test]
    fn a_call_counts_once() {
        let tries = used_up();
        assert_eq!(Tries::with(Some(&tries), call(2), at(3)), Ok(tries));
    }

    #[test]
    fn a_right_try_gives_back_itself_alone() {
        let tries = used_up().without(call(2));
        assert_eq!(tries.calls.len(), MAX_TRIES - 1);
        assert_eq!(tries.without(call(2)), tries);
        let again = Tries::with(Some(&tries), call(8), at(4)).unwrap();
        assert_eq!(Tries::with(Some(&again), call(9), at(5)), Err(Refusal::TooManyTries));
    }
}
