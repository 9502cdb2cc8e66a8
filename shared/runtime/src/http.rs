//! An HTTP function: the loop, the body, the last resort.

use std::future::{Future, ready};

use futures_util::future::BoxFuture;
use lambda_http::{Body, Error, Request, Response, service_fn};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::json as request_json;
use serde::de::DeserializeOwned;

use crate::Problem;
use crate::edge::Edge;
pub use crate::reply::{created, empty, no_content, ok, ok_cacheable};
use crate::telemetry::{self, Call};

/// What a handler returns.
pub type Handled = Result<Response<Body>, Problem>;

/// Serves requests until the environment ends. Every answer, a panic's included, is JSON that SDKs can read.
///
/// # Errors
/// If the runtime's API fails.
pub async fn serve<'a, F, Fut>(handler: F) -> Result<(), Error>
where
    F: Fn(Request) -> Fut,
    Fut: Future<Output = Handled> + Send + 'a,
{
    telemetry::start();
    let edge = Edge::from_env();
    lambda_http::run(service_fn(|mut request: Request| {
        let call = Call::request(&request);
        // Boxed, or the type of all futures within each other outgrows the compiler's limit.
        let handled: BoxFuture<'a, Handled> = match edge.admit(request.headers()) {
            Ok(source) => {
                request.extensions_mut().insert(source);
                Box::pin(handler(request))
            }
            Err(problem) => Box::pin(ready(Err(problem))),
        };
        async {
            let handled = telemetry::observed(call, handled, Response::status).await;
            Ok::<_, Error>(handled.unwrap_or_else(Problem::into_response))
        }
    }))
    .await
}

/// The request's JSON body, of at most [`request_json::MAX_BODY_BYTES`].
///
/// # Errors
/// [`Refusal::BodyTooLarge`] and [`Refusal::Malformed`].
pub fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    body_within(request, request_json::MAX_BODY_BYTES)
}

/// The request's JSON body, of at most `max_bytes`.
///
/// # Errors
/// [`Refusal::BodyTooLarge`] and [`Refusal::Malformed`].
pub fn body_within<T: DeserializeOwned>(request: &Request, max_bytes: usize) -> Result<T, Refusal> {
    let bytes = match request.body() {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    };
    request_json::parse_within(bytes, max_bytes)
}
