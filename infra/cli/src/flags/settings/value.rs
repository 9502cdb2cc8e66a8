//! The values of settings: read from flags, set, and written for people.

use clap::builder::{PossibleValuesParser, TypedValueParser as _, ValueParser};
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::id::ClientId;
use scanlatch_protocol::tenant::settings::{Bounds, Kind, Settings};

use crate::flags::{lifetime, origin};

/// A value of a flag. A list has one flag for each value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Switch(bool),
    Count(u32),
    Choice(String),
    Origin(String),
    Client(ClientId),
    State(ActionState),
    Millis(i64),
}

/// Gives a setting of this kind the values of its flags.
pub(super) fn set(settings: &mut Settings, kind: Kind, values: &[Value]) {
    match (kind, values) {
        (Kind::Switch(field), [Value::Switch(on)]) => *field(settings) = *on,
        (Kind::Count(field, _) | Kind::Kilometres(field, _), [Value::Count(count)]) => *field(settings) = *count,
        (Kind::Choice(choice), [Value::Choice(text)]) => (choice.set)(settings, text),
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

/// Reads one value of this kind.
pub(super) fn parser(kind: Kind) -> ValueParser {
    match kind {
        Kind::Switch(_) => PossibleValuesParser::new(["on", "off"]).map(|text| Value::Switch(text == "on")).into(),
        Kind::Count(_, bounds) | Kind::Kilometres(_, bounds) => {
            ValueParser::from(move |text: &str| count(text, bounds).map(Value::Count))
        }
        Kind::Choice(choice) => PossibleValuesParser::new((choice.texts)()).map(Value::Choice).into(),
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
pub(super) fn values(kind: Kind) -> String {
    match kind {
        Kind::Switch(_) => "on or off".to_owned(),
        Kind::Count(_, Bounds { least, most }) => format!("{least} to {most}"),
        Kind::Kilometres(_, Bounds { least, most }) => format!("{least} to {most}, in km"),
        Kind::Choice(choice) => (choice.texts)().join(", "),
        Kind::Origins(_) => "origins".to_owned(),
        Kind::Clients(_) => "ids of applications".to_owned(),
        Kind::State(_) => ActionState::ALL.map(ActionState::as_str).join(", "),
        Kind::Lifetime(_, Bounds { least, most }) => format!("{} to {}", lifetime::text(least), lifetime::text(most)),
    }
}

/// A setting's value for people.
pub fn shown(settings: &Settings, kind: Kind) -> String {
    let several = |list: Vec<String>, none: &str| if list.is_empty() { none.to_owned() } else { list.join(", ") };
    let settings = &mut settings.clone();
    match kind {
        Kind::Switch(field) => if *field(settings) { "on" } else { "off" }.to_owned(),
        Kind::Count(field, _) => field(settings).to_string(),
        Kind::Kilometres(field, _) => format!("{} km", field(settings)),
        Kind::Choice(choice) => (choice.get)(settings).to_owned(),
        Kind::Origins(field) => several(field(settings).clone(), "any"),
        Kind::Clients(field) => several(field(settings).iter().map(ClientId::to_string).collect(), "none"),
        Kind::State(field) => field(settings).as_str().to_owned(),
        Kind::Lifetime(field, _) => lifetime::text(*field(settings)),
    }
}
