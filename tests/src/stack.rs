//! The local stack in its own process.

use std::fs::OpenOptions;
use std::ops::Deref;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use scanlatch_aws::Cloud;
use scanlatch_client::Method;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_service::port::{Administers as _, Clock as _, Entropy as _};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Child;
use tokio::sync::OnceCell;
use tokio::time::sleep;

use crate::{Api, Site};

const START_SECONDS: u32 = 600;

/// Where a stack's standard output goes.
const PRINTED: &str = "printed.txt";

/// CloudFront's secret in a stack that was started with [`BEHIND_EDGE`].
pub const EDGE_SECRET: &str = "edge-edge-edge-edge-edge-edge-edge";
/// The flags of a stack behind CloudFront.
pub const BEHIND_EDGE: [&str; 6] = [
    "--parameter",
    "Domains=one-host",
    "--parameter",
    "EdgeSecret=edge-edge-edge-edge-edge-edge-edge",
    "--parameter",
    "EdgeSecretSha256=7c7daf33dd2b4dbb351912d67a70a5e884bf00a7bed686744f257c9d72c3aca3",
];

/// A running stack, which is also its demo tenant's site. The process ends when this value is dropped.
#[derive(Debug)]
pub struct Stack {
    child: Child,
    site: Site,
    ready: Value,
    scratch: TempDir,
}

/// The stack that tests share, unless they use its switches.
///
/// # Panics
/// If it does not start.
pub async fn shared_stack() -> &'static Stack {
    static SHARED: OnceCell<Stack> = OnceCell::const_new();
    #[expect(clippy::expect_used, reason = "without a stack no test can run")]
    SHARED.get_or_init(|| async { Stack::start(&[]).await.expect("the local stack starts") }).await
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Builds a binary and returns its path. A build of the default members, or of all, shares its dependencies with the other
/// builds; a build of one package selects other features.
fn built(binary: &str) -> Result<PathBuf> {
    let built =
        Command::new(env!("CARGO")).args(["build", "--quiet", "--bin", binary]).current_dir(repository()).status();
    ensure!(built.is_ok_and(|status| status.success()), "the binary {binary} does not build");
    let own = std::env::current_exe()?;
    let folder = own.parent().context("this binary lies nowhere")?;
    // Cargo puts tests one folder deeper than binaries.
    let profile = if folder.ends_with("deps") { folder.parent() } else { Some(folder) };
    let profile = profile.context("the test binary lies outside target/")?;
    Ok(profile.join(binary))
}

/// Builds `scanlatch` and returns its path.
///
/// # Errors
/// If it does not build.
pub fn scanlatch() -> Result<PathBuf> {
    built("scanlatch")
}

/// Builds the stack's binary once and returns its path.
fn binary() -> Result<&'static Path> {
    static BINARY: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();
    BINARY
        .get_or_init(|| built("local").map_err(|error| error.to_string()))
        .as_deref()
        .map_err(|why| anyhow::anyhow!(why.clone()))
}

impl Deref for Stack {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl Stack {
    /// Starts a stack on a free port, with these additional arguments.
    ///
    /// # Errors
    /// If it does not become ready.
    pub async fn start(arguments: &[&str]) -> Result<Self> {
        Self::start_from(binary()?, arguments).await
    }

    /// The same from a program that is built already.
    ///
    /// # Errors
    /// If it does not become ready.
    pub async fn start_from(program: &Path, arguments: &[&str]) -> Result<Self> {
        let scratch = tempfile::tempdir()?;
        let ready_file = scratch.path().join("ready.json");
        let printed =
            OpenOptions::new().append(true).create_new(true).mode(0o600).open(scratch.path().join(PRINTED))?;
        let mut child = tokio::process::Command::new(program)
            .args(["--port", "0", "--until-stdin-closes", "--ready-file"])
            .arg(&ready_file)
            .args(arguments)
            .current_dir(repository())
            .stdin(Stdio::piped())
            .stdout(printed)
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()?;
        for _ in 0..START_SECONDS * 10 {
            if let Ok(text) = std::fs::read(&ready_file) {
                let ready: Value = serde_json::from_slice(&text).context("the ready file is no JSON")?;
                let site = Site::from_ready(&ready);
                return Ok(Self { child, site, ready, scratch });
            }
            if let Some(status) = child.try_wait()? {
                bail!("the local stack ended with {status}");
            }
            sleep(Duration::from_millis(100)).await;
        }
        bail!("the local stack was not ready within {START_SECONDS} s")
    }

    /// What a stack with these arguments says on standard error before it ends without becoming ready.
    ///
    /// # Errors
    /// If it cannot be started, or does not fail.
    pub async fn refused(arguments: &[&str]) -> Result<String> {
        let mut command = tokio::process::Command::new(binary()?);
        command.args(["--port", "0", "--until-stdin-closes"]).args(arguments).current_dir(repository());
        let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await?;
        ensure!(!output.status.success(), "the stack started with {arguments:?}");
        Ok(String::from_utf8(output.stderr)?)
    }

