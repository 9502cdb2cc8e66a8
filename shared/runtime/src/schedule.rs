//! A function that a schedule invokes, or an operator by name: an event in, an answer out.

use std::future::Future;

use futures_util::future::BoxFuture;
use lambda_http::http::StatusCode;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::Value;

use crate::Problem;
use crate::telemetry::{self, Call};

/// Serves events until the environment ends. A problem or a panic fails the invocation, so that an operator sees it and
/// EventBridge retries it.
///
/// # Errors
/// If the runtime's API fails.
pub async fn serve<'a, T, F, Fut>(handler: F) -> Result<(), Error>
where
    T: Serialize + Send + 'a,
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<T, Problem>> + Send + 'a,
{
    telemetry::start();
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let call = Call::new(&event.context, "schedule");
        // Boxed, or the type of all futures within each other outgrows the compiler's limit.
        let handled: BoxFuture<'a, Result<T, Problem>> = Box::pin(handler(event.payload));
        async move { telemetry::observed(call, handled, |_| StatusCode::OK).await.map_err(|problem| failed(&problem)) }
    }))
    .await
}

fn failed(problem: &Problem) -> Diagnostic {
    let body = problem.body();
    Diagnostic { error_type: body.error.clone(), error_message: body.error_description.clone() }
}
