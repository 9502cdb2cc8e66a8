//! Processes that run functions: as many as are busy at once, each with one invocation at a time.

use std::collections::{BTreeMap, HashMap};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use scanlatch_protocol::id::IdempotencyKey;
use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::{Mutex as AsyncMutex, Notify, Semaphore, mpsc, oneshot};

use crate::lambda::error::InvokeError;
use crate::lambda::logs::Logs;
use crate::lambda::recent::Recent;

/// How to start one function.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The binary's path.
    pub binary: std::path::PathBuf,
    /// Its whole environment, except `AWS_LAMBDA_RUNTIME_API`.
    pub environment: BTreeMap<String, String>,
    /// How long one invocation may take.
    pub timeout: Duration,
}

/// One invocation on its way to a process.
#[derive(Debug)]
pub struct Invocation {
    /// Its id in the Runtime API.
    pub id: String,
    /// The event.
    pub event: Value,
    /// When it must end, in milliseconds since 1970.
    pub deadline_ms: i64,
}

type InvokeResult = Result<Value, InvokeError>;

/// A process that runs a function.
#[derive(Debug)]
pub struct Instance {
    id: u64,
    function: String,
    pid: Option<u32>,
    dead: AtomicBool,
    busy: AtomicBool,
    asked: AtomicBool,
    last_words: Mutex<String>,
    give: mpsc::UnboundedSender<Invocation>,
    take: AsyncMutex<mpsc::UnboundedReceiver<Invocation>>,
    pending: Mutex<Option<(String, oneshot::Sender<InvokeResult>)>>,
    end: Notify,
}

/// A process as `/_local/functions` shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// The function's binary.
    pub function: String,
    /// The process id.
    pub pid: Option<u32>,
    /// Whether it has an invocation.
    pub busy: bool,
}

/// All processes.
#[derive(Debug)]
pub struct Pool {
    runtime_api: String,
    verbose: bool,
    logs: Option<Arc<Logs>>,
    recent: Arc<Recent>,
    functions: BTreeMap<String, (Launch, Semaphore)>,
    idle: Mutex<HashMap<String, Vec<Arc<Instance>>>>,
    all: Mutex<HashMap<u64, Arc<Instance>>>,
    next_id: AtomicU64,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// A pool of at most `instances` processes per function, which ask for work at `runtime_api` (host and port).
    pub fn new(
        runtime_api: String,
        launches: BTreeMap<String, Launch>,
        instances: u32,
        verbose: bool,
        logs: Option<Arc<Logs>>,
    ) -> Self {
        let functions = launches
            .into_iter()
            .map(|(function, launch)| (function, (launch, Semaphore::new(instances as usize))))
            .collect();
        Self {
            runtime_api,
            verbose,
            logs,
            recent: Arc::default(),
            functions,
            idle: Mutex::default(),
            all: Mutex::default(),
            next_id: AtomicU64::new(1),
        }
    }

    /// The logs of lines and secrets.
    pub fn logs(&self) -> Option<&Logs> {
        self.logs.as_deref()
    }

    /// What the functions logged of late.
    pub fn recent(&self) -> &Recent {
        &self.recent
    }

    /// The running processes.
    pub fn seen(&self) -> Vec<Seen> {
        let all = locked(&self.all);
        let seen = |instance: &Arc<Instance>| Seen {
            function: instance.function.clone(),
            pid: instance.pid,
            busy: instance.busy.load(Ordering::SeqCst),
        };
        all.values().map(seen).collect()
    }

    /// The process with this number, for the Runtime API.
    pub fn instance(&self, id: u64) -> Option<Arc<Instance>> {
        locked(&self.all).get(&id).cloned()
    }

    /// Ends every process.
    pub fn end(&self) {
        for instance in locked(&self.all).values() {
            instance.end.notify_one();
        }
    }

    /// Runs a function once.
    ///
    /// # Errors
    /// If it fails, dies or takes too long.
    pub async fn invoke(self: &Arc<Self>, function: &str, event: Value) -> InvokeResult {
        let (launch, slots) = self
            .functions
            .get(function)
            .ok_or_else(|| InvokeError::Function(format!("{function} is not in the template")))?;
        let _slot = slots.acquire().await.map_err(|_| InvokeError::Function("the stack is stopping".to_owned()))?;
        loop {
            let idle = locked(&self.idle).get_mut(function).and_then(Vec::pop);
            let instance = match idle {
                Some(instance) if instance.dead.load(Ordering::SeqCst) => continue,
                Some(instance) => instance,
                None => self.spawn(function, launch)?,
            };
            let (tell, told) = oneshot::channel();
            let invocation = Invocation {
                id: IdempotencyKey::from_random(crate::system::random()).to_string(),
                event: event.clone(),
                deadline_ms: crate::system::now_ms() + i64::try_from(launch.timeout.as_millis()).unwrap_or(i64::MAX),
            };
            *locked(&instance.pending) = Some((invocation.id.clone(), tell));
            instance.busy.store(true, Ordering::SeqCst);
            if instance.dead.load(Ordering::SeqCst) || instance.give.send(invocation).is_err() {
                continue;
            }
            let outcome = tokio::time::timeout(launch.timeout, told).await;
            instance.busy.store(false, Ordering::SeqCst);
            return match outcome {
                Ok(Ok(outcome)) => {
                    if !instance.dead.load(Ordering::SeqCst) {
                        locked(&self.idle).entry(function.to_owned()).or_default().push(instance);
                    }
                    outcome
                }
                Ok(Err(_died)) => {
                    let words = locked(&instance.last_words).clone();
                    let when = if instance.asked.load(Ordering::SeqCst) { "died" } else { "did not start" };
                    Err(InvokeError::Function(format!("{} {when}: {words}", instance.function)))
                }
                Err(_elapsed) => {
                    instance.end.notify_one();
                    Err(InvokeError::Function(format!("{} took longer than {:?}", instance.function, launch.timeout)))
                }
            };
        }
    }

