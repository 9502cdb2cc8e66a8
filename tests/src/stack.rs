//! The local stack as a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Child;
use tokio::sync::OnceCell;
use tokio::time::sleep;

use crate::{Api, Backend, Phone, PollingScreen, SocketScreen};

const START_SECONDS: u32 = 600;

/// A running stack; it ends with this value.
#[derive(Debug)]
pub struct Stack {
    child: Child,
    ready: Value,
    _scratch: TempDir,
}

/// The stack that tests share when they leave its switches alone.
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

/// Builds the stack's binary once and says where it is.
fn binary() -> Result<&'static Path> {
    static BINARY: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();
    BINARY
        .get_or_init(|| {
            let built = Command::new(env!("CARGO"))
                .args(["build", "--quiet", "--package", "local"])
                .current_dir(repository())
                .status();
            if !built.is_ok_and(|status| status.success()) {
                return Err("the local stack does not build".to_owned());
            }
            let tests = std::env::current_exe().map_err(|error| error.to_string())?;
            let profile = tests.ancestors().nth(2).ok_or("the test binary lies outside target/")?;
            Ok(profile.join("local"))
        })
        .as_deref()
        .map_err(|why| anyhow::anyhow!(why.clone()))
}

impl Stack {
    /// Starts a stack on a free port with further arguments.
    ///
    /// # Errors
    /// If it does not become ready.
    pub async fn start(arguments: &[&str]) -> Result<Self> {
        let scratch = tempfile::tempdir()?;
        let ready_file = scratch.path().join("ready.json");
        let mut child = tokio::process::Command::new(binary()?)
            .args(["--port", "0", "--until-stdin-closes", "--ready-file"])
            .arg(&ready_file)
            .args(arguments)
            .current_dir(repository())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()?;
        for _ in 0..START_SECONDS * 10 {
            if let Ok(text) = std::fs::read(&ready_file) {
                let ready = serde_json::from_slice(&text).context("the ready file is no JSON")?;
                return Ok(Self { child, ready, _scratch: scratch });
            }
            if let Some(status) = child.try_wait()? {
                bail!("the local stack ended with {status}");
            }
            sleep(Duration::from_millis(100)).await;
        }
        bail!("the local stack was not ready within {START_SECONDS} s")
    }

    fn ready(&self, member: &str) -> &str {
        self.ready[member].as_str().unwrap_or_default()
    }

    /// The demo tenant's id.
    pub fn tenant_id(&self) -> &str {
        self.ready("tenantId")
    }

    /// The demo tenant's secret key.
    pub fn secret_key(&self) -> &str {
        self.ready("secretKey")
    }

    /// Where sockets are opened.
    pub fn ws_url(&self) -> &str {
        self.ready("wsUrl")
    }

    /// Where the database answers.
    pub fn dynamodb_endpoint(&self) -> &str {
        self.ready("dynamodbEndpoint")
    }

    /// The API.
    pub fn api(&self) -> Api {
        Api::new(self.ready("apiUrl"))
    }

    /// The demo tenant's backend.
    pub fn backend(&self) -> Backend {
        Backend::new(self.api(), self.secret_key())
    }

    /// A phone that is not enrolled.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn phone(&self) -> Result<Phone> {
        Phone::new(self.api(), self.tenant_id())
    }

    /// A phone enrolled for `user`.
    ///
    /// # Errors
    /// If it cannot be enrolled.
    pub async fn phone_of(&self, user: &str) -> Result<Phone> {
        let phone = self.phone()?;
        let token = self.backend().user_token(user, "add:authenticators").await?;
        phone.enrol(&token).await?.assert_ok();
        Ok(phone)
    }

    /// A polling screen.
    pub fn polling_screen(&self) -> PollingScreen {
        PollingScreen::new(self.api(), self.tenant_id())
    }

    /// A listening screen.
    ///
    /// # Errors
    /// If the handshake is refused.
    pub async fn socket_screen(&self) -> Result<SocketScreen> {
        SocketScreen::open(self.ws_url(), self.tenant_id()).await
    }

    /// A call to the stack's own switches, such as `faults`.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn control(&self, method: reqwest::Method, path: &str, body: &Value) -> Result<Value> {
        let base = self.ready("apiUrl").trim_end_matches("/v1").to_owned();
        let request = Api::new(&base).request(method, &format!("/_local/{path}")).body(body.to_string());
        let response = request.header("content-type", "application/json").send().await?;
        ensure!(response.status().is_success(), "the stack refused {path}: {}", response.status());
        Ok(serde_json::from_slice(&response.bytes().await?).unwrap_or(Value::Null))
    }

    /// Ends it as Ctrl-C would and waits for it.
    ///
    /// # Errors
    /// If it cannot be told.
    pub async fn stop(mut self) -> Result<()> {
        let pid = self.child.id().context("it has ended")?;
        Command::new("kill").args(["-TERM", &pid.to_string()]).status()?;
        let status = self.child.wait().await?;
        ensure!(status.success(), "the stack ended with {status}");
        Ok(())
    }
}
