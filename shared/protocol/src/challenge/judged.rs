//! What the rules of an action make of a decision.

use crate::Refusal;
use crate::proximity::Proximity;
use crate::tenant::settings::{DistanceRule, NumberEntry, Rules};
use crate::verification_code::TypedCode;

use super::{Challenge, Decision, Screen, State};

/// A decision, as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What is stored: an approval with a wrong number declines.
    pub decision: Decision,
    /// Whether the number was wrong.
    pub wrong_code: bool,
}

impl Challenge {
    /// What a decision with this number comes to under the rules of its action. There is one try: a wrong number declines for
    /// good. [`Challenge::apply`] still decides whether the caller may decide at all.
    ///
    /// # Errors
    /// [`Refusal::NotClaimed`] for an approval that the rules allow only after a claim, [`Refusal::TooFar`], and
    /// [`Refusal::VerificationCodeNeeded`] if the number is missing.
    pub fn judged(&self, decision: Decision, typed: Option<TypedCode>, rules: &Rules) -> Result<Judged, Refusal> {
        let plain = Judged { decision, wrong_code: false };
        if decision == Decision::Reject || self.screen == Screen::TrustedDevice {
            return Ok(plain);
        }
        if self.state == State::Unclaimed && self.needs_claim(*rules) {
            return Err(Refusal::NotClaimed);
        }
        // A binding may have changed the action, and with it the rules, since the claim.
        if rules.distance == DistanceRule::Deny && self.proximity() == Some(Proximity::Far) {
            return Err(Refusal::TooFar);
        }
        match (self.asked_code(rules), typed) {
            (None, _) => Ok(plain),
            (Some(_), None) => Err(Refusal::VerificationCodeNeeded),
            (Some(code), Some(typed)) if typed.is(code) => Ok(plain),
            (Some(_), Some(_)) => Ok(Judged { decision: Decision::Reject, wrong_code: true }),
        }
    }

    /// Checks that its screen may ask under the rules of its action.
    ///
    /// # Errors
    /// [`Refusal::BackendChallengeNeeded`] and [`Refusal::NumberNotShown`].
    pub fn check_may_ask(&self, rules: &Rules) -> Result<(), Refusal> {
        self.check_may_count(rules)?;
        let cannot =
            (rules.number_entry == NumberEntry::Required) && !self.shows_number && self.screen != Screen::TrustedDevice;
        if cannot { Err(Refusal::NumberNotShown) } else { Ok(()) }
    }

    /// Checks that its approval may count under the rules of the action: the rules may demand a challenge that a backend
    /// began. The login of a registered application is the service's own.
    ///
    /// # Errors
    /// [`Refusal::BackendChallengeNeeded`].
    pub fn check_may_count(&self, rules: &Rules) -> Result<(), Refusal> {
        let is_trusted = self.is_backends || self.application.is_some();
        if rules.backend_challenges_only && !is_trusted { Err(Refusal::BackendChallengeNeeded) } else { Ok(()) }
    }

    /// Number and distance are known only of a phone that has claimed.
    fn needs_claim(&self, rules: Rules) -> bool {
        let may_ask_number = match rules.number_entry {
            NumberEntry::Required => true,
            NumberEntry::Optional => self.shows_number,
            NumberEntry::Off => false,
        };
        rules.claim_first || may_ask_number || rules.distance != DistanceRule::Tell
    }
}
