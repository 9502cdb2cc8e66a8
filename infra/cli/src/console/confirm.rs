//! Asks for confirmation before anything that cannot be undone.

use std::io::{BufRead, IsTerminal as _, Write};

use crate::console::failure::CommandError;
use crate::console::table::shown;

/// Asks on the terminal; only `word` confirms.
///
/// # Errors
/// [`CommandError::Misused`] if the answer is another one, or nobody can answer.
pub fn ask(what: &str, word: &str) -> Result<(), CommandError> {
    check_answerable(what)?;
    agreed(what, word, &mut std::io::stdin().lock(), &mut std::io::stderr())
}

/// Asks for a line of text.
///
/// # Errors
/// [`CommandError::Misused`] if nobody can answer.
pub fn line(what: &str) -> Result<String, CommandError> {
    check_answerable(what)?;
    let unread = |error: std::io::Error| CommandError::misused(format!("nothing was typed: {error}"));
    let mut output = std::io::stderr();
    write!(output, "{}: ", shown(what)).and_then(|()| output.flush()).map_err(unread)?;
    let mut typed = String::new();
    std::io::stdin().lock().read_line(&mut typed).map_err(unread)?;
    Ok(typed.trim().to_owned())
}

/// Whether somebody can answer, for a command that changes something before it can ask.
///
/// # Errors
/// [`CommandError::Misused`] if nobody can.
pub fn check_answerable(what: &str) -> Result<(), CommandError> {
    if std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(CommandError::misused(format!("{what}? Nobody is there to answer; --yes does it without asking")))
}

fn agreed(what: &str, word: &str, input: &mut impl BufRead, output: &mut impl Write) -> Result<(), CommandError> {
    let unread = |error: std::io::Error| CommandError::misused(format!("nothing was changed: {error}"));
    write!(output, "{}?\nType {} to go on: ", shown(what), shown(word))
        .and_then(|()| output.flush())
        .map_err(unread)?;
    let mut answer = String::new();
    input.read_line(&mut answer).map_err(unread)?;
    if answer.trim() == word.trim() { Ok(()) } else { Err(CommandError::misused("nothing was changed")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_agrees() {
        let ask = |answer: &str| agreed("Delete Acme", "Acme", &mut answer.as_bytes(), &mut Vec::new());
        assert_eq!(ask("Acme\n"), Ok(()));
        for other in ["", "\n", "acme\n", "y\n", "yes\n"] {
            assert!(matches!(ask(other), Err(CommandError::Misused(_))), "{other:?}");
        }
    }

    #[test]
    fn the_question_names_what_is_at_stake() {
        let mut output = Vec::new();
        agreed("Delete Acme", "Acme", &mut "Acme".as_bytes(), &mut output).unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), "Delete Acme?\nType Acme to go on: ");
    }
}
