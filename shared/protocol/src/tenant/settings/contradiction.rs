//! Settings that contradict each other.

use std::fmt;

use super::{Attestation, DistanceRule, NumberEntry, Rules, Settings};
use crate::id::ActionCode;

/// How many actions may have rules of their own. Every call reads them with the tenant.
pub const MAX_ACTIONS_WITH_RULES: usize = 32;

/// Why settings cannot be set, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// A result token would outlive its approval.
    TokenOutlivesApproval,
    /// Distance asks for a number that is switched off: for this action, or for the tenant.
    NumberIsOff(Option<ActionCode>),
    /// Nothing tells the distance that is to be denied: for this action, or for the tenant.
    NoPlaces(Option<ActionCode>),
    /// Nothing can verify an attestation.
    NothingVerifiesAttestation,
    /// More actions than [`MAX_ACTIONS_WITH_RULES`] have rules of their own.
    TooManyActions,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::NumberIsOff(Some(action)) | Self::NoPlaces(Some(action)) = self {
            write!(f, "for the action {action}, ")?;
        }
        match self {
            Self::TokenOutlivesApproval => f.write_str(
                "a result token cannot serve longer than its approval can be redeemed; resultTokenLifetimeMs must not \
                 be above approvalLifetimeMs",
            ),
            Self::NumberIsOff(_) => f.write_str(
                "distance `number` requires a number, and numberEntry `off` shows none; numberEntry must be `optional` \
                 or `required`",
            ),
            Self::NoPlaces(_) => f.write_str(
                "distance `deny` needs an edge that tells where screens and phones are; without one every distance is \
                 unknown, and nothing would ever be denied",
            ),
            Self::NothingVerifiesAttestation => f.write_str(
                "attestation cannot be required, since nothing verifies it yet: App Attest needs the ids of the apps \
                 and a verifier of Apple's certificates, and Play Integrity needs Google's servers",
            ),
            Self::TooManyActions => {
                write!(f, "at most {MAX_ACTIONS_WITH_RULES} actions have rules of their own; clear one first")
            }
        }
    }
}

impl std::error::Error for Contradiction {}

impl Settings {
    /// Refuses a change to these settings that contradicts itself. What contradicted itself `before` is no reason to
    /// refuse: a tenant may be older than the rule. `places` is whether an edge tells where screens and phones are.
    ///
    /// # Errors
    /// The first new [`Contradiction`]; the tenant's come before those of an action.
    pub fn check_change(&self, before: &Self, places: bool) -> Result<(), Contradiction> {
        let before = before.contradictions(places);
        let new = self.contradictions(places).into_iter().find(|contradiction| !before.contains(contradiction));
        new.map_or(Ok(()), Err)
    }

    /// Refuses settings that contradict each other.
    ///
    /// # Errors
    /// The first [`Contradiction`].
    pub fn check(&self, places: bool) -> Result<(), Contradiction> {
        self.contradictions(places).into_iter().next().map_or(Ok(()), Err)
    }

    /// What to warn of in a change to these settings, in one sentence.
    pub fn warning(&self, before: &Self) -> Option<&'static str> {
        let newly = |now, before| now == Some(NumberEntry::Required) && before != now;
        let tenant = newly(Some(self.number_entry), Some(before.number_entry));
        let action = self.action_rules.iter().any(|(action, own)| {
            newly(own.number_entry, before.action_rules.get(action).and_then(|own| own.number_entry))
        });
        (tenant || action).then_some(
            "official screens cannot show a number, so nobody can approve what they show; numberEntry `optional` asks \
             for it only where a screen can show it",
        )
    }

    fn contradictions(&self, places: bool) -> Vec<Contradiction> {
        let attestation = self.attestation == Attestation::Required;
        let lifetimes = self.result_token_lifetime_ms > self.approval_lifetime_ms;
        let actions = self.action_rules.len() > MAX_ACTIONS_WITH_RULES;
        let tenant = self.tenant_rules();
        let own = self.action_rules.keys().filter_map(|action| {
            let rules = self.rules(action);
            let inherits = (rules.distance, rules.number_entry) == (tenant.distance, tenant.number_entry);
            if inherits { None } else { in_distance(rules, Some(action), places) }
        });
        let several = [
            attestation.then_some(Contradiction::NothingVerifiesAttestation),
            lifetimes.then_some(Contradiction::TokenOutlivesApproval),
            actions.then_some(Contradiction::TooManyActions),
            in_distance(tenant, None, places),
        ];
        several.into_iter().flatten().chain(own).collect()
    }
}

