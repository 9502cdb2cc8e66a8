//! Lambda's Invoke API: calls any function by name, as `aws lambda invoke --endpoint-url` does.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
//!
//! A function is called by its logical id or its binary, always in its latest version. A call must carry a signature,
//! which nobody checks.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::host;
use crate::lambda::error::InvokeError;
use crate::lambda::function::Function;
use crate::lambda::invoker::{Invoker, MAX_PAYLOAD_BYTES};

/// The functions and where they run.
#[derive(Clone, Debug)]
pub struct Functions {
    ids: Arc<BTreeMap<String, String>>,
    invoker: Invoker,
}

impl Functions {
    /// The functions of a template, by logical id.
    pub fn new(functions: &BTreeMap<String, Function>, invoker: Invoker) -> Self {
        let names = functions.iter().flat_map(|(id, function)| [id, &function.binary].map(|name| (name, id)));
        Self { ids: Arc::new(names.map(|(name, id)| (name.clone(), id.clone())).collect()), invoker }
    }
}

/// The API.
pub fn routes(functions: Functions) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .layer(DefaultBodyLimit::max(MAX_PAYLOAD_BYTES))
        .layer(from_fn(host::from_this_machine))
        .with_state(functions)
}

async fn invoke(
    State(functions): State<Functions>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if !text(header::AUTHORIZATION.as_str()).is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 ")) {
        let why = "Missing Authentication Token";
        return refused(StatusCode::FORBIDDEN, "MissingAuthenticationTokenException", why);
    }
    let Some(id) = functions.ids.get(&name).cloned() else {
        let why = format!("Function not found: {name}; infra/template.yaml names them");
        return refused(StatusCode::NOT_FOUND, "ResourceNotFoundException", &why);
    };
    let event = if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(&body) };
    let Ok(event) = event else {
        let why = "Could not parse request body into json";
        return refused(StatusCode::BAD_REQUEST, "InvalidRequestContentException", why);
    };
    match text("x-amz-invocation-type").unwrap_or("RequestResponse") {
        "RequestResponse" => answered(functions.invoker.invoke(&id, event).await),
        "Event" => {
            tokio::spawn(async move {
                if let Err(failed) = functions.invoker.invoke_later(&id, event).await {
                    eprintln!("{id}: {failed}");
                }
            });
            StatusCode::ACCEPTED.into_response()
        }
        "DryRun" => StatusCode::NO_CONTENT.into_response(),
        _ => refused(StatusCode::BAD_REQUEST, "InvalidParameterValueException", "Unknown invocation type"),
    }
}

fn answered(outcome: Result<Value, InvokeError>) -> Response {
    const VERSION: (&str, &str) = ("x-amz-executed-version", "$LATEST");
    match outcome {
        Ok(answer) => ([VERSION], Json(answer)).into_response(),
        Err(InvokeError::Throttled) => {
            let body =
                json!({ "Reason": "ConcurrentInvocationLimitExceeded", "Type": "User", "message": "Rate Exceeded." });
            let kind = ("x-amzn-errortype", "TooManyRequestsException");
            (StatusCode::TOO_MANY_REQUESTS, [kind], Json(body)).into_response()
        }
        Err(InvokeError::TooLarge) => {
            let why = "Request must be smaller than 6291456 bytes for the InvokeFunction operation";
            refused(StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException", why)
        }
        Err(InvokeError::Function(why)) => {
            // The function's own error is JSON already.
            let said = serde_json::from_str(&why).ok().filter(Value::is_object);
            let said = said.unwrap_or_else(|| json!({ "errorType": "Runtime.InvokeError", "errorMessage": why }));
            ([VERSION, ("x-amz-function-error", "Unhandled")], Json(said)).into_response()
        }
    }
}

fn refused(status: StatusCode, kind: &'static str, message: &str) -> Response {
    (status, [("x-amzn-errortype", kind)], Json(json!({ "Type": "User", "Message": message }))).into_response()
}
