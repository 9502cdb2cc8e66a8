//! Puts the parts together.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use scanlatch_aws::{Cloud, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::cloudformation::template::Template;
use crate::control::Controls;
use crate::demo::Site;
use crate::dynamodb::built_in;
use crate::dynamodb::front;
use crate::dynamodb::front::Behind;
use crate::faults::Switches;
use crate::gateway::connections::Connections;
use crate::gateway::session::{Gateway, Limits};
use crate::host::Hosts;
use crate::iam::guard::Guard;
use crate::kms;
use crate::lambda::build;
use crate::lambda::environment::{Environment, is_here};
use crate::lambda::invoke_api::Functions;
use crate::lambda::invoker::{Invoker, Target};
use crate::lambda::logs::Logs;
use crate::lambda::pool::{Launch, Pool};
use crate::lambda::runtime_api;
use crate::logins::Logins;
use crate::network::Listener;
use crate::options::Options;
use crate::pages::{self, Pages};
use crate::private;
use crate::recorder::Recorder;
use crate::seed::seed;
use crate::server::{self, Served};

/// A running stack.
#[derive(Debug)]
pub struct Running {
    /// Tells the steps of logins.
    pub logins: Arc<Logins>,
    ready: Arc<Value>,
    invoker: Invoker,
    _data: Kept,
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
    let pages = Pages::built()?;
    let (data, kept) = data_folder(options)?;
    let network = match options.host {
        Some(address) => Some(Listener::open(address, port, &data).await?),
        None => None,
    };

    let recorder = options.record.as_deref().map(Recorder::into_folder).transpose()?.unwrap_or_default();
    let recorder = Arc::new(recorder);
    let policies = template.functions.iter().map(|(id, function)| (id.clone(), function.policy.clone())).collect();
    let guard = Arc::new(Guard::new(policies, template.partitions.clone(), recorder.clone()));
    let switches = Arc::new(Switches::default());
    let (dynamodb_endpoint, front) = match options.dynamodb_endpoint.as_deref().map(|url| url.trim_end_matches('/')) {
        // AWS checks signatures, which cover its host, so no front can be before it.
        Some(url) if !is_here(url) => (url.to_owned(), None),
        url => {
            let behind = match url {
                Some(url) => Behind::Url(url.to_owned()),
                None => Behind::BuiltIn(built_in::open(options.data.as_deref())?),
            };
            let (url, front) = front::start_front(behind, switches.clone(), guard.clone()).await?;
            (url, Some(front))
        }
    };
    let callback_url = format!("http://127.0.0.1:{port}/{}", template.socket.stage);
    let ws_url = format!("ws://localhost:{port}/{}", template.socket.stage);
    let wrapping_key = kms::Key::in_folder(&data, template.variable("WRAPPING_KEY")?.to_owned())?;
    let kms_endpoint = kms::start(wrapping_key, guard.clone()).await?;
    let aws = if is_here(&dynamodb_endpoint) { Vec::new() } else { scanlatch_aws::environment::of_this_user().await? };
    let environment = Environment {
        dynamodb_endpoint: &dynamodb_endpoint,
        kms_endpoint: &kms_endpoint,
        callback_url: &callback_url,
        socket_url: &ws_url,
        log_level: options.log_level.as_deref(),
        aws: &aws,
    };
    let cloud = cloud(&environment, &template).await?;
    if front.is_some() {
        cloud.create_tables().await.context("the tables cannot be made; is the database there?")?;
    }
    let seed = seed(&cloud, &data).await.context("the demo tenant cannot be stored; are the tables there?")?;

    environment.write(template.any_function()?, &data.join("functions.env"))?;
    let invoker = invoker(options, &template, &environment).await?;
    let logins = Arc::new(Logins::default());
    let gateway = Arc::new(Gateway {
        api: template.socket.clone(),
        invoker: invoker.clone(),
        connections: Connections::default(),
        switches: switches.clone(),
        guard,
        recorder,
        logins: logins.clone(),
        limits: Limits {
            idle: Duration::from_millis(options.idle_ms),
            lifetime: Duration::from_millis(options.max_connection_ms),
            ping_resets_idle: options.ping_resets_idle,
        },
    });
    let site = Arc::new(Site::at(port, ws_url, seed, network.as_ref().map(|network| network.network)));
    let places = template.variable("EDGE_SECRET_SHA256").is_ok_and(|digests| !digests.is_empty());
    let ready = Arc::new(ready(&site, &dynamodb_endpoint, places, network.as_ref()));
    let served = Served { http: Arc::new(template.http.clone()), gateway, invoker: invoker.clone() };
    let functions = Functions::new(&template.functions, invoker.clone());
    let controls = Controls { ready: ready.clone(), switches, front, invoker: invoker.clone(), logins: logins.clone() };
    let hosts = Hosts::with(&options.allowed_hosts);
    let routes = server::routes(served, functions, controls, pages::routes(pages, site), hosts);
    if let Some(network) = network {
        server::serve_network(network, &routes)?;
    }
    server::serve(listeners, &routes);
    Ok(Running { logins, ready, invoker, _data: kept })
}

