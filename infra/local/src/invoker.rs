//! Calls a function, wherever it runs.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::logs::Logs;
use crate::pool::{Failed, Pool};

/// A function in this process, for tests of the APIs themselves.
pub type Closure = Arc<dyn Fn(String, Value) -> BoxFuture<'static, Result<Value, Failed>> + Send + Sync>;

/// Where functions run.
#[derive(Clone)]
pub enum Invoker {
    /// In processes of our own.
    Processes(Arc<Pool>),
    /// In `cargo lambda watch`, at this URL, by logical id and binary.
    Remote {
        /// Its address.
        url: String,
        /// Binaries by logical id.
        binaries: BTreeMap<String, String>,
        /// Where secrets are noted.
        logs: Option<Arc<Logs>>,
    },
    /// In this process.
    Closure(Closure),
}

impl fmt::Debug for Invoker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Processes(_) => "processes",
            Self::Remote { .. } => "remote",
            Self::Closure(_) => "closure",
        })
    }
}

impl Invoker {
    /// Where secrets are noted, if anywhere.
    pub fn logs(&self) -> Option<&Logs> {
        match self {
            Self::Processes(pool) => pool.logs(),
            Self::Remote { logs, .. } => logs.as_deref(),
            Self::Closure(_) => None,
        }
    }

    /// The answer of the function with this logical id.
    ///
    /// # Errors
    /// If the function fails, dies or takes too long.
    pub async fn invoke(&self, function: &str, event: Value) -> Result<Value, Failed> {
        if let Some(logs) = self.logs() {
            logs.overhear(&event);
        }
        let answer = self.answer(function, event).await?;
        if let Some(logs) = self.logs() {
            logs.overhear(&answer);
        }
        Ok(answer)
    }

    async fn answer(&self, function: &str, event: Value) -> Result<Value, Failed> {
        match self {
            Self::Processes(pool) => pool.invoke(function, event).await,
            Self::Closure(closure) => closure(function.to_owned(), event).await,
            Self::Remote { url, binaries, .. } => {
                let binary =
                    binaries.get(function).ok_or_else(|| Failed(format!("{function} is not in the template")))?;
                let target = format!("{url}/2015-03-31/functions/{binary}/invocations");
                let failed = |error: reqwest::Error| Failed(format!("cargo lambda watch did not answer: {error}"));
                let call = reqwest::Client::new().post(target).body(event.to_string());
                let response = call.header("content-type", "application/json").send().await.map_err(failed)?;
                let (status, body) = (response.status(), response.bytes().await.map_err(failed)?);
                let answer: Value = serde_json::from_slice(&body)
                    .map_err(|_| Failed(format!("{binary} answered {status} without JSON")))?;
                if status.is_success() && answer.get("errorType").is_none() {
                    Ok(answer)
                } else {
                    Err(Failed(format!("{binary}: {answer}")))
                }
            }
        }
    }
}
