//! Refuses requests that web pages of other sites can send to this machine. They come under a name that resolves to it
//! (DNS rebinding), or from another origin. Requests from the network, which `--host` lets in, must name that address,
//! and reach the pages and the two APIs alone.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
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

    fn admit<B>(&self, request: &Request<B>) -> bool {
        let host = text(request.headers(), HOST);
        match request.extensions().get::<Network>() {
            Some(network) => network.is(host),
            None => is_this_machine(name(host)) || self.0.contains(&name(host).to_ascii_lowercase()),
        }
    }
}

/// The address of whoever sent a request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The address of `--host`. A request carries it if it came in there.
#[derive(Clone, Copy, Debug)]
pub struct Network(SocketAddr);

impl Network {
    /// This address.
    pub fn at(address: SocketAddr) -> Self {
        Self(address)
    }

    /// The origin of pages there.
    pub fn origin(self) -> String {
        format!("https://{}", self.0)
    }

    /// Where a URL of this machine is reached from the network: `http` and `ws` become `https` and `wss`.
    pub fn reaches(self, url: &str) -> String {
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let path = rest.split_once('/').map(|(_, path)| path).unwrap_or_default();
        format!("{scheme}s://{}/{path}", self.0)
    }

    fn is(self, host: &str) -> bool {
        address(name(host)) == Some(self.0.ip())
    }
}

/// Passes requests under a known name.
pub async fn under_a_known_name(State(hosts): State<Hosts>, request: Request<Body>, next: Next) -> Response {
    if hosts.admit(&request) { next.run(request).await } else { refused() }
}

/// Passes requests that name this machine and do not come from a page of another origin.
pub async fn from_this_machine(request: Request<Body>, next: Next) -> Response {
    if is_from_this_machine(&request) { next.run(request).await } else { refused() }
}

/// Passes the same, and from the network requests that no page of another origin sends.
pub async fn from_own_pages(request: Request<Body>, next: Next) -> Response {
    if is_from_own_pages(&request) { next.run(request).await } else { refused() }
}

/// Whether a request came in on this machine, names it and does not come from a page of another origin.
pub fn is_from_this_machine<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    let is_here = request.extensions().get::<Network>().is_none();
    is_here && is_this_machine(name(text(headers, HOST))) && is_of_origin("http", headers)
}

fn is_from_own_pages<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    match request.extensions().get::<Network>() {
        Some(network) => network.is(text(headers, HOST)) && is_of_origin("https", headers),
        None => is_from_this_machine(request),
    }
}

/// Whether a request comes from a page of its own host and this scheme, or from no page.
fn is_of_origin(scheme: &str, headers: &HeaderMap) -> bool {
    let origin = headers.get(ORIGIN).map(|_| text(headers, ORIGIN));
    origin.is_none_or(|origin| origin == format!("{scheme}://{}", text(headers, HOST)))
}

/// The answer to every other request.
pub fn refused() -> Response {
    let why = "This stack answers under localhost, and pages of its own; --allow-host NAME adds a name for the APIs, \
               --host an address for the pages too.";
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
    name.eq_ignore_ascii_case("localhost") || address(name).is_some_and(|address| address.is_loopback())
}

/// The address that a host is, with or without brackets.
fn address(name: &str) -> Option<IpAddr> {
    name.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(name).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(host: &str) -> Request<()> {
        Request::builder().header(HOST, host).body(()).unwrap()
    }

    /// The same over the network, at 127.0.0.2:3000, so that the address itself cannot tell the two apart.
    fn from_network(host: &str, origin: Option<&str>) -> Request<()> {
        let mut request = self::host(host);
        if let Some(origin) = origin {
            request.headers_mut().insert(ORIGIN, origin.parse().unwrap());
        }
        request.extensions_mut().insert(Network::at("127.0.0.2:3000".parse().unwrap()));
        request
    }

    #[test]
    fn a_name_that_was_allowed_serves_the_apis_only() {
        let hosts = Hosts::with(&["Tunnel.example".to_owned()]);
        for name in ["tunnel.example", "TUNNEL.example:443"] {
            let request = host(name);
            assert!(hosts.admit(&request) && !is_from_this_machine(&request) && !is_from_own_pages(&request), "{name}");
        }
        assert!(!hosts.admit(&host("other.example")));
        assert!(!hosts.admit(&Request::new(())));
    }

    #[test]
    fn the_network_reaches_pages_and_apis_under_its_address_and_nothing_else() {
        let request = from_network("127.0.0.2:3000", Some("https://127.0.0.2:3000"));
        assert!(Hosts::default().admit(&request) && is_from_own_pages(&request) && !is_from_this_machine(&request));
        let hosts = Hosts::with(&["tunnel.example".to_owned()]);
        for name in
            ["localhost:3000", "127.0.0.1:3000", "[::1]", "192.168.1.5:3000", "tunnel.example", "evil.example", ""]
        {
            let request = from_network(name, None);
            assert!(
                !hosts.admit(&request) && !is_from_own_pages(&request) && !is_from_this_machine(&request),
                "{name}"
            );
        }
    }

    #[test]
    fn a_page_elsewhere_sends_nothing_to_the_pages_of_the_network() {
        for origin in ["https://evil.example", "http://127.0.0.2:3000", "https://127.0.0.2:3001", "null"] {
            assert!(!is_from_own_pages(&from_network("127.0.0.2:3000", Some(origin))), "{origin}");
        }
    }

    #[test]
    fn urls_are_told_as_the_network_reaches_them() {
        let network = Network::at("[2001:db8::1]:3000".parse().unwrap());
        assert_eq!(network.origin(), "https://[2001:db8::1]:3000");
        assert_eq!(network.reaches("http://localhost:3000/v1"), "https://[2001:db8::1]:3000/v1");
        assert_eq!(network.reaches("ws://localhost:3000/ws-v1"), "wss://[2001:db8::1]:3000/ws-v1");
    }

    #[test]
    fn a_host_that_comes_twice_is_none() {
        let mut twice = host("localhost");
        twice.headers_mut().append(HOST, "localhost".parse().unwrap());
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
