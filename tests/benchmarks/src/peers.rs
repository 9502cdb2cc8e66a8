//! What a team would run otherwise, from `peers/`: the same claim in Node and Python, and an OpenID provider.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::budgets::{NODE, PYTHON};
use crate::subject::Subject;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// The claim in Node and in Python, as `tests/benchmarks/run` built them. They are warm after so many calls.
///
/// # Errors
/// If one is missing.
pub fn claims(interpreter: &Path, warm_up: u32) -> Result<Vec<Subject>> {
    let (node, python) = (folder().join("node/dist/claim.js"), folder().join("python/bootstrap.py"));
    for file in [node.as_path(), &python, interpreter] {
        ensure!(file.exists(), "there is no {}; tests/benchmarks/run makes it", file.display());
    }
    let step = "challenge-claim";
    Ok(vec![
        Subject::peer(NODE, step, vec!["node".into(), node.clone().into()], node, warm_up),
        Subject::peer(PYTHON, step, vec![interpreter.into(), python.clone().into()], python, warm_up),
    ])
}

/// node-oidc-provider, which keeps everything in memory, and the program that logs in there.
#[derive(Debug)]
pub struct DeviceLogin {
    _driver: Child,
    asks: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    warm_up: u32,
    /// Its version.
    pub version: String,
    /// How many requests a login takes.
    pub requests: u64,
    /// CPU of the provider for one login, in ms: the mean of each batch, in the order of the batches.
    pub cpu_ms: Vec<f64>,
}

impl DeviceLogin {
    /// Starts it. So many logins warm it up, before each batch too: it takes twice as long after some seconds of rest.
    ///
    /// # Errors
    /// If the provider does not start, or refuses a login.
    pub async fn start(warm_up: u32) -> Result<Self> {
        let mut driver = Command::new("node")
            .arg(folder().join("oidc/drive.mjs"))
            .args(["--warmup", &warm_up.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let asks = driver.stdin.take().context("no input")?;
        let mut answers = BufReader::new(driver.stdout.take().context("no output")?).lines();
        let version = said(&mut answers).await?["version"].as_str().context("no version")?.to_owned();
        Ok(Self { _driver: driver, asks, answers, warm_up, version, requests: 0, cpu_ms: Vec::new() })
    }

    /// Drives a batch of whole device logins.
    ///
    /// # Errors
    /// If the provider refuses one.
    pub async fn batch(&mut self, logins: u32) -> Result<()> {
        self.ask(self.warm_up).await?;
        let figures = self.ask(logins).await?;
        self.requests = figures["requests"].as_u64().context("no requests")?;
        self.cpu_ms.push(figures["cpuMsPerLogin"].as_f64().context("no CPU")?);
        Ok(())
    }

    async fn ask(&mut self, logins: u32) -> Result<Value> {
        self.asks.write_all(format!("{logins}\n").as_bytes()).await?;
        said(&mut self.answers).await
    }
}

async fn said(answers: &mut Lines<BufReader<ChildStdout>>) -> Result<Value> {
    let line = answers.next_line().await?.context("node-oidc-provider was not driven; see above")?;
    Ok(serde_json::from_str(&line)?)
}
