//! What a team would run otherwise, from `peers/`: the same claim in Node and Python, and an OpenID provider.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::budgets::{NODE, PYTHON};
use crate::statistics::Values;
use crate::subject::Subject;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// The claim in Node and in Python, as `tests/benchmarks/run` built them.
///
/// # Errors
/// If one is missing.
pub fn claims(interpreter: &Path) -> Result<Vec<Subject>> {
    let (node, python) = (folder().join("node/dist/claim.js"), folder().join("python/bootstrap.py"));
    for file in [node.as_path(), &python, interpreter] {
        ensure!(file.exists(), "there is no {}; tests/benchmarks/run makes it", file.display());
    }
    let step = "challenge-claim";
    Ok(vec![
        Subject::peer(NODE, step, vec!["node".into(), node.clone().into()], node),
        Subject::peer(PYTHON, step, vec![interpreter.into(), python.clone().into()], python),
    ])
}

/// What a device login costs at node-oidc-provider, which keeps everything in memory.
#[derive(Clone, Debug)]
pub struct DeviceLogin {
    /// Its version.
    pub version: String,
    /// How many requests it takes.
    pub requests: u64,
    /// CPU of the provider for one login, in ms: the mean of each of several batches.
    pub cpu_ms: Values,
}

/// Drives whole device logins.
///
/// # Errors
/// If the provider does not start, or refuses one.
pub async fn device_login(logins: u32) -> Result<DeviceLogin> {
    let output = Command::new("node")
        .arg(folder().join("oidc/drive.mjs"))
        .args(["--logins", &logins.to_string(), "--warmup", &(logins * 2).to_string()])
        .kill_on_drop(true)
        .output()
        .await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "node-oidc-provider was not driven: {said}");
    let printed = String::from_utf8(output.stdout)?;
    let figures: Value = serde_json::from_str(printed.lines().last().unwrap_or_default())?;
    let batches = figures["cpuMsPerLogin"].as_array().context("no CPU")?;
    Ok(DeviceLogin {
        version: figures["version"].as_str().context("no version")?.to_owned(),
        requests: figures["requests"].as_u64().context("no requests")?,
        cpu_ms: batches.iter().filter_map(Value::as_f64).collect(),
    })
}
