//! `scanlatch use`.

use clap::Args;
use serde_json::json;

use crate::commands::context::view::table;
use crate::console::failure::CommandError;
use crate::console::output::{Output, tell};
use crate::contexts::{Contexts, Place};
use crate::environment::{SECRET_KEY, TENANT_ID, variable};
use crate::tables::TableSource;

mod view;

/// `use`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    /// The context; with flags that say where, it is made or changed. Without a name all contexts are listed
    #[arg(value_parser = name)]
    name: Option<String>,
    /// Keep the secret key of `AUTHSIGNAL_SECRET_KEY` in it
    #[arg(long, requires = "name", conflicts_with = "forget")]
    keep_secret_key: bool,
    /// Forget this context
    #[arg(long, requires = "name")]
    forget: bool,
    /// Use no context from now on
    #[arg(long, conflicts_with_all = ["name", "forget", "keep_secret_key"])]
    none: bool,
}

/// Makes a context the one that is used, or lists all.
///
/// # Errors
/// If there is no such context, or the contexts cannot be kept.
pub fn run(output: Output, source: TableSource, flags: Flags) -> Result<(), CommandError> {
    let contexts = match flags.name {
        None if flags.none => {
            let contexts = Contexts::update(|contexts| {
                contexts.current = None;
                Ok(())
            })?;
            tell("No context is used now.");
            contexts
        }
        None => Contexts::read()?,
        Some(name) if flags.forget => {
            let contexts = Contexts::update(|contexts| {
                contexts.contexts.remove(&name).ok_or_else(|| unknown(&name))?;
                contexts.current.take_if(|current| *current == name);
                Ok(())
            })?;
            tell(&format!("Forgot context {name}."));
            contexts
        }
        Some(name) => {
            let contexts = Contexts::update(|contexts| {
                let is_known = contexts.contexts.contains_key(&name);
                if source.is_given() || flags.keep_secret_key || (source.places && is_known) {
                    let place = made(contexts.contexts.get(&name), source, flags.keep_secret_key)?;
                    contexts.contexts.insert(name.clone(), place);
                } else if !is_known {
                    return Err(unknown(&name));
                }
                contexts.current = Some(name.clone());
                Ok(())
            })?;
            tell(&format!("Context {name} is used where neither a flag nor a variable says where."));
            contexts
        }
    };
    let names: Vec<&String> = contexts.contexts.keys().collect();
    output.answer(&json!({ "current": contexts.current, "contexts": names }), || table(&contexts))
}

/// The context with these flags, over what it was before.
fn made(before: Option<&Place>, source: TableSource, keep_secret_key: bool) -> Result<Place, CommandError> {
    let mut place = before.cloned().unwrap_or_default();
    if source.is_given() {
        place = Place { source, ..Place::default() };
    } else {
        place.source.places |= source.places;
    }
    if keep_secret_key {
        let missing = || CommandError::misused(format!("{SECRET_KEY} is not set, so there is no secret key to keep"));
        place.secret_key = Some(variable(SECRET_KEY).ok_or_else(missing)?);
    }
    place.tenant_id = variable(TENANT_ID).or(place.tenant_id);
    Ok(place)
}

fn unknown(name: &str) -> CommandError {
    CommandError::failed(format!("there is no context {name}; give --local, --api-url or the tables to make it"))
}

fn name(text: &str) -> Result<String, String> {
    let letter = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if (1..=64).contains(&text.len()) && text.chars().all(letter) {
        return Ok(text.to_owned());
    }
    Err("a context's name is 1 to 64 letters, digits, `-`, `_` or `.`".to_owned())
}