fn in_distance(rules: Rules, action: Option<&ActionCode>, places: bool) -> Option<Contradiction> {
    match rules.distance {
        DistanceRule::Number if rules.number_entry == NumberEntry::Off => {
            Some(Contradiction::NumberIsOff(action.cloned()))
        }
        DistanceRule::Deny if !places => Some(Contradiction::NoPlaces(action.cloned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ActionRules, Preset};
    use super::*;

    fn action(code: &str) -> ActionCode {
        ActionCode::parse(code).unwrap()
    }

    fn with_action(own: ActionRules, settings: Settings) -> Settings {
        Settings { action_rules: [(action("pay"), own)].into(), ..settings }
    }

    #[test]
    fn every_preset_agrees_with_itself() {
        for preset in Preset::ALL {
            assert_eq!(preset.settings().check(false), Ok(()));
        }
    }

    #[test]
    fn a_token_cannot_outlive_its_approval() {
        let of = |approval_lifetime_ms, result_token_lifetime_ms| {
            Settings { approval_lifetime_ms, result_token_lifetime_ms, ..Settings::default() }.check(true)
        };
        assert_eq!(of(60_000, 60_000), Ok(()));
        assert_eq!(of(60_000, 60_001), Err(Contradiction::TokenOutlivesApproval));
    }

    #[test]
    fn distance_asks_for_no_number_that_is_off() {
        for (number_entry, refused) in
            [(NumberEntry::Off, true), (NumberEntry::Optional, false), (NumberEntry::Required, false)]
        {
            let settings = Settings { number_entry, distance: DistanceRule::Number, ..Settings::default() };
            assert_eq!(settings.check(true), if refused { Err(Contradiction::NumberIsOff(None)) } else { Ok(()) });
        }
    }

    #[test]
    fn what_an_action_inherits_may_contradict_its_own_rules() {
        let of_pay = Err(Contradiction::NumberIsOff(Some(action("pay"))));
        let own = ActionRules { distance: Some(DistanceRule::Number), ..ActionRules::default() };
        assert_eq!(with_action(own, Settings::default()).check(true), of_pay);
        let optional = Settings { number_entry: NumberEntry::Optional, ..Settings::default() };
        assert_eq!(with_action(own, optional).check(true), Ok(()));
        let own = ActionRules { number_entry: Some(NumberEntry::Off), ..ActionRules::default() };
        assert_eq!(with_action(own, Preset::Strict.settings()).check(true), of_pay);
    }

    #[test]
    fn nothing_is_denied_by_distance_where_no_edge_gives_places() {
        let settings = Settings { distance: DistanceRule::Deny, ..Settings::default() };
        assert_eq!(settings.check(true), Ok(()));
        assert_eq!(settings.check(false), Err(Contradiction::NoPlaces(None)));
        let own = ActionRules { distance: Some(DistanceRule::Deny), ..ActionRules::default() };
        let settings = with_action(own, Settings::default());
        assert_eq!(settings.check(true), Ok(()));
        assert_eq!(settings.check(false), Err(Contradiction::NoPlaces(Some(action("pay")))));
    }

    #[test]
    fn attestation_cannot_be_required() {
        let settings = Settings { attestation: Attestation::Required, ..Settings::default() };
        let why = settings.check(true).unwrap_err();
        assert_eq!(why, Contradiction::NothingVerifiesAttestation);
        assert!(why.to_string().contains("App Attest") && why.to_string().contains("Play Integrity"), "{why}");
    }

    #[test]
    fn the_rules_of_actions_are_few() {
        let of = |count: usize| {
            let rules = (0..count).map(|n| (action(&format!("a{n}")), ActionRules::default()));
            Settings { action_rules: rules.collect(), ..Settings::default() }.check(true)
        };
        assert_eq!(of(MAX_ACTIONS_WITH_RULES), Ok(()));
        assert_eq!(of(MAX_ACTIONS_WITH_RULES + 1), Err(Contradiction::TooManyActions));
    }

    #[test]
    fn an_old_contradiction_is_no_reason_to_refuse_a_change() {
        let before = Settings { distance: DistanceRule::Deny, ..Settings::default() };
        let after = Settings { max_devices: 1, ..before.clone() };
        assert_eq!(after.check_change(&before, false), Ok(()));
        let own = ActionRules { claim_first: Some(true), ..ActionRules::default() };
        assert_eq!(with_action(own, after.clone()).check_change(&before, false), Ok(()));
        let new = Settings { result_token_lifetime_ms: 2, approval_lifetime_ms: 1, ..after };
        assert_eq!(new.check_change(&before, false), Err(Contradiction::TokenOutlivesApproval));
        assert_eq!(before.check_change(&Settings::default(), false), Err(Contradiction::NoPlaces(None)));
    }

    #[test]
    fn a_number_that_becomes_required_warns_of_official_screens() {
        let (standard, strict) = (Settings::default(), Preset::Strict.settings());
        assert!(strict.warning(&standard).unwrap().contains("official screens"));
        let optional = Settings { number_entry: NumberEntry::Optional, ..Settings::default() };
        for (after, before) in [(&standard, &strict), (&optional, &standard), (&strict, &strict)] {
            assert_eq!(after.warning(before), None);
        }
        let own = ActionRules { number_entry: Some(NumberEntry::Required), ..ActionRules::default() };
        let pay = with_action(own, standard.clone());
        assert!(pay.warning(&standard).is_some());
        assert_eq!(pay.warning(&pay), None);
    }

    #[test]
    fn a_sentence_names_its_action() {
        let sentence = Contradiction::NoPlaces(Some(action("pay"))).to_string();
        assert!(sentence.starts_with("for the action pay, distance `deny` needs"), "{sentence}");
        assert!(Contradiction::NoPlaces(None).to_string().starts_with("distance `deny` needs"));
    }
}
