//! A function that a schedule invokes, or an operator by name: an event in, an answer out.

use std::future::Future;

use lambda_runtime::Error;
use serde::Serialize;
use serde_json::Value;

use crate::{Problem, invoked};

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
    invoked::serve("schedule", invoked::failed, handler).await
}
