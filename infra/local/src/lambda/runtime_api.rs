//! Lambda's Runtime API: a process asks for its next invocation and posts the result.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::Value;

use crate::host;
use crate::lambda::error::InvokeError;
use crate::lambda::pool::Pool;

/// The API; the first path segment is the number of the process.
pub fn routes(pool: Arc<Pool>) -> Router {
    Router::new()
        .route("/{instance}/2018-06-01/runtime/invocation/next", get(next))
        .route("/{instance}/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/{instance}/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/{instance}/2018-06-01/runtime/init/error", post(init_error))
        .layer(from_fn(host::from_this_machine))
        .with_state(pool)
}

async fn next(State(pool): State<Arc<Pool>>, Path(instance): Path<u64>) -> Response {
    let Some(instance) = pool.instance(instance) else { return StatusCode::NOT_FOUND.into_response() };
    let Some(invocation) = instance.next().await else { return StatusCode::GONE.into_response() };
    let arn = format!("arn:aws:lambda:us-east-1:000000000000:function:{}", instance.function());
    let trace = format!("Root=1-{:08x}-{}", invocation.deadline_ms / 1000, &invocation.id.replace('-', "")[..24]);
    let headers = [
        ("lambda-runtime-aws-request-id", invocation.id),
        ("lambda-runtime-deadline-ms", invocation.deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", arn),
        ("lambda-runtime-trace-id", trace),
        ("content-type", "application/json".to_owned()),
    ];
    (headers, invocation.event.to_string()).into_response()
}

async fn response(State(pool): State<Arc<Pool>>, Path((instance, id)): Path<(u64, String)>, body: Bytes) -> StatusCode {
    let outcome =
        serde_json::from_slice(&body).map_err(|_| InvokeError::Function("the function's answer is no JSON".to_owned()));
    answered(&pool, instance, &id, outcome)
}

async fn error(State(pool): State<Arc<Pool>>, Path((instance, id)): Path<(u64, String)>, body: Bytes) -> StatusCode {
    let why = String::from_utf8_lossy(&body).into_owned();
    answered(&pool, instance, &id, Err(InvokeError::Function(why)))
}

fn answered(pool: &Pool, instance: u64, id: &str, outcome: Result<Value, InvokeError>) -> StatusCode {
    match pool.instance(instance) {
        Some(instance) if instance.answer(id, outcome) => StatusCode::ACCEPTED,
        _ => StatusCode::BAD_REQUEST,
    }
}

async fn init_error(State(pool): State<Arc<Pool>>, Path(instance): Path<u64>, body: Bytes) -> StatusCode {
    if let Some(instance) = pool.instance(instance) {
        instance.note(String::from_utf8_lossy(&body).into_owned());
    }
    StatusCode::ACCEPTED
}
