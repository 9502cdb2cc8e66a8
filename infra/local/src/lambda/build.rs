//! Builds the function binaries with the same cargo, profile and target folder as this one.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// Builds these functions and returns the folder of their binaries.
///
/// # Errors
/// If cargo is missing or a package does not build.
pub fn functions(functions: &BTreeSet<String>) -> Result<PathBuf> {
    let own = std::env::current_exe().context("this program does not know where it is")?;
    let folder = own.parent().context("this program lies nowhere")?.to_owned();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if !repository.join("Cargo.toml").exists() {
        bail!("the sources are not at {} any more; build again where they are", repository.display());
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // With this package in the build, shared dependencies keep their features.
    command.args(["build", "--bins", "--package", "scanlatch-local"]).current_dir(repository);
    eprintln!("Building the functions; the first time takes a few minutes.");
    if !std::io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    for function in functions {
        command.arg("--package").arg(format!("scanlatch-{function}"));
    }
    if folder.file_name().is_some_and(|name| name == "release") {
        command.arg("--release");
    }
    if let Some(target) = folder.parent() {
        command.arg("--target-dir").arg(target);
    }
    let status = command.status().context("cargo cannot be started; install Rust, or put cargo on the PATH")?;
    if !status.success() {
        bail!("the functions do not build; the compiler's messages are above");
    }
    Ok(folder)
}
