//! Builds the function binaries with the same cargo, profile and target folder as this one.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// How long cargo takes at most where there is nothing to build.
const NOTHING_TO_BUILD: Duration = Duration::from_secs(3);

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
    // With these packages in the build, shared dependencies keep the features that `cargo run` has built them with.
    command.args(["build", "--bins", "--package", "scanlatch-local", "--package", "scanlatch-cli"]);
    command.current_dir(repository);
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
    let mut cargo = command.spawn().context("cargo cannot be started; install Rust, or put cargo on the PATH")?;
    let status = if let Some(status) = early(&mut cargo)? {
        status
    } else {
        eprintln!("Building the functions; the first time takes a few minutes.");
        cargo.wait()?
    };
    if !status.success() {
        bail!("the functions do not build; the compiler's messages are above");
    }
    Ok(folder)
}

/// How it ended, if that is so soon that there was nothing to build.
fn early(cargo: &mut Child) -> Result<Option<ExitStatus>> {
    let begun = Instant::now();
    while begun.elapsed() < NOTHING_TO_BUILD {
        if let Some(status) = cargo.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(None)
}
