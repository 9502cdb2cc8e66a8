//! Puts the parts together.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use aws::{Cloud, Settings, WrappingKey};
use serde_json::{Value, json};
use service::port::Entropy as _;
use service::system::System;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::connections::Connections;
use crate::control::Controls;
use crate::demo::{self, DemoState};
use crate::faults::Switches;
use crate::invoker::Invoker;
use crate::logs::Logs;
use crate::options::Options;
use crate::pool::{Launch, Pool};
use crate::seed::seed;
use crate::server::{self, Served};
use crate::session::{Gateway, Limits};
use crate::template::{Function, Template};
use crate::{build, database, runtime_api};

/// A stack that answers.
#[derive(Debug)]
pub struct Running {
    ready: Arc<Value>,
    invoker: Invoker,
    _scratch: Option<TempDir>,
}

/// Starts everything behind `listeners` ([`server::listen`]).
///
/// # Errors
/// One sentence that says what is missing or taken and what to do.
pub async fn start(options: &Options, listeners: Vec<TcpListener>) -> Result<Running> {
    let port = listeners.first().context("nothing listens")?.local_addr()?.port();
    let mut parameters: BTreeMap<String, String> = options.parameters.iter().cloned().collect();
    parameters.entry("PublicUrl".to_owned()).or_insert_with(|| format!("http://localhost:{port}/v1"));
    let template = Template::read(&options.template, &parameters)?;
    let (data, scratch) = data_folder(options)?;
    let wrapping_key = wrapping_key(&data)?;

    let switches = Arc::new(Switches::default());
    let behind = match &options.dynamodb_endpoint {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => database::start_built_in(options.data.as_deref()).await?,
    };
    // AWS checks signatures, which cover its host, so nothing can stand before it.
    let (dynamodb_endpoint, front) = if is_here(&behind) {
        let (url, front) = database::start_front(behind, switches.clone()).await?;
        (url, Some(front))
    } else {
        (behind, None)
    };
    let callback_url = format!("http://127.0.0.1:{port}/{}", template.socket.stage);
    let environment = Environment {
        dynamodb_endpoint: &dynamodb_endpoint,
        callback_url: &callback_url,
        wrapping_key: &wrapping_key,
        log_level: options.log_level.as_deref(),
    };
    let cloud = environment.cloud(&template).await?;
    if front.is_some() {
        cloud.create_tables().await.context("the tables cannot be made; is the database there?")?;
    }
    let seed = seed(&cloud, &data).await.context("the demo tenant cannot be stored; are the tables there?")?;

    environment.write(&template, &data.join("functions.env"))?;
    let invoker = invoker(options, &template, &environment).await?;
    let gateway = Arc::new(Gateway {
        api: template.socket.clone(),
        invoker: invoker.clone(),
        connections: Connections::default(),
        switches: switches.clone(),
        limits: Limits {
            idle: Duration::from_millis(options.idle_ms),
            lifetime: Duration::from_millis(options.max_connection_ms),
            ping_resets_idle: options.ping_resets_idle,
        },
    });
    let api_url = format!("http://localhost:{port}/v1");
    let ws_url = format!("ws://localhost:{port}/{}", template.socket.stage);
    let ready = Arc::new(json!({
        "apiUrl": api_url,
        "wsUrl": ws_url,
        "tenantId": seed.tenant_id,
        "secretKey": seed.secret_key,
        "demoUrl": format!("http://localhost:{port}/demo/"),
        "dynamodbEndpoint": dynamodb_endpoint,
    }));
    let demo = demo::routes(DemoState { api_url, ws_url, tenant_id: seed.tenant_id, secret_key: seed.secret_key });
    let served = Served { http: Arc::new(template.http.clone()), gateway, invoker: invoker.clone() };
    let controls = Controls { ready: ready.clone(), switches, front, invoker: invoker.clone() };
    server::serve(listeners, &server::routes(served, controls, demo));
    Ok(Running { ready, invoker, _scratch: scratch })
}

impl Running {
    /// Ends every process that was started.
    pub fn end(&self) {
        if let Invoker::Processes(pool) = &self.invoker {
            pool.end();
        }
    }

    /// What scripts read once the stack is ready.
    pub fn ready(&self) -> &Value {
        &self.ready
    }
}

fn is_here(url: &str) -> bool {
    ["http://127.", "http://localhost", "http://[::1]"].iter().any(|prefix| url.starts_with(prefix))
}

fn data_folder(options: &Options) -> Result<(PathBuf, Option<TempDir>)> {
    if let Some(folder) = &options.data {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made; choose another with --data", folder.display()))?;
        return Ok((folder.clone(), None));
    }
    let scratch = tempfile::tempdir()?;
    Ok((scratch.path().to_owned(), Some(scratch)))
}