    fn spawn(self: &Arc<Self>, function: &str, launch: &Launch) -> Result<Arc<Instance>, InvokeError> {
        let id = self.next_id.fetch_add(1, Ordering::SeqCst);
        // Locked until the process is in the map, since the process may ask for work before that.
        let mut all = locked(&self.all);
        let mut child = Command::new(&launch.binary)
            .env_clear()
            .envs(std::env::vars().filter(|(name, _)| matches!(name.as_str(), "PATH" | "HOME" | "RUST_BACKTRACE")))
            .envs(&launch.environment)
            .env("AWS_LAMBDA_RUNTIME_API", format!("http://{}/{id}", self.runtime_api))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                InvokeError::Function(format!("{} cannot be started: {error}", launch.binary.display()))
            })?;
        let (give, take) = mpsc::unbounded_channel();
        let name = launch.binary.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let instance = Arc::new(Instance {
            id,
            function: name,
            pid: child.id(),
            dead: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            asked: AtomicBool::new(false),
            last_words: Mutex::default(),
            give,
            take: AsyncMutex::new(take),
            pending: Mutex::default(),
            end: Notify::new(),
        });
        all.insert(id, instance.clone());
        drop(all);
        relay(instance.clone(), child.stdout.take(), self.verbose, self.logs.clone(), self.recent.clone());
        relay(instance.clone(), child.stderr.take(), self.verbose, self.logs.clone(), self.recent.clone());
        let (pool, watched) = (self.clone(), instance.clone());
        let function = function.to_owned();
        tokio::spawn(async move {
            tokio::select! {
                _ = child.wait() => {}
                () = watched.end.notified() => { let _ended = child.kill().await; }
            }
            watched.dead.store(true, Ordering::SeqCst);
            locked(&pool.all).remove(&watched.id);
            if let Some(idle) = locked(&pool.idle).get_mut(&function) {
                idle.retain(|instance| instance.id != watched.id);
            }
            // Dropping the sender wakes the caller.
            locked(&watched.pending).take();
        });
        Ok(instance)
    }
}

/// Parts of lines that report no problem.
const CALM: [&str; 4] = ["\"level\":\"INFO\"", "\"level\":\"DEBUG\"", "\"level\":\"TRACE\"", "\"_aws\":"];

/// Prints a process's lines: all if `verbose`, otherwise only problems. With `logs`, all lines are also kept.
fn relay(
    instance: Arc<Instance>,
    output: Option<impl AsyncRead + Unpin + Send + 'static>,
    verbose: bool,
    logs: Option<Arc<Logs>>,
    recent: Arc<Recent>,
) {
    let Some(output) = output else { return };
    tokio::spawn(async move {
        let mut lines = BufReader::new(output).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let line = String::from_utf8_lossy(&line).into_owned();
            if let Some(logs) = &logs {
                logs.line(&line);
            }
            recent.keep(&line);
            let wrong = !CALM.iter().any(|calm| line.contains(calm));
            if verbose || wrong {
                eprintln!("[{}] {line}", instance.function);
            }
            if wrong {
                *locked(&instance.last_words) = line;
            }
        }
    });
}

impl Instance {
    /// Waits for the next invocation.
    pub async fn next(&self) -> Option<Invocation> {
        self.asked.store(true, Ordering::SeqCst);
        self.take.lock().await.recv().await
    }

    /// Answers the invocation with this id; `false` if there is none.
    pub fn answer(&self, id: &str, outcome: InvokeResult) -> bool {
        let mut pending = locked(&self.pending);
        match pending.take() {
            Some((waiting, tell)) if waiting == id => tell.send(outcome).is_ok(),
            other => {
                *pending = other;
                false
            }
        }
    }

    /// The function's binary.
    pub fn function(&self) -> &str {
        &self.function
    }

    /// Records why the process is about to end.
    pub fn note(&self, words: String) {
        *locked(&self.last_words) = words;
    }
}
