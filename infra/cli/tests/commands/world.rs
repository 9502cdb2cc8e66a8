//! Tables for one test, and the binary on them.

use std::process::{Command, Output, Stdio};

use scanlatch_aws::{Cloud, Settings};
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::user::{ProfileChange, Revision};
use scanlatch_service::port::{Revises as _, Users as _};
use scanlatch_testkit::scene;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// The database's URL. One starts in this process, once, unless `DYNAMODB_ENDPOINT` names another.
pub async fn endpoint() -> String {
    static URL: OnceCell<String> = OnceCell::const_new();
    let start = || async {
        if let Ok(url) = std::env::var("DYNAMODB_ENDPOINT") {
            return url;
        }
        // On its own runtime, since each test's runtime ends with the test.
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
                dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()).await;
            });
        });
        told.await.unwrap()
    };
    URL.get_or_init(start).await.clone()
}

pub async fn tables(live_table: &str, directory_table: &str) -> Cloud {
    let settings = Settings {
        live_table: live_table.to_owned(),
        directory_table: directory_table.to_owned(),
        wrapping_key: String::new(),
        callback_url: String::new(),
    };
    let cloud = Cloud::at_endpoint(&endpoint().await, settings);
    cloud.create_tables().await.unwrap();
    cloud
}

/// The binary without arguments, in an environment without any places.
pub fn scanlatch() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scanlatch"));
    let tables = ["SCANLATCH_LIVE_TABLE", "SCANLATCH_DIRECTORY_TABLE", "SCANLATCH_LOG_GROUP"];
    let places = tables.into_iter().chain(["SCANLATCH_API_URL", "SCANLATCH_PLACES"]);
    for name in places.chain(["AUTHSIGNAL_API_URL", "AUTHSIGNAL_SECRET_KEY", "AUTHSIGNAL_TENANT_ID"]) {
        command.env_remove(name);
    }
    // Nothing is kept there, and the user's own contexts are left alone.
    command.env("XDG_CONFIG_HOME", "/nonexistent");
    command.stdin(Stdio::null());
    command
}

pub struct World {
    pub cloud: Cloud,
    pub endpoint: String,
    pub live: String,
    pub directory: String,
}

impl World {
    pub async fn new() -> Self {
        let run = scene::tenant();
        let (live, directory) = (format!("live-{run}"), format!("directory-{run}"));
        let cloud = tables(&live, &directory).await;
        Self { cloud, endpoint: endpoint().await, live, directory }
    }

    /// Runs a command on the tables.
    pub fn run(&self, words: &[&str]) -> Ran {
        let place = ["--dynamodb-endpoint", &self.endpoint, "--live-table", &self.live];
        let mut command = scanlatch();
        command.args(place).args(["--directory-table", &self.directory]).args(words);
        Ran::from(command.output().unwrap())
    }

    /// Runs a command that succeeds, and reads its JSON.
    pub fn json(&self, words: &[&str]) -> Value {
        let ran = self.run(&[words, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{words:?}: {}", ran.stderr);
        ran.json()
    }

    /// Makes a tenant and returns its id.
    pub fn tenant(&self, name: &str) -> TenantId {
        let made = self.json(&["tenant", "create", name, "--no-key"]);
        TenantId::parse(made["tenantId"].as_str().unwrap()).unwrap()
    }

    /// Stores a user with this profile.
    pub async fn user(&self, tenant: &TenantId, name: &str, change: ProfileChange) {
        let id = scene::user(name);
        let current = self.cloud.user(tenant, &id).await.unwrap();
        let revision = Revision::Profile(Box::new(change));
        self.cloud.revise(tenant, &id, current.as_ref(), &revision, scene::at(0)).await.unwrap();
    }

    /// Enrols another phone of a user.
    pub async fn phone(&self, tenant: &TenantId, name: &str) -> Credential {
        let phone = scene::credential(*tenant, name);
        scene::enrol(&self.cloud, &phone, None, scene::MAY_ADD).await.unwrap();
        phone
    }

    /// Every item of the directory, as it is stored.
    pub async fn directory(&self) -> Vec<Value> {
        let signed = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, \
                      SignedHeaders=host, Signature=0";
        let call = reqwest::Client::new()
            .post(&self.endpoint)
            .header("x-amz-target", "DynamoDB_20120810.Scan")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20260101T000000Z")
            .header("authorization", signed)
            .body(json!({ "TableName": self.directory, "ConsistentRead": true }).to_string());
        let answer: Value = serde_json::from_slice(&call.send().await.unwrap().bytes().await.unwrap()).unwrap();
        answer["Items"].as_array().unwrap_or_else(|| panic!("no scan: {answer}")).clone()
    }
}

/// The result of a run.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks that it failed with this exit code, said why in one line, and answered nothing.
    pub fn refused(&self, code: i32, why: &str) {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{self:?}");
        assert!(self.stderr.contains(why), "{self:?}");
        assert_eq!(self.stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{self:?}");
    }
}
