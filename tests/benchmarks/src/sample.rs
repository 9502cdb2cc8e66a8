//! One measured process, from start to end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::Process;
use crate::runtime_api::RuntimeApi;
use crate::scene::Scene;

/// What is measured: a binary and its event.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The name of its package without the prefix, of its binary and of its event.
    pub name: String,
    /// The path of the binary.
    pub binary: PathBuf,
}

/// The figures of one process.
#[derive(Clone, Debug)]
pub struct Sample {
    /// From its start until it asked for an event, in ms.
    pub first_poll_ms: f64,
    /// From its start until its first answer, in ms.
    pub first_answer_ms: f64,
    /// CPU time of one later call, user and system, in ms: the mean of all later calls.
    pub warm_cpu_ms: f64,
    /// Resident memory after the first call, in MB.
    pub first_mb: f64,
    /// Resident memory after all calls, in MB.
    pub last_mb: f64,
    /// The status of its last answer.
    pub status: String,
}

/// Starts the subject, calls it once, then `calls` times more, and ends it.
///
/// # Errors
/// If it does not start or answer.
pub async fn take(
    subject: &Subject,
    scene: &Scene,
    environment: &BTreeMap<String, String>,
    calls: u32,
) -> Result<Sample> {
    let event = scene.event(&subject.name)?;
    let mut api = RuntimeApi::start().await?;
    scene.set(&subject.name).await?;
    api.give(&event)?;
    let process = Process::start(&subject.binary, environment, &api)?;
    let first_poll = api.polled().await.with_context(|| subject.name.clone())?;
    let first_answer = api.answered().await.with_context(|| subject.name.clone())?;
    api.polled().await?;
    let first_mb = megabytes(process.resident_kb()?);
    let cpu_before = process.cpu()?;
    let mut status = first_answer.status;
    for _ in 0..calls {
        scene.set(&subject.name).await?;
        api.give(&event)?;
        status = api.answered().await.with_context(|| subject.name.clone())?.status;
        // The call's work is finished only when the process asks again.
        api.polled().await?;
    }
    let warm_cpu = process.cpu()?.saturating_sub(cpu_before);
    Ok(Sample {
        first_poll_ms: first_poll.duration_since(process.started).as_secs_f64() * 1000.0,
        first_answer_ms: first_answer.at.duration_since(process.started).as_secs_f64() * 1000.0,
        warm_cpu_ms: warm_cpu.as_secs_f64() * 1000.0 / f64::from(calls.max(1)),
        first_mb,
        last_mb: megabytes(process.resident_kb()?),
        status,
    })
}

/// The number of files that the subject opens before it asks for an event; `None` without `strace`.
///
/// # Errors
/// If it does not start.
pub async fn files_opened(subject: &Subject, environment: &BTreeMap<String, String>) -> Result<Option<usize>> {
    if Command::new("strace").arg("--version").output().is_err() {
        return Ok(None);
    }
    let trace = tempfile::NamedTempFile::new()?;
    let mut api = RuntimeApi::start().await?;
    let process = Process::trace(&subject.binary, environment, &api, trace.path())?;
    api.polled().await.with_context(|| subject.name.clone())?;
    process.end_traced().await?;
    let text = fs::read_to_string(trace.path())?;
    Ok(Some(text.lines().filter(|line| line.contains("open") && !line.contains(" = -1 ")).count()))
}

/// The size of a binary that `gzip` packed at this level, in MB. Lambda is given a zip of level 9.
///
/// # Errors
/// If `gzip` is missing.
pub fn zip_mb(binary: &Path, level: u8) -> Result<f64> {
    let packed = Command::new("gzip")
        .args([&format!("-{level}"), "--stdout"])
        .arg(binary)
        .output()
        .context("gzip is missing")?;
    Ok(megabytes(packed.stdout.len() as u64 / 1024))
}

#[expect(clippy::cast_precision_loss, reason = "no file or process is that large")]
fn megabytes(kilobytes: u64) -> f64 {
    kilobytes as f64 / 1024.0
}
