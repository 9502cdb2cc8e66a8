//! What the functions logged: on a local stack, or in CloudWatch Logs with the caller's own credentials.

use ::http::Request;
use scanlatch_protocol::time::Timestamp;
use serde_json::Value;

use crate::environment::{LOG_GROUP, variable};
use crate::http::Http;
use crate::log::cloudwatch::CloudWatch;
use crate::log::query::Query;

mod cloudwatch;
pub mod query;

/// Where the log is.
#[derive(Clone, Debug)]
pub enum Log {
    /// At a local stack's URL.
    Local(String),
    /// In a group of this name.
    Group(String),
    /// Nobody said where.
    Nowhere,
}

impl Log {
    /// The log that the flags name, or else the environment.
    pub fn named(local: Option<&str>, group: Option<&str>) -> Self {
        let group = group.map(str::to_owned);
        match (group, local) {
            (Some(group), _) => Self::Group(group),
            (None, Some(url)) => Self::Local(url.trim_end_matches('/').to_owned()),
            (None, None) => variable(LOG_GROUP).map_or(Self::Nowhere, Self::Group),
        }
    }

    /// The lines that the query is about, in no order.
    ///
    /// # Errors
    /// One sentence that says why the log cannot be read.
    pub async fn lines(&self, query: &Query, now: Timestamp) -> Result<Vec<Value>, String> {
        let lines = match self {
            Self::Local(url) => local(url).await?,
            Self::Group(name) => {
                let patterns = query.patterns();
                if patterns.is_empty() {
                    return Ok(Vec::new());
                }
                CloudWatch::of_caller().await?.lines(name, &patterns, query.from, now).await?
            }
            Self::Nowhere => {
                return Err(format!(
                    "nobody said where it is; name its group with --log-group or {LOG_GROUP}, the stack's output \
                     LogGroupName"
                ));
            }
        };
        let lines = lines.iter().filter_map(|line| serde_json::from_str(line).ok());
        Ok(lines.filter(|line| query.covers(line)).collect())
    }
}

async fn local(url: &str) -> Result<Vec<String>, String> {
    let request = Request::get(format!("{url}/_local/logs")).body(String::new());
    let request = request.map_err(|error| format!("{url} is no URL: {error}"))?;
    let answer = Http::new().call(request).await.map_err(|why| format!("the local stack did not answer: {why}"))?;
    let text = String::from_utf8_lossy(&answer.body);
    if answer.status.is_success() {
        Ok(text.lines().map(str::to_owned).collect())
    } else {
        Err(format!("the local stack answered {}: {text}", answer.status.as_u16()))
    }
}
