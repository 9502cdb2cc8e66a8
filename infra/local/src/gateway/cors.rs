//! What an HTTP API with a CORS configuration does by itself. It answers preflights that no route takes, and replaces a
//! function's CORS headers. `$default` takes every method, so an API that has it answers no preflight itself.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_yaml_ng::Value;

/// A CORS configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cors {
    origins: Vec<String>,
    methods: Vec<String>,
    headers: Vec<String>,
    max_age: Option<u64>,
}

impl Cors {
    /// Reads `CorsConfiguration`.
    pub fn read(value: &Value) -> Option<Self> {
        let list = |name: &str| {
            let items = value[name].as_sequence().into_iter().flatten();
            items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        value.as_mapping().map(|_| Self {
            origins: list("AllowOrigins"),
            methods: list("AllowMethods"),
            headers: list("AllowHeaders"),
            max_age: value["MaxAge"].as_u64(),
        })
    }

    /// Whether a request is a preflight.
    pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
        method == Method::OPTIONS && headers.contains_key(ORIGIN) && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    }

    /// Replaces the CORS headers of an answer to `request`.
    pub fn apply(&self, request: &HeaderMap, preflight: bool, answer: &mut HeaderMap) {
        let own = answer.keys().filter(|name| name.as_str().starts_with("access-control-")).cloned();
        for name in own.collect::<Vec<HeaderName>>() {
            answer.remove(name);
        }
        let Some(origin) = request.get(ORIGIN).and_then(|origin| origin.to_str().ok()) else { return };
        let Some(allowed) = self.origins.iter().find(|allowed| *allowed == "*" || *allowed == origin) else { return };
        let mut set = |name: HeaderName, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                answer.insert(name, value);
            }
        };
        set(ACCESS_CONTROL_ALLOW_ORIGIN, allowed.clone());
        if preflight {
            set(ACCESS_CONTROL_ALLOW_METHODS, self.methods.join(","));
            set(ACCESS_CONTROL_ALLOW_HEADERS, self.headers.join(","));
            if let Some(seconds) = self.max_age {
                set(ACCESS_CONTROL_MAX_AGE, seconds.to_string());
            }
        }
    }
}
