//! How calls are to be asked.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// A JSON object as the body.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, Refusal> {
        let body = Bytes::from_request(request, state).await.map_err(|_| Refusal::InvalidRequest)?;
        // A list could pass for an object with its members in order.
        let members: Map<String, Value> = serde_json::from_slice(&body).map_err(|_| Refusal::InvalidRequest)?;
        serde_json::from_value(Value::Object(members)).map(Self).map_err(|_| Refusal::InvalidRequest)
    }
}

/// What a screen hands over.
#[derive(Debug, Deserialize)]
pub struct Handed {
    /// The result token.
    pub token: String,
}

/// Refuses what a form of a foreign page could send unasked, and lets nothing be kept on the way.
pub async fn asked_well(request: Request<Body>, next: Next) -> Response {
    let is_safe = [Method::GET, Method::HEAD].contains(request.method());
    let mut response =
        if is_safe || is_json(&request) { next.run(request).await } else { Refusal::NotJson.into_response() };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_json(request: &Request<Body>) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
