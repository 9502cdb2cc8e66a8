//! What a check found.

use serde::Serialize;

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// Whether nothing is to be done.
    pub good: bool,
    /// What was found and, if something is to be done, what.
    pub sentence: String,
}

impl Finding {
    /// All is well.
    pub fn good(check: &'static str, sentence: impl Into<String>) -> Self {
        Self { check, good: true, sentence: sentence.into() }
    }

    /// Something is to be done.
    pub fn bad(check: &'static str, sentence: impl Into<String>) -> Self {
        Self { check, good: false, sentence: sentence.into() }
    }
}

/// The findings for people, a line each.
pub fn text(findings: &[Finding]) -> String {
    let line = |finding: &Finding| format!("{}  {}\n", if finding.good { "good" } else { "MEND" }, finding.sentence);
    findings.iter().map(line).collect()
}
