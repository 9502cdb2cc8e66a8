//! What a tenant may set, as flags, as JSON and as text.

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueEnum};
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::id::ClientId;
use scanlatch_protocol::tenant::{DEVICES_PER_USER, Settings};
use serde::Serialize;

use crate::flags::{lifetime, origin};

/// A switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It is allowed.
    On,
    /// It is not.
    Off,
}

/// The settings that a command changes; what is not given stays as it is.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingsFlags {
    /// Whether phones may enrol, claim and decide
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    device_credentials: Option<Switch>,
    /// Whether every enrolment needs a token with the scope add:authenticators; off, a user's first device needs none
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    enrolment_needs_scope: Option<Switch>,
    /// Whether enrolling a key that another user owns moves it, or is refused
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    key_reassignment: Option<Switch>,
    /// Whether a decision may come with its claim's signature, for phones that sign deterministically
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    deterministic_signatures: Option<Switch>,
    /// How many devices a user may have, 1 to 100
    #[arg(long, value_name = "COUNT", value_parser = devices)]
    max_devices: Option<u32>,
    /// Only pages of this origin may open challenges, such as `https://shop.example`; repeat it for several
    #[arg(long, value_name = "ORIGIN", value_parser = origin::parse)]
    allowed_origin: Vec<String>,
    /// Pages of any origin may open challenges
    #[arg(long, conflicts_with = "allowed_origin")]
    any_origin: bool,
    /// Only this application may have sessions made for it; repeat it for several
    #[arg(long, value_name = "CLIENT", value_parser = client)]
    session_client: Vec<ClientId>,
    /// No application may have sessions made for it
    #[arg(long, conflicts_with = "session_client")]
    no_session_clients: bool,
    /// The state of an action that a backend tracks for the first time
    #[arg(
        long,
        value_name = "STATE",
        ignore_case = true,
        value_parser = PossibleValuesParser::new(ActionState::ALL.map(ActionState::as_str)).try_map(|text| state(&text)),
    )]
    default_action_state: Option<ActionState>,
    /// How long a challenge may be claimed and decided, 30s to 1h; the browser SDK takes a new one after 9m
    #[arg(long, value_name = "TIME", value_parser = lifetime::challenge)]
    challenge_lifetime: Option<i64>,
    /// How long a user token serves, 30s to 1h
    #[arg(long, value_name = "TIME", value_parser = lifetime::token)]
    user_token_lifetime: Option<i64>,
    /// How long an approval can be redeemed, 30s to 1h
    #[arg(long, value_name = "TIME", value_parser = lifetime::token)]
    result_token_lifetime: Option<i64>,
    /// How long a session's access token serves, 1m to 24h
    #[arg(long, value_name = "TIME", value_parser = lifetime::access_token)]
    access_token_lifetime: Option<i64>,
    /// How long a session can be refreshed from its beginning, 1h to 365d
    #[arg(long, value_name = "TIME", value_parser = lifetime::session)]
    session_lifetime: Option<i64>,
    /// How long an action is kept, 1h to 3650d
    #[arg(long, value_name = "TIME", value_parser = lifetime::action)]
    action_lifetime: Option<i64>,
}

fn client(text: &str) -> Result<ClientId, String> {
    ClientId::parse(text).map_err(|refusal| refusal.to_string())
}

fn devices(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().filter(|count| DEVICES_PER_USER.contains(count));
    count.ok_or_else(|| format!("must be from {} to {}", DEVICES_PER_USER.start(), DEVICES_PER_USER.end()))
}

fn state(text: &str) -> Result<ActionState, &'static str> {
    ActionState::from_text(&text.to_ascii_uppercase()).ok_or("is no state")
}

impl SettingsFlags {
    /// What these flags make of `settings`. A list that is given replaces the one before.
    pub fn apply(&self, settings: &Settings) -> Settings {
        let on = |switch: Option<Switch>, before| switch.map_or(before, |switch| switch == Switch::On);
        Settings {
            device_credentials: on(self.device_credentials, settings.device_credentials),
            enrolment_needs_scope: on(self.enrolment_needs_scope, settings.enrolment_needs_scope),
            key_reassignment: on(self.key_reassignment, settings.key_reassignment),
            deterministic_signatures: on(self.deterministic_signatures, settings.deterministic_signatures),
            max_devices: self.max_devices.unwrap_or(settings.max_devices),
            allowed_origins: list(&self.allowed_origin, self.any_origin, &settings.allowed_origins),
            session_clients: list(&self.session_client, self.no_session_clients, &settings.session_clients),
            default_action_state: self.default_action_state.unwrap_or(settings.default_action_state),
            challenge_lifetime_ms: self.challenge_lifetime.unwrap_or(settings.challenge_lifetime_ms),
            user_token_lifetime_ms: self.user_token_lifetime.unwrap_or(settings.user_token_lifetime_ms),
            result_token_lifetime_ms: self.result_token_lifetime.unwrap_or(settings.result_token_lifetime_ms),
            access_token_lifetime_ms: self.access_token_lifetime.unwrap_or(settings.access_token_lifetime_ms),
            session_lifetime_ms: self.session_lifetime.unwrap_or(settings.session_lifetime_ms),
            action_lifetime_ms: self.action_lifetime.unwrap_or(settings.action_lifetime_ms),
        }
    }
}