    /// Its process id, which names its logs.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// The folder of its ready file.
    pub fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// What it has printed, once that holds `line`.
    ///
    /// # Errors
    /// If the line does not come.
    pub async fn printed(&self, line: &str) -> Result<String> {
        for _ in 0..100 {
            let printed = std::fs::read_to_string(self.scratch.path().join(PRINTED))?;
            if printed.contains(line) {
                return Ok(printed);
            }
            sleep(Duration::from_millis(100)).await;
        }
        bail!("the stack did not print {line:?}")
    }

    /// What its ready file says.
    pub fn ready(&self, member: &str) -> &str {
        self.ready[member].as_str().unwrap_or_default()
    }

    /// The database's URL.
    pub fn dynamodb_endpoint(&self) -> &str {
        self.ready["dynamodbEndpoint"].as_str().unwrap_or_default()
    }

    /// Its tables, without a key to sign with.
    pub fn cloud(&self) -> Cloud {
        Cloud::at_endpoint(
            self.dynamodb_endpoint(),
            scanlatch_aws::Settings {
                // The local stack names a table by its logical id.
                live_table: "LiveTable".to_owned(),
                directory_table: "DirectoryTable".to_owned(),
                wrapping_key: String::new(),
                callback_url: String::new(),
            },
        )
    }

    /// Another tenant on the same stack, with its own settings.
    ///
    /// # Errors
    /// If the tables cannot be written.
    pub async fn neighbour(&self, settings: Settings) -> Result<Site> {
        let cloud = self.cloud();
        let id = TenantId::from_random(cloud.random()?);
        let secret = SecretKey::from_random(id, cloud.random()?);
        cloud.put_tenant(&Tenant::new(id, format!("Neighbour {id}"), settings, cloud.now())).await?;
        cloud.add_secret_key(&id, &secret.digest(), cloud.now()).await?;
        Ok(self.site_of(&id.to_string(), secret.expose()))
    }

    /// The site of a tenant that exists on this stack.
    pub fn site_of(&self, tenant_id: &str, secret_key: &str) -> Site {
        Site { tenant_id: tenant_id.to_owned(), secret_key: secret_key.to_owned(), ..self.site.clone() }
    }

    /// The JSON that `scanlatch` prints when it runs on this stack.
    ///
    /// # Errors
    /// If it fails; its error is then on standard error.
    pub async fn scanlatch(&self, words: &[&str]) -> Result<Value> {
        let mut command = self.terminal().await?;
        command.args(words).arg("--json");
        let output = command.stderr(Stdio::inherit()).output().await?;
        ensure!(output.status.success(), "scanlatch {words:?} ended with {}", output.status);
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// `scanlatch` on this stack, with a configuration folder that goes with the stack.
    ///
    /// # Errors
    /// If it does not build.
    pub async fn terminal(&self) -> Result<tokio::process::Command> {
        let mut command = tokio::process::Command::new(tokio::task::spawn_blocking(scanlatch).await??);
        command.args(["--local", self.api_url.trim_end_matches("/v1")]);
        command.env("XDG_CONFIG_HOME", self.folder()).stdin(Stdio::null()).kill_on_drop(true);
        Ok(command)
    }

    /// A call to the stack's own switches, such as `faults`.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn control(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let base = self.api_url.trim_end_matches("/v1").to_owned();
        let request = Api::new(&base).request(method, &format!("/_local/{path}")).body(body.to_string());
        let response = request.header("content-type", "application/json").send().await?;
        ensure!(response.status.is_success(), "the stack refused {path}: {}", response.status);
        Ok(serde_json::from_slice(&response.body).unwrap_or(Value::Null))
    }

    /// A function's answer when it is invoked by name, or its error.
    ///
    /// # Errors
    /// If the function was not reached.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<std::result::Result<Value, Value>> {
        let base = self.api_url.trim_end_matches("/v1").to_owned();
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let request = Api::new(&base).request(Method::POST, &path).body(event.to_string());
        let response = request.header("authorization", "AWS4-HMAC-SHA256 unsigned").send().await?;
        ensure!(response.status.is_success(), "{function} was not invoked: {}", response.status);
        let failed = response.headers.contains_key("x-amz-function-error");
        let payload = serde_json::from_slice(&response.body)?;
        Ok(if failed { Err(payload) } else { Ok(payload) })
    }

    /// Ends every process that runs a function, as AWS does now and then. The next calls start new ones, which remember
    /// nothing.
    ///
    /// # Errors
    /// If one does not end.
    pub async fn forget(&self) -> Result<()> {
        for _ in 0..100 {
            let running = self.control(Method::GET, "functions", &Value::Null).await?;
            let pids: Vec<u64> = running.as_array().into_iter().flatten().filter_map(|p| p["pid"].as_u64()).collect();
            if pids.is_empty() {
                return Ok(());
            }
            for pid in pids {
                Command::new("kill").args(["-KILL", &pid.to_string()]).stderr(Stdio::null()).status()?;
            }
            sleep(Duration::from_millis(50)).await;
        }
        bail!("a function's process did not end")
    }

    /// Ends it as Ctrl-C does, and waits for its end.
    ///
    /// # Errors
    /// If it cannot be stopped.
    pub async fn stop(mut self) -> Result<()> {
        let pid = self.child.id().context("it has ended")?;
        Command::new("kill").args(["-TERM", &pid.to_string()]).status()?;
        let status = self.child.wait().await?;
        ensure!(status.success(), "the stack ended with {status}");
        Ok(())
    }
}
