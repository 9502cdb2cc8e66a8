//! What a credential did lately that counts against it: it locks screens by claims that it does not decide, guesses
//! numbers, or belongs to somebody whom strangers ask all the time.

use std::collections::BTreeSet;

use crate::Refusal;
use crate::challenge::{Challenge, Decision, State};
use crate::id::{CallId, ChallengeId};
use crate::time::Timestamp;

/// How many other challenges a credential may hold undecided at once. A person has one screen before them.
pub const MAX_OPEN_CLAIMS: usize = 5;
/// How long an undecided claim counts as open, in milliseconds: the default of a claim's time to be decided.
pub const OPEN_MS: i64 = 120_000;
/// How many claims a credential may leave undecided within [`UNDECIDED_MS`].
pub const MAX_UNDECIDED_CLAIMS: usize = 20;
/// How long an undecided claim is remembered, in milliseconds.
pub const UNDECIDED_MS: i64 = 3_600_000;
/// How many marks of claims a credential has at most, whatever it sends. Repeated claims leave several of one challenge.
pub const MAX_CLAIM_MARKS: usize = 2 * MAX_UNDECIDED_CLAIMS;
/// How many wrong numbers within [`WRONG_CODES_MS`] pause a credential.
pub const MAX_WRONG_CODES: usize = 3;
/// How long a wrong number is remembered, in milliseconds.
pub const WRONG_CODES_MS: i64 = 3_600_000;
/// How many declines within [`UNDECIDED_MS`] keep a credential from claiming: whoever claims a code to decline it locks its
/// screen too.
pub const MAX_DECLINES: usize = 20;
/// How many declined questions that nobody scanned for, within [`UNASKED_MS`], stop approvals of further ones.
pub const MAX_UNASKED_DECLINES: usize = 3;
/// How long such a decline is remembered, in milliseconds.
pub const UNASKED_MS: i64 = 900_000;

/// One thing that happened with a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// With which challenge.
    pub challenge: ChallengeId,
    /// By which call, for a claim: one that is refused takes back its own mark, and no other of the same millisecond.
    pub call: Option<CallId>,
}

impl Mark {
    /// Its stored form.
    pub fn to_text(self) -> String {
        let call = self.call.map(|call| format!(".{call}")).unwrap_or_default();
        format!("{}.{}{call}", self.at.millis(), self.challenge)
    }

    /// Reads the stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let at = Timestamp::from_millis(parts.next()?.parse().ok()?);
        let challenge = ChallengeId::parse(parts.next()?).ok()?;
        let call = parts.next().map(CallId::parse).transpose().ok()?;
        Some(Self { at, challenge, call })
    }
}

/// What counts against a credential. Old marks may be there and do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conduct {
    /// Claims that it has not decided.
    pub claims: BTreeSet<Mark>,
    /// Approvals with a wrong number.
    pub wrong_codes: BTreeSet<Mark>,
    /// Questions that it declined without having claimed them.
    pub unasked_declines: BTreeSet<Mark>,
    /// All that it declined.
    pub declines: BTreeSet<Mark>,
}

/// What a decision changes of a credential's conduct.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConductChange {
    /// Marks of claims to forget: those of the decided challenge, and old ones.
    pub decided: BTreeSet<Mark>,
    /// A wrong number.
    pub wrong_code: Option<Mark>,
    /// A decline of what nobody scanned.
    pub unasked_decline: Option<Mark>,
    /// The decline.
    pub decline: Option<Mark>,
}

impl Conduct {
    /// Checks that the credential may claim this challenge. The claim itself may be counted already.
    ///
    /// # Errors
    /// [`Refusal::Paused`].
    pub fn check_claim(&self, challenge: &ChallengeId, now: Timestamp) -> Result<(), Refusal> {
        self.check_codes(now)?;
        // A credential whose marks are full is not counted any more.
        let is_counted = self.claims.iter().any(|mark| mark.challenge == *challenge);
        let others = |millis| {
            let marks = recent(&self.claims, millis, now).filter(|mark| mark.challenge != *challenge);
            marks.map(|mark| mark.challenge).collect::<BTreeSet<_>>().len()
        };
        let declined = recent(&self.declines, UNDECIDED_MS, now).count();
        let too_many = others(OPEN_MS) >= MAX_OPEN_CLAIMS || others(UNDECIDED_MS) >= MAX_UNDECIDED_CLAIMS;
        if too_many || declined >= MAX_DECLINES || !is_counted { Err(Refusal::Paused) } else { Ok(()) }
    }

    /// Checks that the credential may decide the challenge as it was read. Declining is always possible.
    ///
    /// # Errors
    /// [`Refusal::Paused`].
    pub fn check_decision(&self, read: &Challenge, decision: Decision, now: Timestamp) -> Result<(), Refusal> {
        if decision == Decision::Approve {
            self.check_codes(now)?;
        }
        let unasked = recent(&self.unasked_declines, UNASKED_MS, now).count();
        let is_tired = read.state == State::Unclaimed && read.subject.is_some() && unasked >= MAX_UNASKED_DECLINES;
        if decision == Decision::Approve && is_tired { Err(Refusal::Paused) } else { Ok(()) }
    }

