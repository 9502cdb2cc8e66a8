//! One measured process, from start to end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::allocations::{Allocations, Counter};
use crate::play::{Play, Ready};
use crate::process::Process;
use crate::runtime_api::{Answer, RuntimeApi};
use crate::subject::Subject;

/// The figures of one process.
#[derive(Clone, Debug)]
pub struct Sample {
    /// From its start until it asked for an event, in ms.
    pub first_poll_ms: f64,
    /// From its start until its first answer, in ms.
    pub first_answer_ms: f64,
    /// CPU time of one later call, user and system, in ms: the mean of all calls after the warm-up.
    pub warm_cpu_ms: f64,
    /// Resident memory after the first call, in MB.
    pub first_mb: f64,
    /// Resident memory after all calls, in MB.
    pub last_mb: f64,
    /// The status of its answers.
    pub status: String,
}

/// The environment of functions.
pub type Environment = BTreeMap<String, String>;

/// Starts the subject, calls it once, warms it up, calls it `calls` times more, and ends it.
///
/// # Errors
/// If it does not start or answer.
pub async fn take(subject: &Subject, play: &Play, environment: &Environment, calls: u32) -> Result<Sample> {
    let ready = play.prepare(&subject.step).await?;
    let mut api = RuntimeApi::start().await?;
    api.give(&ready.event)?;
    let process = Process::start(&subject.command, environment, &api)?;
    let first_poll = api.polled().await.with_context(|| subject.name.clone())?;
    let first_answer = api.answered().await.with_context(|| subject.name.clone())?;
    api.polled().await?;
    let first_mb = megabytes(process.resident_kb()?);
    let status = first_answer.status;
    ensure!(ready.status.as_ref().is_none_or(|played| *played == status), "{} answered {status}", subject.name);
    for _ in 0..subject.warm_up {
        again(&mut api, play, subject, &ready, &status).await?;
    }
    let cpu_before = process.cpu()?;
    for _ in 0..calls {
        again(&mut api, play, subject, &ready, &status).await?;
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

/// From the subject's start until it asks for an event, in ms.
///
/// # Errors
/// If it does not start.
pub async fn start(subject: &Subject, environment: &Environment) -> Result<f64> {
    let mut api = RuntimeApi::start().await?;
    let process = Process::start(&subject.command, environment, &api)?;
    let polled = api.polled().await.with_context(|| subject.name.clone())?;
    Ok(polled.duration_since(process.started).as_secs_f64() * 1000.0)
}

/// Calls it once more, and waits until it asks for the next event: only then the call's work is finished. Its answer must
/// be what it was before.
async fn again(api: &mut RuntimeApi, play: &Play, subject: &Subject, ready: &Ready, expected: &str) -> Result<()> {
    play.undo(ready).await?;
    api.give(&ready.event)?;
    let status = api.answered().await.with_context(|| subject.name.clone())?.status;
    api.polled().await?;
    ensure!(status == expected, "{} answered {status} after {expected}", subject.name);
    Ok(())
}

/// The answer of a new process to this event.
///
/// # Errors
/// If it does not start or answer.
pub async fn once(subject: &Subject, event: &Value, environment: &Environment) -> Result<Answer> {
    let mut api = RuntimeApi::start().await?;
    api.give(event)?;
    let _process = Process::start(&subject.command, environment, &api)?;
    let answer = api.answered().await.with_context(|| subject.name.clone())?;
    api.polled().await?;
    api.polled().await?;
    Ok(answer)
}

/// What one warm call allocates and logs.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Its allocations.
    pub allocations: Allocations,
    /// Bytes of its log lines and metrics.
    pub logged: u64,
}

/// What one warm call allocates and logs: the mean of `calls`.
///
/// # Errors
/// If it does not start or answer, or is not linked to glibc.
pub async fn usage(
    subject: &Subject,
    play: &Play,
    environment: &Environment,
    counter: &Counter,
    calls: u32,
) -> Result<Usage> {
    let ready = play.prepare(&subject.step).await?;
    let mut api = RuntimeApi::start().await?;
    counter.reset()?;
    api.give(&ready.event)?;
    let log = tempfile::tempfile()?;
    let _process = Process::counted(&subject.command, environment, &api, counter, log.try_clone()?)?;
    let status = api.answered().await.with_context(|| subject.name.clone())?.status;
    for _ in 0..2 {
        api.polled().await?;
    }
    again(&mut api, play, subject, &ready, &status).await?;
    let (before, logged_before) = (counter.so_far()?, log.metadata()?.len());
    for _ in 0..calls {
        again(&mut api, play, subject, &ready, &status).await?;
    }
    let (after, logged) = (counter.so_far()?, log.metadata()?.len());
    let mean = |before: u64, after: u64| (after - before) / u64::from(calls.max(1));
    let allocations = Allocations { calls: mean(before.calls, after.calls), bytes: mean(before.bytes, after.bytes) };
    Ok(Usage { allocations, logged: mean(logged_before, logged) })
}

/// The number of files that the subject opens before it asks for an event; `None` where `strace` is missing or may not trace.
///
/// # Errors
/// If what it traced cannot be read.
pub async fn files_opened(subject: &Subject, environment: &Environment) -> Result<Option<usize>> {
    if Command::new("strace").arg("--version").output().is_err() {
        return Ok(None);
    }
    let trace = tempfile::NamedTempFile::new()?;
    let mut api = RuntimeApi::start().await?;
    let process = Process::trace(&subject.command, environment, &api, trace.path())?;
    if api.polled().await.is_err() {
        return Ok(None);
    }
    process.end_traced().await?;
    let text = fs::read_to_string(trace.path())?;
    // A call that another thread interrupts has two lines; the second one tells how it ended.
    let opened = |line: &&str| line.contains("open") && !line.contains(" = -1 ") && !line.contains("<unfinished");
    Ok(Some(text.lines().filter(opened).count()))
}

/// The size of a file that `gzip` packed at this level, in bytes. Lambda is given a zip of level 9.
///
/// # Errors
/// If `gzip` is missing.
pub fn zipped_bytes(file: &Path, level: u8) -> Result<usize> {
    let packed =
        Command::new("gzip").args([&format!("-{level}"), "--stdout"]).arg(file).output().context("gzip is missing")?;
    Ok(packed.stdout.len())
}

#[expect(clippy::cast_precision_loss, reason = "no process is that large")]
fn megabytes(kilobytes: u64) -> f64 {
    kilobytes as f64 / 1024.0
}
