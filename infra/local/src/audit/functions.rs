//! Functions: their packages, the template's functions and those that ran are the same.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::Evidence;
use crate::cloudformation::template::Template;

/// The packages in the folder of all functions.
///
/// # Errors
/// If it cannot be read.
pub fn folders(path: &Path) -> Result<BTreeSet<String>> {
    let entries =
        std::fs::read_dir(path).with_context(|| format!("the functions in {} cannot be read", path.display()))?;
    let mut names = BTreeSet::new();
    for entry in entries {
        let entry = entry?;
        if entry.path().join("Cargo.toml").exists() {
            names.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

pub(super) fn disagreements(template: &Template, evidence: &Evidence, folders: &BTreeSet<String>) -> Vec<String> {
    let deployed: BTreeSet<&str> = template.functions.values().map(|function| function.binary.as_str()).collect();
    let ran = evidence.functions();
    let mut sentences = Vec::new();
    for folder in folders.iter().filter(|folder| !deployed.contains(folder.as_str())) {
        sentences.push(format!("functions/{folder} is not in the template"));
    }
    for (id, function) in &template.functions {
        if !folders.contains(&function.binary) {
            sentences.push(format!("{id} is in the template, but there is no functions/{}", function.binary));
        }
        if !ran.contains(id.as_str()) {
            sentences.push(format!("{id} is in the template, but no test called it"));
        }
    }
    sentences
}