    /// Checks that not too many numbers were wrong.
    ///
    /// # Errors
    /// [`Refusal::Paused`].
    pub fn check_codes(&self, now: Timestamp) -> Result<(), Refusal> {
        let wrong = recent(&self.wrong_codes, WRONG_CODES_MS, now).count();
        if wrong >= MAX_WRONG_CODES { Err(Refusal::Paused) } else { Ok(()) }
    }

    /// What a decision of the challenge as it was read changes.
    pub fn decision(&self, read: &Challenge, decision: Decision, wrong_code: bool, now: Timestamp) -> ConductChange {
        let mark = Mark { at: now, challenge: read.id, call: None };
        let is_over = |old: &&Mark| old.challenge == read.id || old.at <= now.plus(-UNDECIDED_MS);
        ConductChange {
            decided: self.claims.iter().filter(is_over).copied().collect(),
            wrong_code: wrong_code.then_some(mark),
            unasked_decline: (decision == Decision::Reject && read.subject.is_some()).then_some(mark),
            decline: (decision == Decision::Reject).then_some(mark),
        }
    }

    /// The conduct after a change.
    #[must_use]
    pub fn after(&self, change: &ConductChange) -> Self {
        Self {
            claims: self.claims.difference(&change.decided).copied().collect(),
            wrong_codes: self.wrong_codes.iter().copied().chain(change.wrong_code).collect(),
            unasked_declines: self.unasked_declines.iter().copied().chain(change.unasked_decline).collect(),
            declines: self.declines.iter().copied().chain(change.decline).collect(),
        }
    }

    /// The marks that no longer count for anything.
    #[must_use]
    pub fn old(&self, now: Timestamp) -> Self {
        let old = |marks: &BTreeSet<Mark>, millis: i64| {
            marks.iter().copied().filter(|mark| mark.at <= now.plus(-millis)).collect()
        };
        Self {
            claims: old(&self.claims, UNDECIDED_MS),
            wrong_codes: old(&self.wrong_codes, WRONG_CODES_MS),
            unasked_declines: old(&self.unasked_declines, UNASKED_MS),
            declines: old(&self.declines, UNDECIDED_MS),
        }
    }

    /// How many marks there are.
    pub fn len(&self) -> usize {
        self.claims.len() + self.wrong_codes.len() + self.unasked_declines.len() + self.declines.len()
    }

    /// Whether there is no mark.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn recent(marks: &BTreeSet<Mark>, millis: i64, now: Timestamp) -> impl Iterator<Item = &Mark> {
    marks.iter().filter(move |mark| mark.at > now.plus(-millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn id(n: u8) -> ChallengeId {
        ChallengeId::from_random([n; 16])
    }

    fn marks(count: u8, millis: i64) -> BTreeSet<Mark> {
        (0..count).map(|n| Mark { at: at(millis), challenge: id(n), call: None }).collect()
    }

    /// Whether a claim that is counted now may be made.
    fn may_claim(conduct: &Conduct, now: i64) -> bool {
        let mark = Mark { at: at(now), challenge: id(200), call: None };
        let counted = Conduct { claims: conduct.claims.iter().copied().chain([mark]).collect(), ..conduct.clone() };
        counted.check_claim(&mark.challenge, at(now)).is_ok()
    }

    #[test]
    fn a_mark_survives_its_stored_form() {
        for call in [None, Some(CallId::from_random([9; 16]))] {
            let mark = Mark { at: at(1_767_225_600_000), challenge: id(7), call };
            assert_eq!(Mark::from_text(&mark.to_text()), Some(mark));
        }
        for bad in ["", "1", "x.y", "1767225600000.nobody"] {
            assert_eq!(Mark::from_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_sixth_open_claim_waits_until_one_is_no_longer_open() {
        let four = Conduct { claims: marks(4, 0), ..Conduct::default() };
        let five = Conduct { claims: marks(5, 0), ..Conduct::default() };
        assert!(may_claim(&four, 1));
        assert!(!may_claim(&five, OPEN_MS - 1));
        assert!(may_claim(&five, OPEN_MS));
    }

    #[test]
    fn a_repeated_claim_is_no_further_one() {
        let conduct = Conduct { claims: marks(5, 0), ..Conduct::default() };
        assert_eq!(conduct.check_claim(&id(3), at(1)), Ok(()));
    }

    #[test]
    fn a_claim_that_nobody_counts_is_not_made() {
        let conduct = Conduct { claims: marks(1, 0), ..Conduct::default() };
        assert_eq!(conduct.check_claim(&id(200), at(1)), Err(Refusal::Paused));
    }

    #[test]
    fn twenty_undecided_claims_are_enough_for_an_hour() {
        let conduct = Conduct { claims: marks(20, 0), ..Conduct::default() };
        assert!(!may_claim(&conduct, UNDECIDED_MS - 1));
        assert!(may_claim(&conduct, UNDECIDED_MS));
    }

    #[test]
    fn the_third_wrong_number_pauses_for_an_hour() {
        let wrong = |count| Conduct { wrong_codes: marks(count, 0), ..Conduct::default() };
        assert!(may_claim(&wrong(2), 1));
        assert!(!may_claim(&wrong(3), WRONG_CODES_MS - 1));
        assert!(may_claim(&wrong(3), WRONG_CODES_MS));
    }
}
