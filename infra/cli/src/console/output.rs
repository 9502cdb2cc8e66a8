//! Answers go to standard output, everything else to standard error.

use std::io::Write as _;

use serde::Serialize;

use crate::console::failure::CommandError;
use crate::console::table::{is_obeyed, shown};

/// How answers are written.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// One JSON document instead of text.
    pub json: bool,
}

impl Output {
    /// Writes an answer: `document` with `--json`, otherwise the text `people`.
    ///
    /// # Errors
    /// If standard output cannot be written.
    pub fn answer(self, document: &impl Serialize, people: impl FnOnce() -> String) -> Result<(), CommandError> {
        let mut text = if self.json {
            escaped(&serde_json::to_string_pretty(document).map_err(|error| CommandError::failed(error.to_string()))?)
        } else {
            people().split('\n').map(shown).collect::<Vec<_>>().join("\n")
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        write(text.as_bytes())
    }
}

/// JSON with escapes for characters that a terminal obeys. Apart from line feeds, these occur only in strings.
fn escaped(json: &str) -> String {
    let escape = |c: char| {
        let units = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>();
        units.concat()
    };
    json.chars().map(|c| if is_obeyed(c) && c != '\n' { escape(c) } else { c.to_string() }).collect()
}

/// Writes to standard output.
///
/// # Errors
/// If it cannot be written.
pub fn write(bytes: &[u8]) -> Result<(), CommandError> {
    let mut output = std::io::stdout().lock();
    let written = output.write_all(bytes).and_then(|()| output.flush());
    written.map_err(|error| CommandError::failed(format!("standard output cannot be written: {error}")))
}

/// Prints a message for people on standard error.
pub fn tell(sentence: &str) {
    draw(&format!("{}\n", shown(sentence)));
}

/// Prints a text as it is on standard error. Nobody may be there to read it, as behind `2>&1 | head`.
pub fn draw(text: &str) {
    let _unread = std::io::stderr().lock().write_all(text.as_bytes());
}
