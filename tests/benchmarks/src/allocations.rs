//! What a process allocates, counted by `allocations.c`, which it loads.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

/// A counter for one process at a time.
#[derive(Debug)]
pub struct Counter {
    folder: TempDir,
}

/// Allocations so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Allocations {
    /// How many.
    pub calls: u64,
    /// How many bytes.
    pub bytes: u64,
}

impl Counter {
    /// Compiles the library that counts.
    ///
    /// # Errors
    /// If there is no C compiler.
    pub fn build() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("allocations.c");
        let compiled = std::process::Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-o"])
            .arg(folder.path().join("allocations.so"))
            .arg(source)
            .status();
        ensure!(
            compiled.is_ok_and(|status| status.success()),
            "allocations.c does not compile; install a C compiler as cc"
        );
        fs::write(folder.path().join("counted"), [0; 16])?;
        Ok(Self { folder })
    }

    /// The variables with which a process counts.
    pub fn environment(&self) -> [(&'static str, PathBuf); 2] {
        [("LD_PRELOAD", self.folder.path().join("allocations.so")), ("ALLOCATIONS", self.folder.path().join("counted"))]
    }

    /// What the process has allocated so far.
    ///
    /// # Errors
    /// If nothing was counted.
    pub fn so_far(&self) -> Result<Allocations> {
        let bytes = fs::read(self.folder.path().join("counted"))?;
        let number = |at: usize| {
            let part = bytes.get(at..at + 8).and_then(|part| part.try_into().ok());
            part.map(u64::from_ne_bytes).context("the counter has a strange size")
        };
        let counted = Allocations { calls: number(0)?, bytes: number(8)? };
        ensure!(counted.calls > 0, "the process counts no allocations; it is not linked to glibc");
        Ok(counted)
    }

    /// Starts again at zero.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn reset(&self) -> Result<()> {
        Ok(fs::write(self.folder.path().join("counted"), [0; 16])?)
    }
}
