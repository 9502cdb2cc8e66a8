//! Refuses requests that web pages of other sites can send to this machine. They come under a name that resolves to it
//! (DNS rebinding), or from another origin.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Request, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// The names, beside those of this machine, under which the two APIs answer.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Arc<BTreeSet<String>>);

impl Hosts {
    /// This machine's own names and these.
    pub fn with(names: &[String]) -> Self {
        Self(Arc::new(names.iter().map(|name| name.to_ascii_lowercase()).collect()))
    }

    fn admit(&self, headers: &HeaderMap) -> bool {
        let name = name(text(headers, HOST));
        is_this_machine(name) || self.0.contains(&name.to_ascii_lowercase())
    }
}

/// Passes requests under a known name.
pub async fn under_a_known_name(State(hosts): State<Hosts>, request: Request<Body>, next: Next) -> Response {
    if hosts.admit(request.headers()) { next.run(request).await } else { refused() }
}

/// Passes requests that name this machine and do not come from a page of another origin.
pub async fn from_this_machine(request: Request<Body>, next: Next) -> Response {
    if is_from_this_machine(request.headers()) { next.run(request).await } else { refused() }
}

/// Whether a request names this machine and does not come from a page of another origin.
pub fn is_from_this_machine(headers: &HeaderMap) -> bool {
    let host = text(headers, HOST);
    let origin = headers.get(ORIGIN).map(|_| text(headers, ORIGIN));
    is_this_machine(name(host)) && origin.is_none_or(|origin| origin == format!("http://{host}"))
}

/// The answer to every other request.
pub fn refused() -> Response {
    let why = "This stack answers under localhost, and pages of its own; --allow-host NAME adds a name for the APIs.";
    (StatusCode::FORBIDDEN, axum::Json(json!({ "message": why }))).into_response()
}

/// A header that may come once; empty if it is missing, comes twice or is not ASCII text.
fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none());
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A host without its port; empty if the port is not valid. An address in brackets contains colons too.
fn name(host: &str) -> &str {
    match host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
        None => host,
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok() => name,
        Some(_) => "",
    }
}

fn is_this_machine(name: &str) -> bool {
    let address = name.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(host: &str) -> HeaderMap {
        HeaderMap::from_iter([(HOST, host.parse().unwrap())])
    }

    #[test]
    fn a_name_that_was_allowed_serves_the_apis_only() {
        let hosts = Hosts::with(&["Tunnel.example".to_owned()]);
        for name in ["tunnel.example", "TUNNEL.example:443"] {
            assert!(hosts.admit(&host(name)) && !is_from_this_machine(&host(name)), "{name}");
        }
        assert!(!hosts.admit(&host("other.example")));
        assert!(!hosts.admit(&HeaderMap::new()));
    }

    #[test]
    fn a_host_that_comes_twice_is_none() {
        let mut twice = host("localhost");
        twice.append(HOST, "localhost".parse().unwrap());
        assert!(!is_from_this_machine(&twice) && !Hosts::default().admit(&twice));
    }

    #[test]
    fn only_names_that_cannot_be_had_elsewhere_are_this_machines() {
        for good in ["localhost", "LocalHost:1", "127.0.0.1", "127.8.0.1:80", "[::1]", "[::1]:3000"] {
            assert!(is_from_this_machine(&host(good)), "{good}");
        }
        for bad in [
            "",
            "localhost:",
            "localhost:abc",
            "localhost:99999",
            "127.0.0.1:-1",
            "[::1]:x",
            "localhost.",
            "a.localhost",
            "localhost.evil.example",
            "10.0.0.1",
            "[::2]",
            "[::1",
            "0.0.0.0",
        ] {
            assert!(!is_from_this_machine(&host(bad)), "{bad}");
        }
    }
}
