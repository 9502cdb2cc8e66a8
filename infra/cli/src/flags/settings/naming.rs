//! How a setting is called and explained to people.

use scanlatch_protocol::tenant::settings::{Kind, Setting};

/// The words of a setting's name, without its unit.
pub(super) fn words(setting: &Setting, between: char) -> String {
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
pub(super) fn name(setting: &Setting) -> String {
    let words = words(setting, '-');
    match setting.kind {
        Kind::Origins(_) | Kind::Clients(_) => words.trim_end_matches('s').to_owned(),
        _ => words,
    }
}

/// What a setting decides, what it protects and what it costs.
pub(super) fn long_help(setting: &Setting, note: &str) -> String {
    let more =
        [("Protects", setting.protects), ("Costs", setting.costs)].into_iter().filter(|(_, text)| !text.is_empty());
    let more: Vec<String> = more.map(|(title, text)| format!("\n{title}: {text}")).collect();
    format!("{}{note}{}", setting.meaning, more.concat())
}

/// A setting's name for people.
pub(super) fn title(setting: &Setting) -> String {
    let words = words(setting, ' ');
    words[..1].to_ascii_uppercase() + &words[1..]
}
