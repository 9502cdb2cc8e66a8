//! What is measured.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::play::{self, OPENID_LOGIN, POLLING_LOGIN, SOCKET_LOGIN};

/// The binary of the package `scanlatch-benchmark-hello`.
pub const HELLO: &str = "benchmark-hello";
/// Its name in the tables.
pub const HELLO_WORLD: &str = "hello world";

/// Something that runs as a function.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its name in the tables.
    pub name: String,
    /// The step whose event it gets and whose items it finds.
    pub step: String,
    /// How it is started.
    pub command: Vec<OsString>,
    /// The file that is deployed.
    pub file: PathBuf,
    /// How many calls come before the first that counts as warm.
    pub warm_up: u32,
}

impl Subject {
    /// The function of this step, from a folder of binaries.
    ///
    /// # Errors
    /// If its binary is missing.
    pub fn function(binaries: &Path, step: &str) -> Result<Self> {
        let file = binaries.join(play::function(step));
        ensure!(file.is_file(), "there is no {}; tests/benchmarks/run builds it", file.display());
        Ok(Self { name: step.to_owned(), step: step.to_owned(), command: vec![file.clone().into()], file, warm_up: 0 })
    }

    /// Another program that does what a step's function does, and is warm after so many calls.
    pub fn peer(name: &str, step: &str, command: Vec<OsString>, file: PathBuf, warm_up: u32) -> Self {
        Self { name: name.to_owned(), step: step.to_owned(), command, file, warm_up }
    }

    /// Whether it is one of ours, and no peer.
    pub fn is_own(&self) -> bool {
        self.warm_up == 0
    }

    /// The same under another name.
    #[must_use]
    pub fn named(self, name: String) -> Self {
        Self { name, ..self }
    }
}

/// The steps of all logins, and the other functions of `functions/`.
///
/// # Errors
/// If the folder is missing.
pub fn steps() -> Result<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
    let entries = fs::read_dir(folder).context("functions/ is missing")?;
    let mut names: Vec<String> =
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<Result<_>>()?;
    names.extend(POLLING_LOGIN.iter().chain(&SOCKET_LOGIN).chain(&OPENID_LOGIN).map(|&step| step.to_owned()));
    names.sort();
    names.dedup();
    Ok(names)
}
