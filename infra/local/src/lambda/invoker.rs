//! Calls a function, wherever it runs, as Lambda's front does: within its limits, and always to the end.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::lambda::error::InvokeError;
use crate::lambda::logs::Logs;
use crate::lambda::pool::Pool;

/// The limit of an event and of a function's answer.
pub const MAX_PAYLOAD_BYTES: usize = 6 * 1024 * 1024;

/// A function as a closure, for tests of the APIs themselves.
pub type Closure = Arc<dyn Fn(String, Value) -> BoxFuture<'static, Result<Value, InvokeError>> + Send + Sync>;

/// Where functions run.
#[derive(Clone)]
pub enum Target {
    /// In processes of our own.
    Processes(Arc<Pool>),
    /// In `cargo lambda watch`, at this URL.
    Remote {
        /// Its address.
        url: String,
        /// Binaries by logical id.
        binaries: BTreeMap<String, String>,
        /// Where secrets are recorded.
        logs: Option<Arc<Logs>>,
    },
    /// In this process.
    Closure(Closure),
}

/// Calls functions.
#[derive(Clone)]
pub struct Invoker {
    target: Target,
    slots: Arc<Semaphore>,
}

impl fmt::Debug for Invoker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.target {
            Target::Processes(_) => "processes",
            Target::Remote { .. } => "remote",
            Target::Closure(_) => "closure",
        })
    }
}

impl Invoker {
    /// An invoker for this target, with at most `concurrency` calls at once.
    pub fn new(target: Target, concurrency: usize) -> Self {
        Self { target, slots: Arc::new(Semaphore::new(concurrency)) }
    }

    /// The pool, if functions run in processes of our own.
    pub fn pool(&self) -> Option<&Arc<Pool>> {
        match &self.target {
            Target::Processes(pool) => Some(pool),
            _ => None,
        }
    }

    /// The logs that record secrets, if there are any.
    pub fn logs(&self) -> Option<&Logs> {
        match &self.target {
            Target::Processes(pool) => pool.logs(),
            Target::Remote { logs, .. } => logs.as_deref(),
            Target::Closure(_) => None,
        }
    }

    /// The answer of the function with this logical id.
    ///
    /// # Errors
    /// If too many functions run, or this one fails, dies or takes too long.
    pub async fn invoke(&self, function: &str, event: Value) -> Result<Value, InvokeError> {
        let slot = self.slots.clone().try_acquire_owned().map_err(|_| InvokeError::Throttled)?;
        self.run(slot, function, event).await
    }

    /// The same, but waits while too many functions run, as Lambda does for asynchronous calls.
    ///
    /// # Errors
    /// If the function fails, dies or takes too long.
    pub async fn invoke_later(&self, function: &str, event: Value) -> Result<Value, InvokeError> {
        let slot = self.slots.clone().acquire_owned().await.map_err(|_| InvokeError::Throttled)?;
        self.run(slot, function, event).await
    }

    async fn run(&self, slot: OwnedSemaphorePermit, function: &str, event: Value) -> Result<Value, InvokeError> {
        if is_too_large(&event) {
            return Err(InvokeError::TooLarge);
        }
        let (invoker, function) = (self.clone(), function.to_owned());
        // The function goes on after its caller hangs up.
        let running = tokio::spawn(async move {
            let _slot = slot;
            if let Some(logs) = invoker.logs() {
                logs.overhear(&event);
            }
            let answer = invoker.answer(&function, event).await?;
            if let Some(logs) = invoker.logs() {
                logs.overhear(&answer);
            }
            Ok(answer)
        });
        let stopping = |_| Err(InvokeError::Function("the stack is stopping".to_owned()));
        let answer = running.await.unwrap_or_else(stopping)?;
        if is_too_large(&answer) {
            return Err(InvokeError::Function(
                "the function's answer is larger than the 6 MB that Lambda takes".to_owned(),
            ));
        }
        Ok(answer)
    }

    async fn answer(&self, function: &str, event: Value) -> Result<Value, InvokeError> {
        match &self.target {
            Target::Processes(pool) => pool.invoke(function, event).await,
            Target::Closure(closure) => closure(function.to_owned(), event).await,
            Target::Remote { url, binaries, .. } => {
                let unknown = || InvokeError::Function(format!("{function} is not in the template"));
                let binary = binaries.get(function).ok_or_else(unknown)?;
                let target = format!("{url}/2015-03-31/functions/{binary}/invocations");
                let failed = |error: reqwest::Error| {
                    InvokeError::Function(format!("cargo lambda watch did not answer: {error}"))
                };
                let call = reqwest::Client::new().post(target).body(event.to_string());
                let response = call.header("content-type", "application/json").send().await.map_err(failed)?;
                let (status, body) = (response.status(), response.bytes().await.map_err(failed)?);
                let answer: Value = serde_json::from_slice(&body)
                    .map_err(|_| InvokeError::Function(format!("{binary} answered {status} without JSON")))?;
                if status.is_success() && answer.get("errorType").is_none() {
                    Ok(answer)
                } else {
                    Err(InvokeError::Function(format!("{binary}: {answer}")))
                }
            }
        }
    }
}

fn is_too_large(payload: &Value) -> bool {
    payload.to_string().len() > MAX_PAYLOAD_BYTES
}
