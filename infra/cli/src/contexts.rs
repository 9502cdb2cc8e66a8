//! Contexts: places that are worked on again and again, kept under names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::environment::says_where;
use crate::kept;
use crate::tables::TableSource;

const FILE: &str = "contexts.json";

/// All contexts, and which one is used.
#[derive(Default, Serialize, Deserialize)]
pub struct Contexts {
    /// The one that is used.
    pub current: Option<String>,
    /// By name.
    pub contexts: BTreeMap<String, Place>,
}

/// Where a command works, and as whom.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The tables, the local stack, or the base URL.
    #[serde(flatten)]
    pub source: TableSource,
    /// The tenant's secret key, if the context keeps one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<String>,
    /// The tenant's id, if the context keeps one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
}

impl Contexts {
    /// Those that are kept.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn read() -> Result<Self, CommandError> {
        kept::read(FILE)
    }

    /// Changes what is kept.
    ///
    /// # Errors
    /// If it cannot be read or written, or what `change` says.
    pub fn update(change: impl FnOnce(&mut Self) -> Result<(), CommandError>) -> Result<Self, CommandError> {
        kept::update(FILE, change)
    }
}

/// Where a command works that was given these flags. A context serves only where neither a flag nor a variable says
/// anything, so that no secret key of one place is sent to another.
///
/// # Errors
/// If the contexts cannot be read.
pub fn place(flags: TableSource) -> Result<Place, CommandError> {
    let place = Place { source: flags, ..Place::default() };
    if says_where() || place.source.is_given() {
        return Ok(place);
    }
    let mut contexts = Contexts::read()?;
    let Some(name) = contexts.current.take() else { return Ok(place) };
    let Some(mut found) = contexts.contexts.remove(&name) else { return Ok(place) };
    tell(&format!("Context {name}."));
    found.source.places |= place.source.places;
    Ok(found)
}
