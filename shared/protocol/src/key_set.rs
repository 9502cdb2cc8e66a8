//! The key set: which key signs, which keys verify, when a key is made and when it is removed.
//!
//! ```text
//! made ---- 2 d ----> signs ---- a rotation ----> its successor signs ---- 2 d ----> retired -- 364 d ----> gone
//!   |  published: verifies, so that everybody knows it first  |  verifies what it signed  |  refresh tokens only
//! ```
//!
//! Keys are numbered, and a key is made only in the slot after the last one. If two runs make a key at once, the second
//! finds the slot taken. Days lie between the steps, so clocks that differ by minutes do not matter. If a run stalls
//! while two leaks are reported, it may find its slot free again. Its key never signs, because the last key does.
//!
//! After a leak there is no waiting; see [`KeySet::on_leak`].

use crate::signing::{PublicKey, VerifyingKey, VerifyingKeys};
use crate::tenant::{MAX_ACCESS_TOKEN_LIFETIME_MS, MAX_SESSION_LIFETIME_MS};
use crate::time::Timestamp;

const DAY_MS: i64 = 86_400_000;

/// How long a key is published before it signs. One day is for JOSE libraries, which keep a key set for up to a day.
/// The other is for caches on the way, processes (five minutes each) and clocks.
const PUBLISHED_MS: i64 = 2 * DAY_MS;
/// The wait beyond a token's longest lifetime, for processes that still sign with the key and for clocks.
const SLACK_MS: i64 = DAY_MS;
/// This long after its successor begins to sign, a key is retired: only refresh tokens of it still serve.
const SERVES_MS: i64 = MAX_ACCESS_TOKEN_LIFETIME_MS + SLACK_MS;
/// This long after its successor begins to sign, nothing that a key signed still serves.
const KEPT_MS: i64 = MAX_SESSION_LIFETIME_MS + SLACK_MS;

/// How long a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period(i64);

impl Period {
    /// The fewest days. They keep the key set small, and each successor is published while its predecessor signs.
    pub const MIN_DAYS: i64 = 7;
    /// The most days.
    pub const MAX_DAYS: i64 = 730;

    /// A period of this many days; `None` outside [`Period::MIN_DAYS`] to [`Period::MAX_DAYS`].
    pub fn from_days(days: i64) -> Option<Self> {
        (Self::MIN_DAYS..=Self::MAX_DAYS).contains(&days).then(|| Self(days * DAY_MS))
    }
}

impl Default for Period {
    /// 90 days: four keys a year. A stolen key is useful for a quarter of a year at most.
    fn default() -> Self {
        Self(90 * DAY_MS)
    }
}

/// Why a rotation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The schedule, or somebody who asks for the same.
    Schedule,
    /// A key leaked.
    Leak,
}

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationReport {
    /// The key that signs now.
    pub kid: String,
    /// Whole days since that key was made.
    pub age_days: i64,
    /// Whether a key was made. It signs in two days, or at once if it is the first or a key leaked.
    pub made: bool,
    /// How many keys were removed.
    pub removed: usize,
}

/// A signing key's numbered place in the key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Counts up from 0. An empty key set begins anew.
    pub number: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it begins to sign.
    pub signs_from: Timestamp,
}

/// A key in its slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySetEntry<P = VerifyingKey> {
    /// Its slot.
    pub slot: Slot,
    /// Its public half.
    pub public: P,
}

impl<P> KeySetEntry<P> {
    /// Whole days since it was made.
    pub fn age_days(&self, now: Timestamp) -> i64 {
        (now.millis() - self.slot.created_at.millis()).max(0) / DAY_MS
    }
}

/// A change of a key set, made whole or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The slot of the new key.
    pub make: Option<Slot>,
    /// The numbers of the keys to remove.
    pub remove: Vec<u64>,
}

impl Change {
    /// The change that makes the first key of an empty key set, which signs at once.
    pub const fn first(now: Timestamp) -> Self {
        Self { make: Some(Slot { number: 0, created_at: now, signs_from: now }), remove: Vec::new() }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.make.is_none() && self.remove.is_empty()
    }
}

/// All keys of one type whose tokens may still serve, and the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet<P = VerifyingKey>(Vec<KeySetEntry<P>>);

