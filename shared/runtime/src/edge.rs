//! Which address and place the screen has, and who is believed about it.
//!
//! API Gateway's own observation counts, unless CloudFront stands before it. Then that address is the edge's, and
//! headers carry the viewer's. Anybody can send such headers, so they count only beside the secret header of our
//! distribution. If an edge is trusted, a request without the secret is refused: only the edge limits requests per
//! address. `X-Forwarded-For` never counts.

use std::env;

use lambda_http::http::HeaderMap;
use lambda_http::http::header::USER_AGENT;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt as _};
use percent_encoding::percent_decode_str;
use scanlatch_protocol::context::{Context, Location};
use sha2::{Digest as _, Sha256};

use crate::{Problem, header};

/// The header in which the trusted edge sends its secret.
pub const EDGE_SECRET_HEADER: &str = "scanlatch-edge-secret";

/// Who may vouch for a viewer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    /// Hex SHA-256 of each valid secret: two during a change, none if no edge is trusted.
    digests: Vec<String>,
}

impl Edge {
    /// Reads `EDGE_SECRET_SHA256`: comma-separated digests in hex, or nothing.
    pub fn from_env() -> Self {
        Self::of(&env::var("EDGE_SECRET_SHA256").unwrap_or_default())
    }

    /// The edge whose secrets have these digests.
    pub fn of(digests: &str) -> Self {
        Self { digests: digests.split(',').filter(|digest| !digest.is_empty()).map(str::to_owned).collect() }
    }

    /// Who sent these headers. The secret is hashed here, once per request.
    ///
    /// # Errors
    /// If there is an edge and these headers did not come through it.
    pub fn admit(&self, headers: &HeaderMap) -> Result<Source, Problem> {
        if self.digests.is_empty() {
            return Ok(Source::Anybody);
        }
        if self.vouches(headers) { Ok(Source::Edge) } else { Err(Problem::round_the_edge()) }
    }

    fn vouches(&self, headers: &HeaderMap) -> bool {
        let Some(secret) = headers.get(EDGE_SECRET_HEADER) else { return false };
        self.digests.contains(&format!("{:x}", Sha256::digest(secret.as_bytes())))
    }
}

/// Who sent a request. Only the edge is believed about viewers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The trusted edge.
    Edge,
    /// Any caller; no edge is trusted.
    #[default]
    Anybody,
}

/// Who is asking over HTTP. [`crate::http::serve`] stores the [`Source`] in the request.
pub fn context(request: &Request) -> Context {
    let source_ip = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        _ => None,
    };
    let source = request.extensions().get().copied().unwrap_or_default();
    observed(request.headers(), source_ip.as_deref(), source)
}

/// Who is asking, from a request's or handshake's headers and the address that API Gateway saw.
pub fn observed(headers: &HeaderMap, source_ip: Option<&str>, source: Source) -> Context {
    let text = |name: &str| headers.get(name).map(header::text);
    let user_agent = text(USER_AGENT.as_str());
    let user_agent = user_agent.as_deref();
    if source != Source::Edge {
        return Context::observed(source_ip, user_agent, None);
    }
    let decoded = |name| text(name).map(|value| percent_decode_str(&value).decode_utf8_lossy().into_owned());
    let region =
        decoded("cloudfront-viewer-country-region-name").or_else(|| decoded("cloudfront-viewer-country-region"));
    let location = Location::observed(
        decoded("cloudfront-viewer-city").as_deref(),
        region.as_deref(),
        text("cloudfront-viewer-country").as_deref(),
    );
    // "ip:port"; an IPv6 address contains colons too.
    let address = text("cloudfront-viewer-address");
    let viewer = address.as_deref().and_then(|address| address.rsplit_once(':')).map(|(ip, _)| ip);
    Context::observed(viewer.or(source_ip), user_agent, location)
}

#[cfg(test)]
mod tests {
    use lambda_http::http::HeaderValue;

    use super::*;

    // SHA-256 of "secret".
    const SECRET: &str = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    fn headers(secret: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("scanlatch-edge-secret", secret),
            ("x-forwarded-for", "198.51.100.1"),
            ("cloudfront-viewer-address", "2001:db8::7:51234"),
            ("cloudfront-viewer-city", "S%C3%A3o%20Paulo"),
            ("cloudfront-viewer-country-region-name", "Sao Paulo"),
            ("cloudfront-viewer-country", "BR"),
            ("user-agent", "Firefox"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn the_trusted_edge_is_believed_about_address_and_place() {
        let source = Edge::of(SECRET).admit(&headers("secret")).unwrap();
        let context = observed(&headers("secret"), Some("192.0.2.1"), source);
        assert_eq!(context.ip_address.as_deref(), Some("2001:db8::7"));
        let location = context.location.unwrap();
        assert_eq!(location.city.as_deref(), Some("São Paulo"));
        assert_eq!(location.country.as_deref(), Some("BR"));
    }

    #[test]
    fn nobody_else_is() {
        assert!(Edge::of(SECRET).admit(&headers("guess")).is_err());
        let source = Edge::of("").admit(&headers("secret")).unwrap();
        let context = observed(&headers("secret"), Some("192.0.2.1"), source);
        assert_eq!(context.ip_address.as_deref(), Some("192.0.2.1"));
        assert_eq!(context.location, None);
    }

    #[test]
    fn who_goes_round_the_edge_is_turned_away() {
        let edge = Edge::of(SECRET);
        assert_eq!(edge.admit(&headers("guess")).unwrap_err().status(), 403);
        assert_eq!(edge.admit(&HeaderMap::new()).unwrap_err().status(), 403);
        assert!(edge.admit(&headers("secret")).is_ok());
    }

    #[test]
    fn two_secrets_are_good_while_they_change() {
        let other = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        assert!(Edge::of(&format!("{other},{SECRET}")).admit(&headers("secret")).is_ok());
        assert!(Edge::of(&format!("{SECRET},{other}")).admit(&headers("test")).is_ok());
    }

    #[test]
    fn without_an_edge_anybody_may_come() {
        assert!(Edge::of("").admit(&HeaderMap::new()).is_ok());
    }
}