impl Running {
    /// Ends every process that was started.
    pub fn end(&self) {
        if let Some(pool) = self.invoker.pool() {
            pool.end();
        }
    }

    /// A page as this machine reaches it, which needs no certificate.
    pub fn page(&self, path: &str) -> String {
        self.ready["apiUrl"].as_str().unwrap_or_default().replace("/v1", path)
    }

    /// The content of the ready file.
    pub fn ready(&self) -> &Value {
        &self.ready
    }
}

/// The content of the ready file. Its URLs are for this machine, except that of the phone page.
fn ready(site: &Site, dynamodb_endpoint: &str, places: bool, network: Option<&Listener>) -> Value {
    let mut ready = json!({
        "apiUrl": site.api_url,
        "wsUrl": site.ws_url,
        "tenantId": site.seed.tenant_id,
        "secretKey": site.seed.secret_key,
        "demoUrl": site.page(pages::GALLERY),
        "screenUrl": site.page(pages::SCREEN),
        "phoneUrl": site.phone_url,
        "dynamodbEndpoint": dynamodb_endpoint,
        "places": places,
    });
    if let Some(network) = network {
        ready["hostUrl"] = network.network.origin().into();
        ready["certificateFile"] = network.certificate_file().to_string_lossy().into();
    }
    ready
}

/// The tables, for callers that are not functions and sign no token.
async fn cloud(environment: &Environment<'_>, template: &Template) -> Result<Cloud> {
    let settings = Settings {
        live_table: template.variable("LIVE_TABLE")?.to_owned(),
        directory_table: template.variable("DIRECTORY_TABLE")?.to_owned(),
        wrapping_key: String::new(),
        callback_url: environment.callback_url.to_owned(),
    };
    if is_here(environment.dynamodb_endpoint) {
        return Ok(Cloud::at_endpoint(environment.dynamodb_endpoint, settings));
    }
    Ok(Cloud::connect_as_user(settings).await)
}

/// What keeps the data folder: a lock on it, or a temporary folder.
#[derive(Debug)]
enum Kept {
    Locked(#[expect(dead_code, reason = "the lock goes with the file")] File),
    Temporary(#[expect(dead_code, reason = "the folder goes with it")] TempDir),
}

fn data_folder(options: &Options) -> Result<(PathBuf, Kept)> {
    if let Some(folder) = &options.data {
        private::folder(folder)
            .with_context(|| format!("the folder {} cannot be made; choose another with --data", folder.display()))?;
        let lock = private::open(&folder.join("lock")).with_context(|| {
            format!("the folder {} cannot be written; choose another with --data", folder.display())
        })?;
        if lock.try_lock().is_err() {
            bail!("another stack uses the folder {}; end it, or choose another with --data", folder.display());
        }
        return Ok((folder.clone(), Kept::Locked(lock)));
    }
    let scratch = tempfile::tempdir()?;
    Ok((scratch.path().to_owned(), Kept::Temporary(scratch)))
}

async fn invoker(options: &Options, template: &Template, environment: &Environment<'_>) -> Result<Invoker> {
    let logs = options.logs.as_deref().map(Logs::open).transpose()?.map(Arc::new);
    let concurrency = options.concurrency as usize;
    if let Some(url) = &options.lambda_endpoint {
        let binaries = template.functions.iter().map(|(id, function)| (id.clone(), function.binary.clone()));
        let url = url.trim_end_matches('/').to_owned();
        return Ok(Invoker::new(Target::Remote { url, binaries: binaries.collect(), logs }, concurrency));
    }
    let folder = if let Some(folder) = &options.binaries {
        folder.clone()
    } else {
        let packages = template.functions.values().map(|function| function.binary.clone()).collect();
        tokio::task::spawn_blocking(move || build::functions(&packages)).await??
    };
    let mut launches = BTreeMap::new();
    for (id, function) in &template.functions {
        let binary = folder.join(&function.binary);
        if !binary.exists() {
            bail!("{id} has no binary {}; does functions/{} name its binary so?", binary.display(), function.binary);
        }
        let launch = Launch { binary, environment: environment.of(id, function), timeout: function.timeout };
        launches.insert(id.clone(), launch);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port for the Runtime API")?;
    let address = listener.local_addr()?.to_string();
    let pool = Arc::new(Pool::new(address, launches, options.instances, options.verbose, logs));
    let routes = runtime_api::routes(pool.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(Invoker::new(Target::Processes(pool), concurrency))
}
