//! Which address and place a caller has, and who is believed about it.
//!
//! API Gateway's own observation counts, unless CloudFront stands before it. Then that address is the edge's, and
//! headers carry the viewer's. Anybody can send such headers, so they count only beside the secret header of our
//! distribution. If an edge is trusted, a request without the secret is refused: only the edge limits requests per
//! address. `X-Forwarded-For` never counts.

use std::env;

use lambda_http::http::HeaderMap;
use lambda_http::http::header::{ORIGIN, USER_AGENT};
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt as _};
use percent_encoding::percent_decode_str;
use scanlatch_protocol::context::{Context, Location};
use scanlatch_protocol::proximity::Sight;
use sha2::{Digest as _, Sha256};

use crate::{Problem, header};

/// The header in which the trusted edge sends its secret.
pub const EDGE_SECRET_HEADER: &str = "scanlatch-edge-secret";

const VIEWER_CITY: &str = "cloudfront-viewer-city";
const VIEWER_COUNTRY: &str = "cloudfront-viewer-country";

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
    observed(request.headers(), source_ip(request), source(request))
}

/// What was seen of whoever asks over HTTP; see [`sight`].
pub fn request_sight(request: &Request) -> Option<Sight> {
    sight(request.headers(), source_ip(request), source(request))
}

fn source_ip(request: &Request) -> Option<&str> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
        _ => None,
    }
}

fn source(request: &Request) -> Source {
    request.extensions().get().copied().unwrap_or_default()
}

/// Who is asking, from a request's or handshake's headers and the address that API Gateway saw.
pub fn observed(headers: &HeaderMap, source_ip: Option<&str>, source: Source) -> Context {
    let text = |name: &str| headers.get(name).map(header::text);
    let user_agent = text(USER_AGENT.as_str());
    let user_agent = user_agent.as_deref();
    let origin = headers.get(ORIGIN).map(header::origin);
    if source != Source::Edge {
        return Context::observed(source_ip, user_agent, None).with_origin(origin);
    }
    let decoded = |name| text(name).map(|value| percent_decode_str(&value).decode_utf8_lossy().into_owned());
    let region =
        decoded("cloudfront-viewer-country-region-name").or_else(|| decoded("cloudfront-viewer-country-region"));
    let location =
        Location::observed(decoded(VIEWER_CITY).as_deref(), region.as_deref(), text(VIEWER_COUNTRY).as_deref());
    Context::observed(viewer(headers).or(source_ip), user_agent, location).with_origin(origin)
}

/// What was seen of a caller, from a request's or handshake's headers and the address that API Gateway saw. Where no
/// edge is trusted that address is all. It is never the address of the trusted edge itself, which many callers share.
pub fn sight(headers: &HeaderMap, source_ip: Option<&str>, source: Source) -> Option<Sight> {
    if source != Source::Edge {
        return Sight::observed(source_ip, None, None, None);
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // Of an address whose city is unknown, databases give the middle of its country. All such addresses would be near
    // to each other.
    let has_city = headers.get(VIEWER_CITY).is_some_and(|city| !city.as_bytes().trim_ascii().is_empty());
    let coordinates = text("cloudfront-viewer-latitude").zip(text("cloudfront-viewer-longitude"));
    let coordinates = coordinates.filter(|_| has_city);
    Sight::observed(viewer(headers), text(VIEWER_COUNTRY), coordinates, text("cloudfront-viewer-asn"))
}

/// The viewer's address, of `ip:port`. An IPv6 address contains colons too, and may stand in brackets.
fn viewer(headers: &HeaderMap) -> Option<&str> {
    let (address, _) = headers.get("cloudfront-viewer-address")?.to_str().ok()?.rsplit_once(':')?;
    Some(address.trim_start_matches('[').trim_end_matches(']'))
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
            ("cloudfront-viewer-latitude", "-23.54750"),
            ("cloudfront-viewer-longitude", "-46.63610"),
            ("cloudfront-viewer-asn", "64500"),
            ("origin", "https://shop.example"),
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
        let seen = sight(&headers("secret"), Some("192.0.2.1"), source);
        assert_eq!(seen, Sight::observed(Some("192.0.2.1"), None, None, None));
    }

    /// The headers with some changed; an empty value removes its header.
    fn sight_with(changes: &[(&'static str, &'static str)]) -> Option<Sight> {
        let mut headers = headers("secret");
        for (name, value) in changes {
            match *value {
                "" => drop(headers.remove(*name)),
                value => drop(headers.insert(*name, HeaderValue::from_static(value))),
            }
        }
        sight(&headers, Some("192.0.2.1"), Source::Edge)
    }

    #[test]
    fn the_trusted_edge_says_where_a_caller_was_seen() {
        let coordinates = Some(("-23.5475", "-46.6361"));
        let seen = Sight::observed(Some("2001:db8::7"), Some("BR"), coordinates, Some("64500"));
        assert_eq!(sight_with(&[]), seen);
        for (written, address) in [
            ("198.51.100.4:443", Some("198.51.100.4")),
            ("[2001:db8::7]:443", Some("2001:db8::7")),
            ("198.51.100.4:443,203.0.113.7:443", None),
            ("unknown", None),
        ] {
            let seen = sight_with(&[("cloudfront-viewer-address", written)]).unwrap();
            assert_eq!(seen.address, address.map(|address| address.parse().unwrap()), "{written}");
        }
    }

    #[test]
    fn the_edges_own_address_is_nobodys_network() {
        assert_eq!(sight_with(&[("cloudfront-viewer-address", "")]).unwrap().address, None);
    }

    #[test]
    fn the_middle_of_a_country_is_no_place() {
        let seen = sight_with(&[("cloudfront-viewer-city", "")]).unwrap();
        assert_eq!((seen.coordinates, seen.country.as_deref()), (None, Some("BR")));
    }

    #[test]
    fn a_latitude_alone_is_no_place() {
        assert_eq!(sight_with(&[("cloudfront-viewer-longitude", "")]).unwrap().coordinates, None);
    }

    #[test]
    fn the_page_that_asks_is_known_with_and_without_an_edge() {
        for source in [Source::Edge, Source::Anybody] {
            let context = observed(&headers("secret"), Some("192.0.2.1"), source);
            assert_eq!(context.origin.as_deref(), Some("https://shop.example"));
        }
        assert_eq!(observed(&HeaderMap::new(), None, Source::Anybody).origin, None);
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