/// The file that wraps the signing keys here, as KMS does in the cloud; made if it is missing.
fn wrapping_key(data: &Path) -> Result<PathBuf> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let path = data.canonicalize()?.join("wrapping.key");
    if !path.exists() {
        let bytes: [u8; 32] = System.random()?;
        let hex = bytes.map(|byte| format!("{byte:02x}")).concat();
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(hex.as_bytes())?;
    }
    Ok(path)
}

/// What the template cannot know: where things are on this machine.
struct Environment<'a> {
    dynamodb_endpoint: &'a str,
    callback_url: &'a str,
    wrapping_key: &'a Path,
    log_level: Option<&'a str>,
}

impl Environment<'_> {
    fn of(&self, function: &Function) -> BTreeMap<String, String> {
        let mut environment = function.environment.clone();
        let mut set = |name: &str, value: &str| environment.insert(name.to_owned(), value.to_owned());
        set("WRAPPING_KEY", &format!("file:{}", self.wrapping_key.display()));
        set("WEBSOCKET_CALLBACK_URL", self.callback_url);
        set("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb_endpoint);
        set("AWS_LAMBDA_FUNCTION_NAME", &function.binary);
        set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &function.memory.to_string());
        set("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
        set("AWS_LAMBDA_LOG_FORMAT", "JSON");
        if let Some(level) = self.log_level {
            set("AWS_LAMBDA_LOG_LEVEL", level);
        }
        set("AWS_EC2_METADATA_DISABLED", "true");
        if is_here(self.dynamodb_endpoint) {
            set("AWS_REGION", "us-east-1");
            set("AWS_ACCESS_KEY_ID", "local");
            set("AWS_SECRET_ACCESS_KEY", "local");
        } else {
            for (name, value) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
                environment.entry(name).or_insert(value);
            }
        }
        environment
    }

    /// The same for `cargo lambda watch --env-file`, which sets what is Lambda's own by itself.
    fn write(&self, template: &Template, path: &Path) -> Result<()> {
        let function = template.functions.values().next().context("the template has no function")?;
        let environment = self.of(function);
        let lines = environment.iter().filter(|(name, _)| !name.starts_with("AWS_LAMBDA_"));
        let lines: Vec<String> = lines.map(|(name, value)| format!("{name}={value}\n")).collect();
        std::fs::write(path, lines.concat()).with_context(|| format!("{} cannot be written", path.display()))
    }

    async fn cloud(&self, template: &Template) -> Result<Cloud> {
        let function = template.functions.values().next().context("the template has no function")?;
        let variable = |name: &str| {
            function.environment.get(name).cloned().with_context(|| format!("the template sets no {name}"))
        };
        let settings = Settings {
            live_table: variable("LIVE_TABLE")?,
            directory_table: variable("DIRECTORY_TABLE")?,
            wrapping_key: WrappingKey::File(self.wrapping_key.to_owned()),
            callback_url: self.callback_url.to_owned(),
        };
        if is_here(self.dynamodb_endpoint) {
            return Ok(Cloud::at_endpoint(self.dynamodb_endpoint, settings));
        }
        Ok(Cloud::connect(settings).await)
    }
}

async fn invoker(options: &Options, template: &Template, environment: &Environment<'_>) -> Result<Invoker> {
    let logs = options.logs.as_deref().map(Logs::open).transpose()?.map(Arc::new);
    if let Some(url) = &options.lambda_endpoint {
        let binaries = template.functions.iter().map(|(id, function)| (id.clone(), function.binary.clone()));
        let url = url.trim_end_matches('/').to_owned();
        return Ok(Invoker::Remote { url, binaries: binaries.collect(), logs });
    }
    let packages = template.functions.values().map(|function| function.binary.clone()).collect();
    let folder = tokio::task::spawn_blocking(move || build::functions(&packages)).await??;
    let mut launches = BTreeMap::new();
    for (id, function) in &template.functions {
        let binary = folder.join(&function.binary);
        if !binary.exists() {
            bail!("{id} has no binary {}; does functions/{} name its binary so?", binary.display(), function.binary);
        }
        let launch = Launch { binary, environment: environment.of(function), timeout: function.timeout };
        launches.insert(id.clone(), launch);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port for the Runtime API")?;
    let address = listener.local_addr()?.to_string();
    let pool = Arc::new(Pool::new(address, launches, options.instances, options.verbose, logs));
    let routes = runtime_api::routes(pool.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(Invoker::Processes(pool))
}