fn list<T: Clone + PartialEq>(given: &[T], none: bool, before: &[T]) -> Vec<T> {
    if none {
        return Vec::new();
    }
    let mut list: Vec<T> = Vec::new();
    for item in if given.is_empty() { before } else { given } {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
    list
}

/// Settings as JSON, lifetimes in milliseconds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct SettingsView {
    device_credentials: bool,
    enrolment_needs_scope: bool,
    key_reassignment: bool,
    deterministic_signatures: bool,
    max_devices: u32,
    allowed_origins: Vec<String>,
    session_clients: Vec<String>,
    default_action_state: ActionState,
    challenge_lifetime_ms: i64,
    user_token_lifetime_ms: i64,
    result_token_lifetime_ms: i64,
    access_token_lifetime_ms: i64,
    session_lifetime_ms: i64,
    action_lifetime_ms: i64,
}

impl From<&Settings> for SettingsView {
    fn from(settings: &Settings) -> Self {
        Self {
            device_credentials: settings.device_credentials,
            enrolment_needs_scope: settings.enrolment_needs_scope,
            key_reassignment: settings.key_reassignment,
            deterministic_signatures: settings.deterministic_signatures,
            max_devices: settings.max_devices,
            allowed_origins: settings.allowed_origins.clone(),
            session_clients: settings.session_clients.iter().map(ClientId::to_string).collect(),
            default_action_state: settings.default_action_state,
            challenge_lifetime_ms: settings.challenge_lifetime_ms,
            user_token_lifetime_ms: settings.user_token_lifetime_ms,
            result_token_lifetime_ms: settings.result_token_lifetime_ms,
            access_token_lifetime_ms: settings.access_token_lifetime_ms,
            session_lifetime_ms: settings.session_lifetime_ms,
            action_lifetime_ms: settings.action_lifetime_ms,
        }
    }
}

/// Settings by the names of their flags.
pub fn pairs(settings: &Settings) -> Vec<(&'static str, Option<String>)> {
    let on = |on: bool| Some(if on { "on" } else { "off" }.to_owned());
    let several = |list: Vec<String>, none: &str| Some(if list.is_empty() { none.to_owned() } else { list.join(", ") });
    let time = |millis| Some(lifetime::text(millis));
    let clients = settings.session_clients.iter().map(ClientId::to_string).collect();
    vec![
        ("Device credentials", on(settings.device_credentials)),
        ("Enrolment needs scope", on(settings.enrolment_needs_scope)),
        ("Key reassignment", on(settings.key_reassignment)),
        ("Deterministic signatures", on(settings.deterministic_signatures)),
        ("Devices per user", Some(settings.max_devices.to_string())),
        ("Allowed origins", several(settings.allowed_origins.clone(), "any")),
        ("Session clients", several(clients, "none")),
        ("Default action state", Some(settings.default_action_state.as_str().to_owned())),
        ("Challenge lifetime", time(settings.challenge_lifetime_ms)),
        ("User token lifetime", time(settings.user_token_lifetime_ms)),
        ("Result token lifetime", time(settings.result_token_lifetime_ms)),
        ("Access token lifetime", time(settings.access_token_lifetime_ms)),
        ("Session lifetime", time(settings.session_lifetime_ms)),
        ("Action lifetime", time(settings.action_lifetime_ms)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_changes_nothing() {
        let settings = Settings {
            allowed_origins: vec!["https://a.example".to_owned()],
            challenge_lifetime_ms: 1,
            ..Settings::default()
        };
        assert_eq!(SettingsFlags::default().apply(&settings), settings);
    }

    #[test]
    fn a_list_replaces_the_one_before_and_holds_nothing_twice() {
        let before = ["a", "b"];
        assert_eq!(list(&["c", "d", "c"], false, &before), ["c", "d"]);
        assert_eq!(list(&[], false, &before), before);
        assert!(list(&[], true, &before).is_empty());
    }
}
