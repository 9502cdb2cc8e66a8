//! One process that runs a function, and Linux's figures about it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::process::{Child, Command};

use crate::allocations::Counter;
use crate::runtime_api::RuntimeApi;

/// A running function; it ends when this value is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    pid: u32,
    /// When it was started.
    pub started: Instant,
}

impl Process {
    /// Starts a command as Lambda does, against a Runtime API.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(command: &[OsString], environment: &BTreeMap<String, String>, api: &RuntimeApi) -> Result<Self> {
        Self::spawn(program(command)?, environment, api, Stdio::null())
    }

    /// The same, and counts what it allocates. What it logs goes to `log`.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn counted(
        command: &[OsString],
        environment: &BTreeMap<String, String>,
        api: &RuntimeApi,
        counter: &Counter,
        log: fs::File,
    ) -> Result<Self> {
        let mut counted = environment.clone();
        counted.extend(counter.environment().map(|(name, path)| (name.to_owned(), path.display().to_string())));
        Self::spawn(program(command)?, &counted, api, log.into())
    }

    /// The same under `strace`, which writes each file that the process opens to `trace`.
    ///
    /// # Errors
    /// If `strace` cannot be started.
    pub fn trace(
        command: &[OsString],
        environment: &BTreeMap<String, String>,
        api: &RuntimeApi,
        trace: &Path,
    ) -> Result<Self> {
        let mut strace = Command::new("strace");
        strace.args(["--follow-forks", "--trace=open,openat", "--output"]).arg(trace).args(command);
        Self::spawn(strace, environment, api, Stdio::null())
    }

    fn spawn(
        mut command: Command,
        environment: &BTreeMap<String, String>,
        api: &RuntimeApi,
        log: Stdio,
    ) -> Result<Self> {
        command
            .env_clear()
            .envs(std::env::vars().filter(|(name, _)| name == "PATH"))
            .envs(environment)
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().context("the process cannot be started")?;
        let pid = child.id().context("the process ended at once")?;
        Ok(Self { child, pid, started })
    }

    /// Ends the process under `strace`, and waits for `strace` to end.
    ///
    /// # Errors
    /// If the traced process cannot be ended.
    pub async fn end_traced(mut self) -> Result<()> {
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.pid))?;
        let told = Command::new("kill").arg("-KILL").args(children.split_whitespace()).status().await?;
        ensure!(told.success(), "the traced process cannot be ended");
        self.child.wait().await?;
        Ok(())
    }

    /// CPU time of all its threads so far, user and system: `/proc/PID/task/TID/schedstat` counts nanoseconds.
    ///
    /// # Errors
    /// If it has ended, or the kernel keeps no such file.
    pub fn cpu(&self) -> Result<Duration> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.pid)).context("the process has ended")? {
            let path = task?.path().join("schedstat");
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            nanoseconds += text.split(' ').next().context("an empty schedstat")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Resident memory in KB: `VmRSS` of `/proc/PID/status`.
    ///
    /// # Errors
    /// If it has ended.
    pub fn resident_kb(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).context("the process has ended")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

fn program(command: &[OsString]) -> Result<Command> {
    let (program, arguments) = command.split_first().context("an empty command")?;
    let mut command = Command::new(program);
    command.args(arguments);
    Ok(command)
}
