//! A function that is invoked as it is, not by an API: an event in, an answer or an error out.

use std::future::Future;

use futures_util::future::BoxFuture;
use lambda_http::http::StatusCode;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::Value;

use crate::Problem;
use crate::telemetry::{self, Call};

/// Serves events until the environment ends; `route` names them in the log. A problem or a panic fails the invocation
/// with what `failed` says of it.
///
/// # Errors
/// If the runtime's API fails.
pub(crate) async fn serve<'a, T, F, Fut>(
    route: &'static str,
    failed: fn(&Problem) -> Diagnostic,
    handler: F,
) -> Result<(), Error>
where
    T: Serialize + Send + 'a,
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<T, Problem>> + Send + 'a,
{
    telemetry::start();
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let call = Call::new(&event.context, route);
        // Boxed, or the type of all futures within each other outgrows the compiler's limit.
        let handled: BoxFuture<'a, Result<T, Problem>> = Box::pin(handler(event.payload));
        async move { telemetry::observed(call, handled, |_| StatusCode::OK).await.map_err(|problem| failed(&problem)) }
    }))
    .await
}

/// A problem as the error of an invocation.
pub(crate) fn failed(problem: &Problem) -> Diagnostic {
    let body = problem.body();
    Diagnostic { error_type: body.error.clone(), error_message: body.error_description.clone() }
}
