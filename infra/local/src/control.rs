//! `/_local/…`: URLs, switches and counters, for `scanlatch`, for tests and for trying things out.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use crate::dynamodb::front::Front;
use crate::faults::{Faults, Switches};
use crate::lambda::invoker::Invoker;
use crate::logins::Logins;

/// What can be switched and read.
#[derive(Clone, Debug)]
pub struct Controls {
    /// The content of the ready file.
    pub ready: Arc<Value>,
    /// The faults.
    pub switches: Arc<Switches>,
    /// The database's front, if there is one.
    pub front: Option<Arc<Front>>,
    /// Where functions run.
    pub invoker: Invoker,
    /// Tells the steps of logins.
    pub logins: Arc<Logins>,
}

/// The routes below `/_local`.
pub fn routes(controls: Controls) -> Router {
    Router::new()
        .route("/ready", get(ready))
        .route("/faults", get(faults).post(set_faults))
        .route("/database-calls", get(calls).delete(reset_calls))
        .route("/functions", get(functions))
        .route("/logins", get(logins))
        .route("/logs", get(logs))
        .with_state(controls)
}

async fn ready(State(controls): State<Controls>) -> Json<Value> {
    Json((*controls.ready).clone())
}

async fn faults(State(controls): State<Controls>) -> Json<Faults> {
    Json(controls.switches.now())
}

async fn set_faults(State(controls): State<Controls>, Json(faults): Json<Faults>) -> Json<Faults> {
    controls.switches.set(faults);
    Json(controls.switches.now())
}

async fn calls(State(controls): State<Controls>) -> Json<Value> {
    let front = controls.front.as_ref();
    Json(json!({
        "calls": front.map(|front| front.calls()).unwrap_or_default(),
        "rounds": front.map_or(0, |front| front.rounds.count()),
        "units": front.map(|front| front.units()).unwrap_or_default(),
    }))
}

async fn reset_calls(State(controls): State<Controls>) -> Json<Value> {
    if let Some(front) = &controls.front {
        front.reset();
    }
    Json(json!({}))
}

async fn functions(State(controls): State<Controls>) -> Json<Value> {
    Json(controls.invoker.pool().map_or_else(|| json!([]), |pool| json!(pool.seen())))
}

/// What the functions logged of late, one JSON line each. Whoever runs them elsewhere has their log there.
async fn logs(State(controls): State<Controls>) -> Response {
    match controls.invoker.pool() {
        Some(pool) => ([(header::CONTENT_TYPE, "application/x-ndjson")], pool.recent().text()).into_response(),
        None => (StatusCode::NOT_FOUND, "the functions run elsewhere, and so does their log").into_response(),
    }
}

/// The steps of logins from now on, one JSON line each, until the caller hangs up.
async fn logins(State(controls): State<Controls>) -> Response {
    let lines = stream::unfold(controls.logins.watch(), |mut watcher| async move {
        loop {
            match watcher.recv().await {
                Ok(event) => {
                    let line = serde_json::to_string(&event).map(|line| Bytes::from(line + "\n"));
                    return Some((line, watcher));
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response()
}
