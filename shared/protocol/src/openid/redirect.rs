//! Where an application may get its answers.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use crate::Refusal;

/// The longest URI, in bytes.
const MAX_BYTES: usize = 2_048;

/// A registered URI. An answer goes only to a URI that is the same text, except that the port of a loopback address does
/// not count (RFC 8252 section 7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Reads a URI that is to be registered: `https`, plain `http` on this machine, or a scheme of an application's own
    /// with a dot in it (RFC 8252 section 7.1).
    ///
    /// # Errors
    /// [`Refusal::Malformed`], also for a fragment (RFC 6749 section 3.1.2) and for a user name in it.
    pub fn parse(text: impl Into<String>) -> Result<Self, Refusal> {
        const BAD: Refusal = Refusal::malformed(
            "redirect URI",
            "must be an absolute URI without a fragment and without *, for it counts to the letter: https, http on this machine, or a scheme of your own with a dot",
        );
        let text = text.into();
        let is_plain = text.len() <= MAX_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic());
        let url = Url::parse(&text).ok().filter(|_| is_plain).ok_or(BAD)?;
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let is_good = match url.scheme() {
            "https" => text.strip_prefix("https://").is_some_and(|rest| !rest.starts_with('/')),
            "http" => is_here,
            scheme => scheme.contains('.'),
        };
        let names_nobody = url.username().is_empty() && url.password().is_none();
        // A pattern would never match.
        let is_pattern = text.contains('*');
        // What the URL parser would write differently, others may read differently.
        let is_written_so = text.starts_with(url.scheme()) && !text.contains('\\');
        if is_good && names_nobody && is_written_so && !is_pattern && !text.contains('#') {
            Ok(Self(text))
        } else {
            Err(BAD)
        }
    }

    /// Whether an answer may go to this URI, which a request presents.
    pub fn matches(&self, presented: &str) -> bool {
        self.0 == presented || without_port(&self.0).is_some_and(|own| without_port(presented) == Some(own))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands before and after the port of a loopback address.
fn without_port(uri: &str) -> Option<(&str, &str)> {
    for host in ["http://127.0.0.1", "http://[::1]"] {
        let Some(rest) = uri.strip_prefix(host) else { continue };
        let (port, after) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let digits = port.strip_prefix(':');
        let is_port =
            digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok());
        return (port.is_empty() || is_port).then_some((host, after));
    }
    None
}

/// The address of an answer: `uri` with these parameters added to its query.
pub fn answer(uri: &str, parameters: &[(&str, &str)]) -> String {
    let mut written = url::form_urlencoded::Serializer::new(String::new());
    written.extend_pairs(parameters);
    let separator = match uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{}", written.finish())
}

impl Serialize for RedirectUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RedirectUri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(text: &str) -> RedirectUri {
        RedirectUri::parse(text).unwrap()
    }

    #[test]
    fn one_other_character_is_another_uri() {
        let own = registered("https://app.example/cb?x=1");
        assert!(own.matches("https://app.example/cb?x=1"));
        for other in [
            "https://app.example/cb?x=2",
            "https://app.example/cb?x=1&y",
            "https://app.example/cb",
            "https://app.example/cb/?x=1",
            "https://app.example:443/cb?x=1",
            "https://APP.example/cb?x=1",
            "https://app.example/cb?x=1#",
            "https://app.example/a/../cb?x=1",
            "https://app.example/%63b?x=1",
            "http://app.example/cb?x=1",
            " https://app.example/cb?x=1",
        ] {
            assert!(!own.matches(other), "{other}");
        }
    }

    #[test]
    fn the_port_of_a_loopback_address_does_not_count() {
        for own in ["http://127.0.0.1/cb", "http://127.0.0.1:8080/cb"] {
            assert!(registered(own).matches("http://127.0.0.1:51234/cb"), "{own}");
            for other in [
                "http://127.0.0.1:51234/other",
                "http://127.0.0.1:99999/cb",
                "http://127.0.0.1:+80/cb",
                "http://127.0.0.1:/cb",
                "http://127.0.0.1:1@evil.example/cb",
                "http://127.0.0.1.evil.example/cb",
                "http://localhost:51234/cb",
                "http://[::1]:51234/cb",
                "https://127.0.0.1:51234/cb",
            ] {
                assert!(!registered(own).matches(other), "{own} {other}");
            }
        }
        assert!(registered("http://[::1]/cb").matches("http://[::1]:9/cb"));
        assert!(!registered("http://localhost:3000/cb").matches("http://localhost:3001/cb"));
    }

    #[test]
    fn only_addresses_that_nobody_else_can_read_are_registered() {
        for good in
            ["https://a.example", "https://a.example:8443/cb?x=1", "http://localhost:3000/cb", "com.example.app:/cb"]
        {
            assert!(RedirectUri::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/cb",
            "app.example/cb",
            "http://app.example/cb",
            "https://app.example/cb#x",
            "https://app.example/cb#",
            "https://ann@app.example/cb",
            "https://app.example\\@evil.example/cb",
            "HTTPS://app.example/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:/cb",
            "https:///cb",
            "https://app.example/c b",
            "https://app.example/ü",
        ] {
            assert!(RedirectUri::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_answer_is_added_to_the_query_that_is_there() {
        let parameters = [("code", "a+b/c"), ("state", "x y&z=\u{e9}")];
        let added = "code=a%2Bb%2Fc&state=x+y%26z%3D%C3%A9";
        assert_eq!(answer("https://a.example/cb", &parameters), format!("https://a.example/cb?{added}"));
        assert_eq!(answer("https://a.example/cb?x=1", &parameters), format!("https://a.example/cb?x=1&{added}"));
        assert_eq!(answer("https://a.example/cb?", &parameters), format!("https://a.example/cb?{added}"));
    }
}
