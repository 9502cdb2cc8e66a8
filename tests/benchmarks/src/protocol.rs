//! What criterion found out about the protocol's computations, from the files that it leaves.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// The table of all benchmarks in criterion's folder.
///
/// # Errors
/// If one cannot be read.
pub fn table(folder: &Path) -> Result<String> {
    let mut rows = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let path = entry.path().join("new/estimates.json");
        if path.exists() {
            let estimates: Value = serde_json::from_slice(&fs::read(path)?)?;
            rows.push((entry.file_name().to_string_lossy().into_owned(), row(&estimates)?));
        }
    }
    rows.sort();
    let mut text = String::from("| computation | µs: median (95 % interval) |\n|---|---|\n");
    for (name, row) in rows {
        let _never_fails = writeln!(text, "| {name} | {row} |");
    }
    Ok(text)
}

/// Criterion writes nanoseconds.
fn row(estimates: &Value) -> Result<String> {
    let median = &estimates["median"];
    let micros = |value: &Value| value.as_f64().map(|nanos| nanos / 1000.0).context("a strange estimate");
    let interval = &median["confidence_interval"];
    let (low, high) = (micros(&interval["lower_bound"])?, micros(&interval["upper_bound"])?);
    Ok(format!("{:.1} ({low:.1}–{high:.1})", micros(&median["point_estimate"])?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_in_microseconds() {
        let interval = json!({ "lower_bound": 40_000.0, "upper_bound": 60_000.0 });
        let median = json!({ "point_estimate": 51_240.0, "confidence_interval": interval });
        assert_eq!(row(&json!({ "median": median })).ok().as_deref(), Some("51.2 (40.0–60.0)"));
    }
}
