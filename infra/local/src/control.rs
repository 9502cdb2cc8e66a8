//! `/_local/…`: URLs, switches and counters, for `scanlatch`, for tests and for trying things out.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::dynamodb::front::Front;
use crate::faults::{Faults, Switches};
use crate::lambda::invoker::Invoker;

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
}

/// The routes below `/_local`.
pub fn routes(controls: Controls) -> Router {
    Router::new()
        .route("/ready", get(ready))
        .route("/faults", get(faults).post(set_faults))
        .route("/database-calls", get(calls).delete(reset_calls))
        .route("/functions", get(functions))
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
