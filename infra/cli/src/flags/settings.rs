//! A tenant's settings as flags and as text, both generated from the table of settings.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use scanlatch_protocol::tenant::settings::{Kind, Nearest, Preset, SETTINGS, Setting, Settings};

use self::naming::{long_help, name, title, words};
use self::preset::{preset_flag, preset_given};
use self::value::{Value, parser, set, shown, values};

#[cfg(test)]
mod document;
mod naming;
mod preset;
mod rules;
mod value;

pub use self::rules::{RulesFlags, rule_pairs};

/// The settings that a command changes; others stay as they are.
#[derive(Clone, Debug, Default)]
pub struct SettingsFlags {
    preset: Option<Preset>,
    given: Vec<(&'static Setting, Vec<Value>)>,
}

impl SettingsFlags {
    /// Applies the flags to `settings`, the preset first. A list replaces the list before.
    pub fn apply(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        if let Some(preset) = self.preset {
            preset.apply(&mut settings);
        }
        for (setting, values) in &self.given {
            set(&mut settings, setting.kind, values);
        }
        settings
    }
}

impl Args for SettingsFlags {
    fn augment_args(command: Command) -> Command {
        let flags = SETTINGS.iter().flat_map(|setting| [Some(flag(setting)), none_flag(setting)]);
        flags.flatten().chain([preset_flag()]).fold(command, |command, flag| command.arg(flag.help_heading("Settings")))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingsFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = SETTINGS.iter().filter_map(|setting| {
            let is_none = none_name(setting).is_some_and(|name| matches.get_flag(name));
            let values = matches.get_many::<Value>(&name(setting));
            let values = values.map(|values| values.cloned().collect::<Vec<_>>());
            Some((setting, if is_none { Vec::new() } else { values? }))
        });
        Ok(Self { preset: preset_given(matches), given: given.collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The name of the flag that empties a list.
fn none_name(setting: &Setting) -> Option<&'static str> {
    match setting.kind {
        Kind::Origins(_) => Some("any-origin"),
        Kind::Clients(_) => Some("no-session-clients"),
        _ => None,
    }
}

fn none_flag(setting: &Setting) -> Option<Arg> {
    let help = match setting.kind {
        Kind::Origins(_) => "Pages of any origin may open challenges",
        _ => "No application may have sessions made for it",
    };
    let name_of_it = none_name(setting)?;
    let flag = Arg::new(name_of_it).long(name_of_it).help(help).action(ArgAction::SetTrue);
    Some(flag.conflicts_with(name(setting)))
}

fn flag(setting: &'static Setting) -> Arg {
    let name = name(setting);
    let flag = Arg::new(name.clone()).long(name).value_parser(parser(setting.kind));
    let (flag, note) = match setting.kind {
        Kind::Switch(_) => (flag.value_name("on|off").hide_possible_values(true), String::new()),
        Kind::Choice(choice) => (flag.value_name((choice.texts)().join("|")).hide_possible_values(true), String::new()),
        Kind::State(_) => (flag.value_name("STATE").ignore_case(true), String::new()),
        Kind::Count(..) => (flag.value_name("COUNT"), format!(" ({})", values(setting.kind))),
        Kind::Kilometres(..) => (flag.value_name("KM"), format!(" ({})", values(setting.kind))),
        Kind::Lifetime(..) => (flag.value_name("TIME"), format!(" ({})", values(setting.kind))),
        Kind::Origins(_) => (repeated(flag).value_name("ORIGIN"), AGAIN.to_owned()),
        Kind::Clients(_) => (repeated(flag).value_name("CLIENT"), AGAIN.to_owned()),
    };
    flag.help(format!("{}{note}", setting.meaning)).long_help(long_help(setting, &note))
}

const AGAIN: &str = "; repeat it for several";

fn repeated(flag: Arg) -> Arg {
    flag.action(ArgAction::Append)
}

/// Settings for people, by name: the nearest preset, each setting, and the actions that have rules of their own.
pub fn pairs(settings: &Settings) -> Vec<(String, Option<String>)> {
    let preset = ("Preset".to_owned(), Some(preset(settings)));
    let pair = |setting: &Setting| (title(setting), Some(shown(settings, setting.kind)));
    let actions = settings
        .action_rules
        .keys()
        .map(|action| (format!("Action {action}"), Some(rules::own_rules(settings, action))));
    [preset].into_iter().chain(SETTINGS.iter().map(pair)).chain(actions).collect()
}

/// The nearest preset, and what differs from it.
fn preset(settings: &Settings) -> String {
    let Nearest { preset, differing } = Preset::of(settings);
    if differing.is_empty() {
        return preset.as_str().to_owned();
    }
    let differing: Vec<String> = differing.into_iter().map(|setting| words(setting, ' ')).collect();
    format!("{}, except {}", preset.as_str(), differing.join(", "))
}

#[cfg(test)]
mod tests {
    use scanlatch_protocol::id::ClientId;
    use scanlatch_protocol::tenant::settings::NumberEntry;

    use super::*;

    fn flags(words: &[&str]) -> Result<SettingsFlags, clap::Error> {
        let words = [&["set"], words].concat();
        SettingsFlags::from_arg_matches(&SettingsFlags::augment_args(Command::new("set")).try_get_matches_from(words)?)
    }

    #[test]
    fn no_flag_changes_nothing() {
        let settings = Settings {
            allowed_origins: vec!["https://a.example".to_owned()],
            challenge_lifetime_ms: 1,
            ..Settings::default()
        };
        assert_eq!(flags(&[]).unwrap().apply(&settings), settings);
    }

    #[test]
    fn a_list_replaces_the_one_before_and_holds_nothing_twice() {
        let client = |text| ClientId::parse(text).unwrap();
        let before = Settings { session_clients: vec![client("a"), client("b")], ..Settings::default() };
        let three = ["--session-client", "c", "--session-client", "d", "--session-client", "c"];
        assert_eq!(flags(&three).unwrap().apply(&before).session_clients, [client("c"), client("d")]);
        assert!(flags(&["--no-session-clients"]).unwrap().apply(&before).session_clients.is_empty());
        assert!(flags(&["--no-session-clients", "--session-client", "c"]).is_err());
    }

    #[test]
    fn a_flag_wins_over_the_preset_that_is_given_beside_it() {
        let set = flags(&["--number-entry", "optional", "--preset", "strict"]).unwrap().apply(&Settings::default());
        assert_eq!(set, Settings { number_entry: NumberEntry::Optional, ..Preset::Strict.settings() });
        assert_eq!(preset(&set), "strict, except number entry");
        assert!(flags(&["--preset", "lax"]).is_err());
    }

    #[test]
    fn the_command_line_names_every_setting() {
        let names: Vec<String> = SETTINGS.iter().map(name).collect();
        assert_eq!(
            names,
            [
                "device-credentials",
                "enrolment-needs-scope",
                "key-reassignment",
                "deterministic-signatures",
                "max-devices",
                "allowed-origin",
                "session-client",
                "default-action-state",
                "challenge-lifetime",
                "user-token-lifetime",
                "decision-lifetime",
                "approval-lifetime",
                "result-token-lifetime",
                "access-token-lifetime",
                "session-lifetime",
                "browser-session-lifetime",
                "action-lifetime",
                "number-entry",
                "distance",
                "near-km",
                "backend-challenges-only",
                "claim-first",
                "origin-required",
                "validate-once",
                "attestation",
            ]
        );
    }
}
