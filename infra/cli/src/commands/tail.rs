//! `scanlatch tail`: what happens to logins on a local stack.

use std::pin::pin;

use ::http::Request;
use futures_util::StreamExt as _;
use scanlatch_client::Transport;
use serde::Deserialize;

use crate::console::failure::CommandError;
use crate::console::output::{Output, tell, write};
use crate::console::table::shown;
use crate::contexts::Place;

/// A step of a login, as the local stack tells it.
#[derive(Debug, Deserialize)]
struct Event {
    step: String,
    challenge: Option<String>,
    action: Option<String>,
}

/// Prints the steps of logins until the stack ends.
///
/// # Errors
/// If no local stack is named or none answers.
pub async fn run(output: Output, place: Place) -> Result<(), CommandError> {
    let url = place.source.local.ok_or_else(|| {
        CommandError::misused(
            "tail sees what passes through a local stack; name it with --local. On AWS, read what the functions log: \
             `sam logs --tail --stack-name NAME`",
        )
    })?;
    let url = url.trim_end_matches('/');
    let request = Request::get(format!("{url}/_local/logins")).body(String::new());
    let request = request.map_err(|error| CommandError::misused(format!("{url} is no URL: {error}")))?;
    let silent = |_| CommandError::failed(format!("no local stack answers at {url}; start it with `cargo run`"));
    let mut lines = pin!(Transport::new().lines(request).await.map_err(silent)?);
    tell("Watching. Ctrl-C ends it.");
    while let Some(line) = lines.next().await {
        let line = line.map_err(|_| CommandError::failed("the local stack has ended"))?;
        let printed = if output.json { line } else { sentence(&line) };
        write(format!("{printed}\n").as_bytes())?;
    }
    Err(CommandError::failed("the local stack has ended"))
}

fn sentence(line: &str) -> String {
    let Ok(event) = serde_json::from_str::<Event>(line) else { return shown(line) };
    let parts = [event.challenge.unwrap_or_else(|| "-".to_owned()), event.step, event.action.unwrap_or_default()];
    shown(parts.join("  ").trim_end())
}
