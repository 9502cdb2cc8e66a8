//! What an HTTP function answers.

use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

/// Success: 200 and an object. Some SDKs accept only a content type without parameters.
pub fn ok(value: &impl Serialize) -> Response<Body> {
    json(StatusCode::OK, value)
}

/// Success that any cache may keep for five minutes.
pub fn ok_cacheable(value: &impl Serialize) -> Response<Body> {
    let mut response = ok(value);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

/// Success that made something: 201 and an object (RFC 9126 section 2.2).
pub fn created(value: &impl Serialize) -> Response<Body> {
    json(StatusCode::CREATED, value)
}

/// Success without anything to say: 200 and no body (RFC 7009 section 2.2).
pub fn empty() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Success without a body: 204.
pub fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    // Replies are structs of texts, numbers and checked JSON; they always serialise.
    let text = serde_json::to_string(value).unwrap_or_default();
    let mut response = Response::new(Body::Text(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cached(response: &Response<Body>) -> Option<&str> {
        response.headers().get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok())
    }

    #[test]
    fn no_cache_keeps_an_answer_but_the_published_keys() {
        for status in [StatusCode::OK, StatusCode::UNAUTHORIZED, StatusCode::SERVICE_UNAVAILABLE] {
            assert_eq!(cached(&json(status, &"token")), Some("no-store"));
        }
        for response in [ok(&"token"), created(&"request"), empty()] {
            assert_eq!(cached(&response), Some("no-store"));
        }
        assert_eq!(cached(&ok_cacheable(&"keys")), Some("public, max-age=300"));
    }
}
