//! What a tenant may set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::action::ActionState;
use crate::id::{ActionCode, ClientId};

mod contradiction;
mod kind;
mod preset;
mod rules;
mod table;

pub use contradiction::{Contradiction, MAX_ACTIONS_WITH_RULES};
pub use kind::{Bounds, Choice, Field, Kind, PerAction, Setting};
pub use preset::{Nearest, Preset};
pub use rules::{ActionRules, Attestation, DistanceRule, NumberEntry, Rules};
pub use table::SETTINGS;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The longest time that settings allow for claiming and deciding a challenge, in milliseconds.
pub const MAX_CHALLENGE_LIFETIME_MS: i64 = 60 * MINUTE;
/// The longest lifetime that settings allow for a user or result token, in milliseconds.
pub const MAX_TOKEN_LIFETIME_MS: i64 = 60 * MINUTE;
/// The longest lifetime that settings allow for an access token, in milliseconds. Only refresh tokens live longer.
pub const MAX_ACCESS_TOKEN_LIFETIME_MS: i64 = DAY;
/// The longest lifetime that settings allow for a session and its refresh tokens, in milliseconds.
pub const MAX_SESSION_LIFETIME_MS: i64 = 365 * DAY;
/// The longest time that settings allow for keeping an action, in milliseconds.
const MAX_ACTION_LIFETIME_MS: i64 = 3650 * DAY;

/// What a tenant may set. Durations are in milliseconds. Stores keep, and operators read, its serialized form. A
/// missing member has its default, since a tenant may be older than the setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Settings {
    /// Whether phones may enrol, claim and decide.
    pub device_credentials: bool,
    /// Whether every enrolment needs a token with `add:authenticators`; otherwise a user's first device needs none.
    pub enrolment_needs_scope: bool,
    /// Whether enrolling a key that another user owns moves it; otherwise it is refused.
    pub key_reassignment: bool,
    /// Whether a decision may come with the signature of its claim, as from phones that sign deterministically
    /// (RFC 6979). Otherwise it counts as copied and is refused.
    pub deterministic_signatures: bool,
    /// How many devices a user may have, within the bounds of [`SETTINGS`].
    pub max_devices: u32,
    /// Origins of pages that may open challenges. Empty allows any. Callers without an origin are always allowed.
    pub allowed_origins: Vec<String>,
    /// Applications that sessions may be made for.
    pub session_clients: Vec<ClientId>,
    /// The state of an action that a backend tracks for the first time.
    pub default_action_state: ActionState,
    /// How long a challenge may be claimed and decided. The browser SDK refreshes after 9 minutes.
    pub challenge_lifetime_ms: i64,
    /// How long a user token serves.
    pub user_token_lifetime_ms: i64,
    /// Within which time a claim must be decided.
    pub decision_lifetime_ms: i64,
    /// How long an approval can be fetched and redeemed.
    pub approval_lifetime_ms: i64,
    /// How long a result token that was handed out serves.
    pub result_token_lifetime_ms: i64,
    /// How long a session's access token serves.
    pub access_token_lifetime_ms: i64,
    /// How long a session can be refreshed, from its beginning.
    pub session_lifetime_ms: i64,
    /// How long a person who logged in by OpenID is not asked again in the same browser.
    pub browser_session_lifetime_ms: i64,
    /// How long an action is kept.
    pub action_lifetime_ms: i64,
    /// Whether a person enters the number that the screen shows. An action may have it otherwise.
    pub number_entry: NumberEntry,
    /// What happens if the phone is far from the screen. An action may have it otherwise.
    pub distance: DistanceRule,
    /// Up to how many kilometres the phone counts as near.
    pub near_km: u32,
    /// Whether only a backend may open challenges. An action may have it otherwise.
    pub backend_challenges_only: bool,
    /// Whether a challenge is decided only after a claim. An action may have it otherwise.
    pub claim_first: bool,
    /// The actions that have rules of their own.
    pub action_rules: BTreeMap<ActionCode, ActionRules>,
    /// Whether a caller that opens challenges without a backend must send an origin.
    pub origin_required: bool,
    /// Whether a result token is validated only once.
    pub validate_once: bool,
    /// What becomes of a device's attestation.
    pub attestation: Attestation,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            device_credentials: true,
            enrolment_needs_scope: true,
            key_reassignment: false,
            deterministic_signatures: false,
            max_devices: 16,
            allowed_origins: Vec::new(),
            session_clients: Vec::new(),
            default_action_state: ActionState::ChallengeRequired,
            challenge_lifetime_ms: 10 * MINUTE,
            user_token_lifetime_ms: 10 * MINUTE,
            decision_lifetime_ms: 2 * MINUTE,
            approval_lifetime_ms: 10 * MINUTE,
            result_token_lifetime_ms: 2 * MINUTE,
            access_token_lifetime_ms: 15 * MINUTE,
            session_lifetime_ms: 30 * DAY,
            browser_session_lifetime_ms: 8 * HOUR,
            action_lifetime_ms: 90 * DAY,
            number_entry: NumberEntry::Off,
            distance: DistanceRule::Tell,
            near_km: 50,
            backend_challenges_only: false,
            claim_first: false,
            action_rules: BTreeMap::new(),
            origin_required: false,
            validate_once: false,
            attestation: Attestation::Ignored,
        }
    }
}

