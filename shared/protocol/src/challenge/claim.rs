//! A claim, and what it fixes until the decision.

use crate::credential::Holder;
use crate::key::SignatureR;
use crate::proximity::{Proximity, Sight};
use crate::tenant::settings::{DistanceRule, NumberEntry, Rules};
use crate::time::Timestamp;
use crate::verification_code::VerificationCode;

use super::{Challenge, Screen};

/// How long after [`ClaimFacts::decide_by`] a screen is told that its claim has lapsed, in milliseconds. A decision that
/// began in time may be stored some seconds later, and a screen that heard of a lapse must never hear of an approval.
pub const LAPSE_MARGIN_MS: i64 = 10_000;

/// A phone's claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The phone.
    pub by: Holder,
    /// The `r` of its signature.
    pub r: SignatureR,
    /// What the trusted edge saw of it.
    pub seen: Option<Sight>,
    /// A fresh number. Whether anybody asks for it is judged later.
    pub code: VerificationCode,
    /// How long the phone has for its decision, in milliseconds.
    pub decide_ms: i64,
}

/// What a claim fixed. A repeated claim changes nothing of it, and a take-over replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimFacts {
    /// What the trusted edge saw of the phone.
    pub seen: Option<Sight>,
    /// The number that the screen shows if it is asked for.
    pub code: VerificationCode,
    /// From this instant the claimer can no longer decide.
    pub decide_by: Timestamp,
}

impl Claim {
    /// What the claim at `now` fixes.
    pub fn facts(&self, now: Timestamp) -> ClaimFacts {
        ClaimFacts { seen: self.seen.clone(), code: self.code, decide_by: now.plus(self.decide_ms) }
    }
}

impl Challenge {
    /// How far the screen and the phone that claimed are apart; `None` before a claim.
    pub fn proximity(&self) -> Option<Proximity> {
        self.claim.as_ref().map(|claim| self.proximity_of(claim.seen.as_ref()))
    }

    /// How far the screen and a phone are apart, as the trusted edge saw both.
    pub fn proximity_of(&self, phone: Option<&Sight>) -> Proximity {
        Proximity::between(self.sight.as_ref(), phone, self.near_km)
    }

    /// The number that its screen shows and its claimer types, if these rules ask for it. Nobody asks for one where no code
    /// was scanned or typed.
    pub fn asked_code(&self, rules: &Rules) -> Option<VerificationCode> {
        let claim = self.claim.as_ref().filter(|_| self.screen != Screen::TrustedDevice)?;
        let is_far = self.proximity() == Some(Proximity::Far);
        let is_asked = match rules.number_entry {
            NumberEntry::Required => true,
            NumberEntry::Optional => self.shows_number || (is_far && rules.distance == DistanceRule::Number),
            NumberEntry::Off => is_far && rules.distance == DistanceRule::Number,
        };
        is_asked.then_some(claim.code)
    }

    /// Whether its claimer can no longer decide.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.claim.as_ref().is_some_and(|claim| now >= claim.decide_by)
    }

    /// Whether its screen may be told that the claimer can no longer decide; see [`LAPSE_MARGIN_MS`].
    pub fn is_over_for_screen(&self, now: Timestamp) -> bool {
        self.claim.as_ref().is_some_and(|claim| now >= claim.decide_by.plus(LAPSE_MARGIN_MS))
    }
}
