//! What functions logged of late, for `scanlatch audit`.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How many lines are kept.
const KEPT: usize = 20_000;

/// The part of a line that counts and tells nothing.
const METRICS: &str = "\"_aws\":";

/// The last lines, the oldest first.
#[derive(Debug, Default)]
pub struct Recent(Mutex<VecDeque<String>>);

impl Recent {
    /// Keeps a line, unless it is one of metrics.
    pub fn keep(&self, line: &str) {
        if line.contains(METRICS) {
            return;
        }
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= KEPT {
            lines.pop_front();
        }
        lines.push_back(line.to_owned());
    }

    /// The lines, one below the other.
    pub fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_without_metrics() {
        let recent = Recent::default();
        for n in 0..KEPT {
            recent.keep(&n.to_string());
        }
        recent.keep(r#"{"_aws":{},"Logins":1.0}"#);
        assert!(recent.text().starts_with("0\n1\n"));
        recent.keep("last");
        let text = recent.text();
        assert!(text.starts_with("1\n2\n") && text.ends_with("\nlast\n") && text.lines().count() == KEPT);
    }
}
