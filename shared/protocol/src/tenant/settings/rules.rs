//! The rules of a login that a tenant sets for all its actions, and for some of them otherwise.

use serde::{Deserialize, Serialize};

/// Whether a person enters on the phone the number that the screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NumberEntry {
    /// Never.
    #[default]
    Off,
    /// Where the screen says that it can show a number.
    Optional,
    /// Always where a code was scanned. No decision is made without a claim.
    Required,
}

impl NumberEntry {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Off, Self::Optional, Self::Required];

    /// The form in stores and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }

    /// Reads the form of [`NumberEntry::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.as_str() == text)
    }
}

/// What happens if the phone is far from the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DistanceRule {
    /// The phone, the backend and the log are told.
    #[default]
    Tell,
    /// The number must be entered too.
    Number,
    /// The claim is refused.
    Deny,
}

impl DistanceRule {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Tell, Self::Number, Self::Deny];

    /// The form in stores and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tell => "tell",
            Self::Number => "number",
            Self::Deny => "deny",
        }
    }

    /// Reads the form of [`DistanceRule::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.as_str() == text)
    }
}

/// What becomes of a statement that a device sends about where its key is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Attestation {
    /// Nothing. The credential is marked as unattested.
    #[default]
    Ignored,
    /// It must be there and be verified.
    Required,
}

impl Attestation {
    /// Every value.
    pub const ALL: [Self; 2] = [Self::Ignored, Self::Required];

    /// The form in stores and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::Required => "required",
        }
    }

    /// Reads the form of [`Attestation::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.as_str() == text)
    }
}

/// The rules that hold for one action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rules {
    /// Whether a number is entered.
    pub number_entry: NumberEntry,
    /// What happens at a distance.
    pub distance: DistanceRule,
    /// Whether only a backend may open challenges.
    pub backend_challenges_only: bool,
    /// Whether a challenge is decided only after a claim, also for a user whom the challenge names.
    pub claim_first: bool,
}

/// The rules that an action has of its own. The tenant's hold for the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ActionRules {
    /// As in [`Rules::number_entry`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_entry: Option<NumberEntry>,
    /// As in [`Rules::distance`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance: Option<DistanceRule>,
    /// As in [`Rules::backend_challenges_only`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend_challenges_only: Option<bool>,
    /// As in [`Rules::claim_first`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_first: Option<bool>,
}

impl ActionRules {
    /// Whether the action has no rule of its own.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The action's own rules, and `rules` for the rest.
    pub fn over(&self, rules: Rules) -> Rules {
        Rules {
            number_entry: self.number_entry.unwrap_or(rules.number_entry),
            distance: self.distance.unwrap_or(rules.distance),
            backend_challenges_only: self.backend_challenges_only.unwrap_or(rules.backend_challenges_only),
            claim_first: self.claim_first.unwrap_or(rules.claim_first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_choice_is_its_stored_form() {
        for value in NumberEntry::ALL {
            assert_eq!(serde_json::to_value(value).unwrap(), value.as_str());
            assert_eq!(NumberEntry::from_text(value.as_str()), Some(value));
        }
        for value in DistanceRule::ALL {
            assert_eq!(serde_json::to_value(value).unwrap(), value.as_str());
            assert_eq!(DistanceRule::from_text(value.as_str()), Some(value));
        }
        for value in Attestation::ALL {
            assert_eq!(serde_json::to_value(value).unwrap(), value.as_str());
            assert_eq!(Attestation::from_text(value.as_str()), Some(value));
        }
        assert_eq!(NumberEntry::from_text("Off"), None);
    }

    #[test]
    fn an_action_stores_only_the_rules_that_it_has_of_its_own() {
        let own = ActionRules { distance: Some(DistanceRule::Deny), ..ActionRules::default() };
        let stored = serde_json::json!({ "distance": "deny" });
        assert_eq!(serde_json::to_value(own).unwrap(), stored);
        assert_eq!(serde_json::from_value::<ActionRules>(stored).unwrap(), own);
        assert!(!own.is_empty() && ActionRules::default().is_empty());
    }

    #[test]
    fn each_rule_of_an_action_wins_over_the_tenants() {
        let tenant = Rules { claim_first: true, ..Rules::default() };
        assert_eq!(ActionRules::default().over(tenant), tenant);
        let other = Rules {
            number_entry: NumberEntry::Required,
            distance: DistanceRule::Number,
            backend_challenges_only: true,
            claim_first: false,
        };
        let own = ActionRules {
            number_entry: Some(other.number_entry),
            distance: Some(other.distance),
            backend_challenges_only: Some(other.backend_challenges_only),
            claim_first: Some(other.claim_first),
        };
        assert_eq!(own.over(tenant), other);
    }
}
