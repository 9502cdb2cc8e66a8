//! The rules of an action as flags and as text, generated from the rows of the table that an action may have otherwise.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use scanlatch_protocol::id::ActionCode;
use scanlatch_protocol::tenant::settings::{Kind, PerAction, Preset, SETTINGS, Setting, Settings};

use super::naming::{long_help, name, title, words};
use super::preset::{preset_flag, preset_given};
use super::value::{Value, set, shown};

const INHERIT: &str = "inherit";
const CLEAR: &str = "clear";

/// The rules of an action that a command changes; others stay as they are.
#[derive(Clone, Debug, Default)]
pub struct RulesFlags {
    preset: Option<Preset>,
    clear: bool,
    given: Vec<(&'static Setting, PerAction, String)>,
}

/// The rows that an action may have otherwise than its tenant.
fn rows() -> impl Iterator<Item = (&'static Setting, PerAction)> {
    SETTINGS.iter().filter_map(|setting| Some((setting, setting.per_action?)))
}

impl RulesFlags {
    /// Whether a flag changes anything.
    pub fn is_given(&self) -> bool {
        self.clear || self.preset.is_some() || !self.given.is_empty()
    }

    /// Applies the flags to the rules of `action`.
    pub fn apply(&self, settings: &Settings, action: &ActionCode) -> Settings {
        let before = settings.action_rules.get(action).copied().filter(|_| !self.clear);
        let mut own = before.unwrap_or_default();
        if let Some(preset) = self.preset.map(Preset::settings) {
            rows().for_each(|(_, per_action)| (per_action.take)(&mut own, &preset));
        }
        for (setting, per_action, text) in &self.given {
            if text == INHERIT {
                (per_action.inherit)(&mut own);
            } else {
                let mut with = Settings::default();
                set(&mut with, setting.kind, &[value(setting.kind, text)]);
                (per_action.take)(&mut own, &with);
            }
        }
        let mut settings = settings.clone();
        settings.action_rules.remove(action);
        if !own.is_empty() {
            settings.action_rules.insert(action.clone(), own);
        }
        settings
    }
}

fn value(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Switch(_) => Value::Switch(text == "on"),
        _ => Value::Choice(text.to_owned()),
    }
}

impl Args for RulesFlags {
    fn augment_args(command: Command) -> Command {
        let clear = Arg::new(CLEAR)
            .long(CLEAR)
            .help("Leave the action with no rule of its own")
            .action(ArgAction::SetTrue)
            .conflicts_with_all(rows().map(|(setting, _)| name(setting)).chain(["preset".to_owned()]));
        let flags = rows().map(|(setting, _)| flag(setting)).chain([preset_flag(), clear]);
        flags.fold(command, |command, flag| command.arg(flag.help_heading("Rules")))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for RulesFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = rows().filter_map(|(setting, per_action)| {
            Some((setting, per_action, matches.get_one::<String>(&name(setting))?.clone()))
        });
        Ok(Self { preset: preset_given(matches), clear: matches.get_flag(CLEAR), given: given.collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn flag(setting: &'static Setting) -> Arg {
    let mut texts = match setting.kind {
        Kind::Choice(choice) => (choice.texts)(),
        _ => vec!["on", "off"],
    };
    texts.push(INHERIT);
    let name = name(setting);
    let flag = Arg::new(name.clone()).long(name).value_name(texts.join("|")).hide_possible_values(true);
    flag.value_parser(PossibleValuesParser::new(texts)).help(setting.meaning).long_help(long_help(setting, ""))
}

/// The settings as they are for `action`.
fn for_action(settings: &Settings, action: &ActionCode) -> Settings {
    let rules = settings.rules(action);
    Settings {
        number_entry: rules.number_entry,
        distance: rules.distance,
        backend_challenges_only: rules.backend_challenges_only,
        claim_first: rules.claim_first,
        ..settings.clone()
    }
}

/// The rules that hold for an action, by name. Those of the tenant say so.
pub fn rule_pairs(settings: &Settings, action: &ActionCode) -> Vec<(String, Option<String>)> {
    let own = settings.action_rules.get(action).copied().unwrap_or_default();
    let settings = for_action(settings, action);
    let pair = |(setting, per_action): (&Setting, PerAction)| {
        let whose = if (per_action.is_own)(&own) { "" } else { ", as the tenant" };
        (title(setting), Some(format!("{}{whose}", shown(&settings, setting.kind))))
    };
    rows().map(pair).collect()
}

/// An action's own rules, in one line.
pub(super) fn own_rules(settings: &Settings, action: &ActionCode) -> String {
    let own = settings.action_rules.get(action).copied().unwrap_or_default();
    let settings = for_action(settings, action);
    let own = rows().filter(|(_, per_action)| (per_action.is_own)(&own));
    let rule =
        |(setting, _): (&Setting, PerAction)| format!("{} {}", words(setting, ' '), shown(&settings, setting.kind));
    own.map(rule).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use scanlatch_protocol::tenant::settings::{DistanceRule, NumberEntry, Rules};

    use super::*;

    fn flags(words: &[&str]) -> Result<RulesFlags, clap::Error> {
        let words = [&["set"], words].concat();
        RulesFlags::from_arg_matches(&RulesFlags::augment_args(Command::new("set")).try_get_matches_from(words)?)
    }

    fn pay() -> ActionCode {
        ActionCode::parse("pay").unwrap()
    }

    fn applied(words: &[&str], settings: &Settings) -> Settings {
        flags(words).unwrap().apply(settings, &pay())
    }

    #[test]
    fn a_flag_beside_a_preset_wins() {
        let settings = applied(&["--preset", "payment", "--distance", "deny"], &Settings::default());
        let rules = Rules {
            number_entry: NumberEntry::Required,
            distance: DistanceRule::Deny,
            backend_challenges_only: true,
            claim_first: true,
        };
        assert_eq!(settings.rules(&pay()), rules);
        assert_eq!(settings.tenant_rules(), Rules::default());
    }

    #[test]
    fn a_preset_gives_an_action_rules_of_its_own_that_a_stricter_tenant_does_not_change() {
        let settings = applied(&["--preset", "standard"], &Preset::Payment.settings());
        assert_eq!(settings.rules(&pay()), Rules::default());
    }

    #[test]
    fn what_an_action_inherits_is_the_tenants_again() {
        let own = applied(&["--claim-first", "on", "--number-entry", "optional"], &Settings::default());
        let left = applied(&["--claim-first", "inherit"], &own);
        assert_eq!(left.rules(&pay()), Rules { number_entry: NumberEntry::Optional, ..Rules::default() });
        assert_eq!(applied(&["--number-entry", "inherit"], &left), Settings::default());
        assert_eq!(applied(&["--clear"], &own), Settings::default());
        assert!(flags(&["--clear", "--claim-first", "on"]).is_err());
        assert_eq!(applied(&[], &own), own);
    }

    #[test]
    fn rules_say_whose_they_are() {
        let settings = applied(&["--claim-first", "on"], &Settings::default());
        let shown: Vec<_> = rule_pairs(&settings, &pay()).into_iter().filter_map(|(_, value)| value).collect();
        assert_eq!(shown, ["off, as the tenant", "tell, as the tenant", "off, as the tenant", "on"]);
    }
}
