//! A tenant's settings as flags and as text, both generated from the table of settings.

use clap::builder::{PossibleValuesParser, TypedValueParser as _, ValueParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::id::ClientId;
use scanlatch_protocol::tenant::settings::{Bounds, Kind, SETTINGS, Setting, Settings};

use crate::flags::{lifetime, origin};

#[cfg(test)]
mod document;

/// The settings that a command changes; others stay as they are.
#[derive(Clone, Debug, Default)]
pub struct SettingsFlags(Vec<(&'static Setting, Vec<Value>)>);

/// A value of a flag. A list has one flag for each value.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Switch(bool),
    Count(u32),
    Origin(String),
    Client(ClientId),
    State(ActionState),
    Millis(i64),
}

impl SettingsFlags {
    /// Applies the flags to `settings`. A list replaces the list before.
    pub fn apply(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        for (setting, values) in &self.0 {
            set(&mut settings, setting.kind, values);
        }
        settings
    }
}

fn set(settings: &mut Settings, kind: Kind, values: &[Value]) {
    match (kind, values) {
        (Kind::Switch(field), [Value::Switch(on)]) => *field(settings) = *on,
        (Kind::Count(field, _), [Value::Count(count)]) => *field(settings) = *count,
        (Kind::State(field), [Value::State(state)]) => *field(settings) = *state,
        (Kind::Lifetime(field, _), [Value::Millis(millis)]) => *field(settings) = *millis,
        (Kind::Origins(field), values) => {
            *field(settings) = once_each(values, |value| match value {
                Value::Origin(origin) => Some(origin.clone()),
                _ => None,
            });
        }
        (Kind::Clients(field), values) => {
            *field(settings) = once_each(values, |value| match value {
                Value::Client(client) => Some(client.clone()),
                _ => None,
            });
        }
        // The parser of each kind gives only values of that kind.
        _ => {}
    }
}

fn once_each<T: PartialEq>(values: &[Value], of: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    let mut list = Vec::new();
    for value in values.iter().filter_map(of) {
        if !list.contains(&value) {
            list.push(value);
        }
    }
    list
}

impl Args for SettingsFlags {
    fn augment_args(command: Command) -> Command {
        let flags = SETTINGS.iter().flat_map(|setting| [Some(flag(setting)), none_flag(setting)]);
        flags.flatten().fold(command, |command, flag| command.arg(flag.help_heading("Settings")))
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
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The words of a setting's name, without its unit.
fn words(setting: &Setting, between: char) -> String {
    let mut words = String::new();
    for letter in setting.name.trim_end_matches("Ms").chars() {
        if letter.is_ascii_uppercase() {
            words.push(between);
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// The name of the setting's flag; singular for a list, whose flag is repeated.
fn name(setting: &Setting) -> String {
    let words = words(setting, '-');
    match setting.kind {
        Kind::Origins(_) | Kind::Clients(_) => words.trim_end_matches('s').to_owned(),
        _ => words,
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
    let help = setting.meaning;
    match setting.kind {
        Kind::Switch(_) => flag.help(help).value_name("on|off").hide_possible_values(true),
        Kind::State(_) => flag.help(help).value_name("STATE").ignore_case(true),
        Kind::Count(..) => flag.help(format!("{help} ({})", values(setting.kind))).value_name("COUNT"),
        Kind::Lifetime(..) => flag.help(format!("{help} ({})", values(setting.kind))).value_name("TIME"),
        Kind::Origins(_) => repeated(flag, help).value_name("ORIGIN"),
        Kind::Clients(_) => repeated(flag, help).value_name("CLIENT"),
    }
}

fn repeated(flag: Arg, help: &str) -> Arg {
    flag.help(format!("{help}; repeat it for several")).action(ArgAction::Append)
}

fn parser(kind: Kind) -> ValueParser {
    match kind {
        Kind::Switch(_) => PossibleValuesParser::new(["on", "off"]).map(|text| Value::Switch(text == "on")).into(),
        Kind::Count(_, bounds) => ValueParser::from(move |text: &str| count(text, bounds).map(Value::Count)),
        Kind::Origins(_) => ValueParser::from(|text: &str| origin::parse(text).map(Value::Origin)),
        Kind::Clients(_) => ValueParser::from(|text: &str| {
            ClientId::parse(text).map(Value::Client).map_err(|refusal| refusal.to_string())
        }),
        Kind::State(_) => {
            let states = PossibleValuesParser::new(ActionState::ALL.map(ActionState::as_str));
            let state = |text: String| ActionState::from_text(&text.to_ascii_uppercase()).ok_or("is no state");
            states.try_map(move |text| state(text).map(Value::State)).into()
        }
        Kind::Lifetime(_, bounds) => {
            ValueParser::from(move |text: &str| lifetime::within(text, bounds).map(Value::Millis))
        }
    }
}

fn count(text: &str, bounds: Bounds<u32>) -> Result<u32, String> {
    let count = text.parse().ok().filter(|count| bounds.contain(count));
    count.ok_or_else(|| format!("must be from {} to {}", bounds.least, bounds.most))
}

/// The values that a setting accepts, in words.
fn values(kind: Kind) -> String {
    match kind {
        Kind::Switch(_) => "on or off".to_owned(),
        Kind::Count(_, Bounds { least, most }) => format!("{least} to {most}"),
        Kind::Origins(_) => "origins".to_owned(),
        Kind::Clients(_) => "ids of applications".to_owned(),
        Kind::State(_) => ActionState::ALL.map(ActionState::as_str).join(", "),
        Kind::Lifetime(_, Bounds { least, most }) => format!("{} to {}", lifetime::text(least), lifetime::text(most)),
    }
}

/// A setting's value for people.
fn shown(settings: &mut Settings, kind: Kind) -> String {
    let several = |list: Vec<String>, none: &str| if list.is_empty() { none.to_owned() } else { list.join(", ") };
    match kind {
        Kind::Switch(field) => if *field(settings) { "on" } else { "off" }.to_owned(),
        Kind::Count(field, _) => field(settings).to_string(),
        Kind::Origins(field) => several(field(settings).clone(), "any"),
        Kind::Clients(field) => several(field(settings).iter().map(ClientId::to_string).collect(), "none"),
        Kind::State(field) => field(settings).as_str().to_owned(),
        Kind::Lifetime(field, _) => lifetime::text(*field(settings)),
    }
}

/// Settings for people, by name.
pub fn pairs(settings: &Settings) -> Vec<(String, Option<String>)> {
    let mut settings = settings.clone();
    let pair = |setting: &Setting| {
        let words = words(setting, ' ');
        let title = words[..1].to_ascii_uppercase() + &words[1..];
        (title, Some(shown(&mut settings, setting.kind)))
    };
    SETTINGS.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
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
                "result-token-lifetime",
                "access-token-lifetime",
                "session-lifetime",
                "browser-session-lifetime",
                "action-lifetime",
            ]
        );
    }
}