impl Settings {
    /// The rules that hold for `action`.
    pub fn rules(&self, action: &ActionCode) -> Rules {
        let rules = self.tenant_rules();
        self.action_rules.get(action).map_or(rules, |own| own.over(rules))
    }

    /// Whether a phone can be too far to claim, whatever the action.
    pub fn may_deny(&self) -> bool {
        let own = self.action_rules.values().filter_map(|rules| rules.distance);
        own.chain([self.distance]).any(|rule| rule == DistanceRule::Deny)
    }

    /// Whether some action refuses what a screen asks for by itself, or without showing a number.
    pub fn is_choosy(&self) -> bool {
        let tenant = self.tenant_rules();
        let own = self.action_rules.values().map(|own| own.over(tenant));
        own.chain([tenant]).any(|rules| rules.backend_challenges_only || rules.number_entry == NumberEntry::Required)
    }

    /// The rules that hold for an action without rules of its own.
    pub fn tenant_rules(&self) -> Rules {
        Rules {
            number_entry: self.number_entry,
            distance: self.distance,
            backend_challenges_only: self.backend_challenges_only,
            claim_first: self.claim_first,
        }
    }

    /// Whether a page from `origin` may open challenges. Only browsers send an origin, so callers without one are
    /// allowed.
    pub fn allows_origin(&self, origin: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        self.allowed_origins.is_empty() || self.allowed_origins.iter().any(|allowed| allowed == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_origin_is_allowed() {
        let settings = Settings { allowed_origins: vec!["https://good.example".to_owned()], ..Settings::default() };
        assert!(settings.allows_origin(None));
        assert!(settings.allows_origin(Some("https://good.example")));
        for bad in ["null", "https://good.example.evil", "http://good.example", "https://good.example:8443"] {
            assert!(!settings.allows_origin(Some(bad)), "{bad}");
        }
    }

    #[test]
    fn an_actions_own_rules_hold_for_that_action_alone() {
        let action = |code: &str| ActionCode::parse(code).unwrap();
        let own = ActionRules { claim_first: Some(true), ..ActionRules::default() };
        let settings = Settings { action_rules: [(action("pay"), own)].into(), ..Settings::default() };
        assert_eq!(settings.rules(&action("pay")), Rules { claim_first: true, ..Rules::default() });
        assert_eq!(settings.rules(&action("login")), Rules::default());
    }

    #[test]
    fn a_tenant_that_is_older_than_a_setting_has_its_default() {
        let old = serde_json::json!({ "resultTokenLifetimeMs": 10 * MINUTE });
        let old: Settings = serde_json::from_value(old).unwrap();
        assert_eq!(old, Settings { result_token_lifetime_ms: 10 * MINUTE, ..Settings::default() });
    }

    #[test]
    fn the_rules_of_actions_come_back_as_they_were_stored() {
        let own = ActionRules { number_entry: Some(NumberEntry::Required), ..ActionRules::default() };
        let action_rules = [(ActionCode::parse("pay").unwrap(), own)].into();
        let settings = Settings { action_rules, ..Settings::default() };
        let stored = serde_json::to_value(&settings).unwrap();
        assert_eq!(stored["actionRules"], serde_json::json!({ "pay": { "numberEntry": "required" } }));
        assert_eq!(serde_json::from_value::<Settings>(stored).unwrap(), settings);
    }
}