impl<P> Default for KeySet<P> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<P: PublicKey> KeySet<P> {
    /// A key set of these keys, given in any order.
    pub fn new(mut keys: Vec<KeySetEntry<P>>) -> Self {
        keys.sort_by_key(|key| key.slot.number);
        Self(keys)
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the two have a key in common.
    pub fn shares_with(&self, other: &Self) -> bool {
        self.0.iter().any(|key| other.0.iter().any(|its| its.public == key.public))
    }

    /// The key that signs: the last one whose time has come. A clock may be so far behind that no time has come. Then
    /// the first key signs.
    pub fn signing(&self, now: Timestamp) -> Option<&KeySetEntry<P>> {
        self.0.iter().rev().find(|key| key.slot.signs_from <= now).or(self.0.first())
    }

    /// The keys that verify, the retired ones marked as such.
    pub fn verifying(&self, now: Timestamp) -> VerifyingKeys<P> {
        let (retired, serving): (Vec<_>, Vec<_>) =
            self.0.iter().enumerate().partition(|(at, _)| self.is_over(*at, SERVES_MS, now));
        let publics =
            |keys: Vec<(usize, &KeySetEntry<P>)>| keys.into_iter().map(|(_, key)| key.public.clone()).collect();
        VerifyingKeys::new(publics(serving)).with_retired(publics(retired))
    }

    /// Whether [`KeySet::verifying`] would still return `keys`, which it returned before.
    pub fn still_gives(&self, keys: &VerifyingKeys<P>, now: Timestamp) -> bool {
        self.0.iter().enumerate().all(|(at, key)| {
            keys.find(key.public.kid()).is_some()
                && keys.is_retired(key.public.kid()) == self.is_over(at, SERVES_MS, now)
        })
    }

    /// The change that the schedule's run makes. A repeated run changes nothing, and missed runs make one key.
    pub fn on_schedule(&self, period: Period, now: Timestamp) -> Change {
        let make = match self.0.last() {
            None => Some(Self::slot(0, now, now)),
            Some(last) if now >= last.slot.signs_from.plus(period.0 - PUBLISHED_MS) => {
                Some(Self::slot(last.slot.number.saturating_add(1), now, now.plus(PUBLISHED_MS)))
            }
            Some(_) => None,
        };
        let gone = self.0.iter().enumerate().filter(|(at, _)| self.is_over(*at, KEPT_MS, now));
        Change { make, remove: gone.map(|(_, key)| key.slot.number).collect() }
    }

    /// The change after a leak: a new key signs at once, and all others are removed. Whoever read one key could read
    /// all. All that they signed is refused, refresh tokens included.
    pub fn on_leak(&self, now: Timestamp) -> Change {
        let number = self.0.last().map_or(0, |last| last.slot.number.saturating_add(1));
        Change { make: Some(Self::slot(number, now, now)), remove: self.0.iter().map(|key| key.slot.number).collect() }
    }

    /// The key set after a change. `made` is the public half of the key that the change makes.
    #[must_use]
    pub fn changed(&self, change: &Change, made: Option<&P>) -> Self {
        let kept = self.0.iter().filter(|key| !change.remove.contains(&key.slot.number)).cloned();
        let made = change.make.zip(made).map(|(slot, public)| KeySetEntry { slot, public: public.clone() });
        Self::new(kept.chain(made).collect())
    }

    const fn slot(number: u64, created_at: Timestamp, signs_from: Timestamp) -> Slot {
        Slot { number, created_at, signs_from }
    }

    /// Whether the successor of the key at this index has signed for `millis`.
    fn is_over(&self, at: usize, millis: i64, now: Timestamp) -> bool {
        self.0.get(at + 1).is_some_and(|next| now >= next.slot.signs_from.plus(millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::SigningKey;

    const MINUTE_MS: i64 = 60_000;

    fn day(days: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + days * DAY_MS)
    }

    fn key(n: u8) -> VerifyingKey {
        SigningKey::from_bytes(&[n + 1; 32]).unwrap().public().clone()
    }

    /// The key set after a run at this instant. Slot n gets `key(n)`.
    fn run(key_set: &KeySet, now: Timestamp) -> KeySet {
        let change = key_set.on_schedule(Period::default(), now);
        let made = change.make.map(|slot| key(u8::try_from(slot.number).unwrap()));
        key_set.changed(&change, made.as_ref())
    }

    /// The key set after a daily run up to this day.
    fn key_set_of(days: i64) -> KeySet {
        (0..=days).fold(KeySet::default(), |key_set, at| run(&key_set, day(at)))
    }

    fn signing(key_set: &KeySet, now: Timestamp) -> u64 {
        key_set.signing(now).unwrap().slot.number
    }

    fn numbers(key_set: &KeySet) -> Vec<u64> {
        key_set.0.iter().map(|key| key.slot.number).collect()
    }

    #[test]
    fn the_first_key_signs_at_once() {
        let key_set = run(&KeySet::default(), day(0));
        assert_eq!((signing(&key_set, day(0)), numbers(&key_set)), (0, vec![0]));
    }

    #[test]
    fn a_clock_that_is_behind_finds_the_first_key() {
        assert_eq!(signing(&run(&KeySet::default(), day(0)), day(0).plus(-5 * MINUTE_MS)), 0);
        assert_eq!(KeySet::<VerifyingKey>::default().signing(day(0)), None);
    }

    #[test]
    fn a_key_is_published_two_days_before_it_signs_and_signs_for_the_period() {
        assert_eq!(numbers(&key_set_of(87)), [0]);
        let key_set = key_set_of(88);
        assert!(key_set.verifying(day(88)).find(key(1).kid()).is_some());
        assert_eq!(key_set.verifying(day(88)).to_jwks().len(), 2);
        assert_eq!((signing(&key_set, day(90).plus(-1)), signing(&key_set, day(90))), (0, 1));
    }

    #[test]
    fn one_key_waits_at_most_whatever_the_period() {
        let weekly = Period::from_days(Period::MIN_DAYS).unwrap();
        let mut key_set = KeySet::default();
        for at in 0..100 {
            let change = key_set.on_schedule(weekly, day(at));
            let made = change.make.map(|slot| key(u8::try_from(slot.number).unwrap()));
            key_set = key_set.changed(&change, made.as_ref());
            assert!(key_set.0.iter().filter(|key| key.slot.signs_from > day(at)).count() <= 1, "day {at}");
        }
        assert_eq!(signing(&key_set, day(100)), 14);
    }

    #[test]
    fn runs_that_were_missed_make_one_key() {
        let key_set = run(&key_set_of(0), day(1_000));
        assert_eq!(numbers(&key_set), [0, 1]);
        assert_eq!(signing(&key_set, day(1_001)), 0);
    }

    #[test]
    fn a_run_that_is_repeated_changes_nothing() {
        for at in [0, 50, 88, 91, 500] {
            let key_set = key_set_of(at);
            assert!(key_set.on_schedule(Period::default(), day(at).plus(MINUTE_MS)).is_empty(), "day {at}");
        }
    }

    #[test]
    fn an_old_key_verifies_for_as_long_as_the_longest_access_token_may_serve() {
        let key_set = key_set_of(90);
        let last_signed = day(90).plus(5 * MINUTE_MS);
        let then = last_signed.plus(MAX_ACCESS_TOKEN_LIFETIME_MS);
        assert!(!key_set.verifying(then).is_retired(key(0).kid()));
        assert_eq!(key_set.verifying(then).to_jwks().len(), 2);
    }

    #[test]
    fn a_spent_key_is_not_published_and_stays_for_refresh_tokens() {
        let key_set = key_set_of(92);
        let keys = key_set.verifying(day(92));
        assert!(keys.is_retired(key(0).kid()) && keys.find(key(0).kid()).is_some());
        assert_eq!(keys.to_jwks().len(), 1);
    }

    #[test]
    fn a_key_goes_once_the_longest_session_that_it_signed_for_is_over() {
        let end = 90 + MAX_SESSION_LIFETIME_MS / DAY_MS;
        assert!(numbers(&key_set_of(end)).contains(&0));
        assert!(!numbers(&key_set_of(end + 1)).contains(&0));
        assert!(key_set_of(2_000).0.len() <= 7);
    }

    #[test]
    fn clocks_minutes_apart_agree_on_what_verifies() {
        for at in 0..500 {
            let key_set = key_set_of(at);
            let (behind, ahead) = (day(at).plus(-10 * MINUTE_MS), day(at).plus(10 * MINUTE_MS));
            let signs = &key_set.signing(behind).unwrap().public;
            assert!(!key_set.verifying(ahead).is_retired(signs.kid()), "day {at}");
        }
    }

    #[test]
    fn after_a_leak_only_a_new_key_signs_and_verifies() {
        let key_set = key_set_of(88);
        let change = key_set.on_leak(day(88));
        assert_eq!((change.make.unwrap().number, &change.remove), (2, &vec![0, 1]));
        let after = key_set.changed(&change, Some(&key(2)));
        assert_eq!((signing(&after, day(88)), numbers(&after)), (2, vec![2]));
        assert!(!after.shares_with(&key_set));
    }

    #[test]
    fn a_period_is_from_a_week_to_two_years() {
        for bad in [-1, 0, 6, 731, i64::MAX] {
            assert_eq!(Period::from_days(bad), None, "{bad}");
        }
        assert_eq!(Period::from_days(90), Some(Period::default()));
    }

    #[test]
    fn age_is_in_whole_days_and_never_negative() {
        let key_set = key_set_of(0);
        let first = key_set.signing(day(0)).unwrap();
        assert_eq!([-1, 0, 1, 90].map(|at| first.age_days(day(at).plus(-1))), [0, 0, 0, 89]);
    }
}
