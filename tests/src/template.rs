//! Copies of the template with one change.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// Writes a copy into `folder` in which one function's resource has `to` in place of `from`.
///
/// # Errors
/// If the function does not contain `from`.
pub fn template_with(folder: &Path, function: &str, from: &str, to: &str) -> Result<PathBuf> {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/template.yaml"))?;
    let head = format!("\n  {function}:\n");
    let (before, after) = template.split_once(&head).with_context(|| format!("there is no {function}"))?;
    // Its members are indented further than the next resource or comment.
    let end = after.match_indices("\n  ").map(|(at, _)| at).find(|at| !after[at + 3..].starts_with(' '));
    let (own, rest) = after.split_at(end.unwrap_or(after.len()));
    ensure!(own.contains(from), "{function} does not say {from}");
    let path = folder.join("template.yaml");
    std::fs::write(&path, [before, &head, &own.replace(from, to), rest].concat())?;
    Ok(path)
}
