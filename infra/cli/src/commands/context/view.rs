//! Contexts for people.

use crate::console::table::Table;
use crate::contexts::{Contexts, Place};

/// All contexts, the one that is used with a mark.
pub fn table(contexts: &Contexts) -> String {
    let mut table = Table::new(&["USED", "NAME", "WHERE", "SECRET KEY"]);
    for (name, place) in &contexts.contexts {
        let used = if contexts.current.as_ref() == Some(name) { "*" } else { "" };
        let secret = if place.secret_key.is_some() { "kept" } else { "-" };
        table.row([used, name, &at(place), secret]);
    }
    table.text("There are no contexts. `scanlatch use NAME` with --local, --api-url or the tables makes one.")
}

fn at(place: &Place) -> String {
    let source = &place.source;
    let tables = source.live_table.as_ref().zip(source.directory_table.as_ref());
    let tables = tables.map(|(live, directory)| format!("{live}, {directory}"));
    let places = source.places.then(|| "with places".to_owned());
    let parts = [source.local.clone(), source.api_url.clone(), tables, source.dynamodb_endpoint.clone(), places];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
