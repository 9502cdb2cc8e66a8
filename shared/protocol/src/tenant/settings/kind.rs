//! A row of the table of settings, and the kinds of values that settings have.

use super::{ActionRules, Settings};
use crate::action::ActionState;
use crate::id::ClientId;

/// One setting. Its texts are for people, without a full stop.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in the store and in JSON; that of a duration ends in `Ms`, that of a length in `Km`.
    pub name: &'static str,
    /// Where it is in [`Settings`], and which values it takes.
    pub kind: Kind,
    /// How an action has it otherwise than its tenant, if it may.
    pub per_action: Option<PerAction>,
    /// What it decides.
    pub meaning: &'static str,
    /// What it protects, or against what. Empty if nothing.
    pub protects: &'static str,
    /// What a person or a developer pays for it. Empty if nothing.
    pub costs: &'static str,
}

impl Setting {
    /// Gives `to` the value that `from` has.
    pub fn copy(&self, from: &Settings, to: &mut Settings) {
        match self.kind {
            Kind::Switch(field) => copy(field, from, to),
            Kind::Count(field, _) | Kind::Kilometres(field, _) => copy(field, from, to),
            Kind::Choice(choice) => (choice.set)(to, (choice.get)(from)),
            Kind::Origins(field) => copy(field, from, to),
            Kind::Clients(field) => copy(field, from, to),
            Kind::State(field) => copy(field, from, to),
            Kind::Lifetime(field, _) => copy(field, from, to),
        }
    }

    /// Whether the two have different values of it.
    pub fn differs(&self, one: &Settings, other: &Settings) -> bool {
        let mut with = other.clone();
        self.copy(one, &mut with);
        with != *other
    }
}

fn copy<T: Clone>(field: Field<T>, from: &Settings, to: &mut Settings) {
    let value = field(&mut from.clone()).clone();
    *field(to) = value;
}

/// Which values a setting takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// On or off.
    Switch(Field<bool>),
    /// A number within bounds, both included.
    Count(Field<u32>, Bounds<u32>),
    /// A length within bounds, both included.
    Kilometres(Field<u32>, Bounds<u32>),
    /// One of a few texts.
    Choice(Choice),
    /// Origins of pages; empty allows any.
    Origins(Field<Vec<String>>),
    /// Applications; empty allows none.
    Clients(Field<Vec<ClientId>>),
    /// A state of an action.
    State(Field<ActionState>),
    /// A duration in milliseconds within bounds, both included.
    Lifetime(Field<i64>, Bounds<i64>),
}

/// Where a setting is.
pub type Field<T> = fn(&mut Settings) -> &mut T;

/// A setting that is one of a few texts.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Every text.
    pub texts: fn() -> Vec<&'static str>,
    /// The text that is set.
    pub get: fn(&Settings) -> &'static str,
    /// Sets the value of this text. Any other text changes nothing.
    pub set: fn(&mut Settings, &str),
}

/// How an action has a setting otherwise than its tenant.
#[derive(Clone, Copy, Debug)]
pub struct PerAction {
    /// Gives the action the value that the settings have.
    pub take: fn(&mut ActionRules, &Settings),
    /// Leaves the action with the tenant's value.
    pub inherit: fn(&mut ActionRules),
    /// Whether the action has a value of its own.
    pub is_own: fn(&ActionRules) -> bool,
}

/// The least and the greatest value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds<T> {
    /// The least value.
    pub least: T,
    /// The greatest value.
    pub most: T,
}

impl<T: PartialOrd> Bounds<T> {
    pub(super) const fn new(least: T, most: T) -> Self {
        Self { least, most }
    }

    /// Whether `value` is within the bounds, both included.
    pub fn contain(&self, value: &T) -> bool {
        (&self.least..=&self.most).contains(&value)
    }
}
