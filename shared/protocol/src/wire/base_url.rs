//! The base URL that SDKs are given, and the socket URL that the browser SDK makes of it by replacing text. If the
//! replacement spoils the host name, the service cannot repair it. So it is found before anybody deploys it.

use std::fmt;

use url::Url;

/// The path of every base URL: the HTTP API's stage.
pub const BASE_PATH: &str = "/v1";

/// [`BASE_PATH`] after the replacement: the WebSocket API's stage.
pub const SOCKET_PATH: &str = "/ws-v1-challenge";

/// The answer to a call outside of [`BASE_PATH`], if the service gives the answer.
pub const NOTHING_HERE: &str =
    "Nothing is served at this path. Check that the base URL ends in /v1, without a slash after it.";

/// What the browser SDK replaces, in this order: the first occurrence of each, anywhere, in exactly this case.
const REPLACED: [(&str, &str); 4] =
    [("https://", "wss://"), ("http://", "ws://"), ("v1", "ws-v1-challenge"), ("api", "api-ws")];

/// Suffixes of AWS's own host names, which cannot get a second name.
const NAMES_OF_AWS: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".cloudfront.net"];

/// Where the browser SDK opens its socket with this base URL.
pub fn socket_url(base_url: &str) -> String {
    REPLACED.iter().fold(base_url.to_owned(), |url, (from, to)| url.replacen(from, to, 1))
}

/// Why SDKs with this base URL do not find the socket, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseUrlError {
    /// It is not a base URL. The text describes the form of one.
    NoBaseUrl(&'static str),
    /// The host name contains text that the SDK replaces.
    Spoiled {
        /// Where the SDK looks.
        looks_at: String,
        /// What it replaces in the host name.
        replaced: &'static str,
        /// What to do.
        advice: Advice,
    },
    /// The socket is served elsewhere.
    Elsewhere {
        /// Where the SDK looks.
        looks_at: String,
        /// Where the socket is.
        served_at: String,
    },
}

/// How to fix a spoiled host name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Give the same place this second name, or take another host name.
    SecondName(String),
    /// Take a host name of one's own, because this one is AWS's.
    OwnName,
    /// Take another host name.
    OtherName,
}

impl fmt::Display for BaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBaseUrl(why) => f.write_str(why),
            Self::Spoiled { looks_at, replaced, advice } => {
                write!(f, "SDKs replace `{replaced}` in the host name and look for the socket at {looks_at}; ")?;
                match advice {
                    Advice::SecondName(name) => {
                        write!(f, "give the same place the second name {name} too, or take a name without `{replaced}`")
                    }
                    Advice::OwnName => write!(f, "give the service a host name of your own, without `{replaced}`"),
                    Advice::OtherName => write!(f, "take a host name without `{replaced}`"),
                }
            }
            Self::Elsewhere { looks_at, served_at } => {
                write!(f, "SDKs look for the socket at {looks_at}, but it is served at {served_at}; make them the same")
            }
        }
    }
}

impl std::error::Error for BaseUrlError {}

/// Where SDKs with `base_url` open their socket. The socket must be served there: at `served`, or on the same host if
/// `served` is absent.
///
/// # Errors
/// Why SDKs do not find the socket.
pub fn check(base_url: &str, served: Option<&str>) -> Result<String, BaseUrlError> {
    const FORM: BaseUrlError =
        BaseUrlError::NoBaseUrl("a base URL has the form https://HOST/v1, in lower case and with nothing after it");
    let base = parsed(base_url).ok_or(FORM)?;
    let (scheme, authority) = (base.scheme(), authority(base_url));
    let looks_at = socket_url(base_url);
    let served_at = served.map_or_else(
        || format!("{}://{authority}{SOCKET_PATH}", if scheme == "https" { "wss" } else { "ws" }),
        str::to_owned,
    );
    if is_same(&looks_at, &served_at) {
        return Ok(looks_at);
    }
    let spoils = |(text, _): &&(&'static str, &str)| authority.contains(text);
    match REPLACED.iter().find(spoils) {
        Some((replaced, _)) if served.is_none() => {
            let advice = advice(&base, replaced, &looks_at);
            Err(BaseUrlError::Spoiled { looks_at, replaced, advice })
        }
        _ => Err(BaseUrlError::Elsewhere { looks_at, served_at }),
    }
}

/// The base URL, if it has the exact form. Nothing is normalised, because SDKs replace text.
fn parsed(base_url: &str) -> Option<Url> {
    let url = Url::parse(base_url).ok().filter(Url::has_host)?;
    let is_base = matches!(url.scheme(), "https" | "http")
        && base_url.starts_with(url.scheme())
        && base_url.ends_with(&format!("{}{BASE_PATH}", authority(base_url)))
        && url.path() == BASE_PATH
        && (url.username(), url.password(), url.query(), url.fragment()) == ("", None, None, None);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (is_base && authority(base_url).chars().all(is_plain)).then_some(url)
}

/// Host and port, as written.
fn authority(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split_once('/').map_or(rest, |(authority, _)| authority)
}

/// A second name helps if the replacement changes only the host, in a label that has a domain of two labels above it.
fn advice(base: &Url, replaced: &str, looks_at: &str) -> Advice {
    let host = base.host_str().unwrap_or_default();
    if NAMES_OF_AWS.iter().any(|suffix| host.ends_with(suffix)) {
        return Advice::OwnName;
    }
    let second = Url::parse(looks_at).ok().filter(|url| url.path() == SOCKET_PATH);
    let second = second.as_ref().and_then(Url::host_str);
    let above = host.split_once(replaced).map_or(0, |(_, rest)| rest.matches('.').count());
    match second {
        Some(name) if above >= 2 => Advice::SecondName(name.to_owned()),
        _ => Advice::OtherName,
    }
}

/// Whether two socket URLs lead to one place. The case of scheme and host and the scheme's default port do not matter.
fn is_same(one: &str, other: &str) -> bool {
    let parsed = |url: &str| Url::parse(url.trim_end_matches('/')).ok();
    one == other || parsed(one).is_some_and(|one| parsed(other) == Some(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoiled(base_url: &str) -> (&'static str, Advice) {
        match check(base_url, None) {
            Err(BaseUrlError::Spoiled { replaced, advice, .. }) => (replaced, advice),
            other => panic!("{base_url}: {other:?}"),
        }
    }

    #[test]
    fn the_socket_url_is_what_the_browser_sdk_makes() {
        for (base, socket) in [
            ("https://api.authsignal.com/v1", "wss://api-ws.authsignal.com/ws-v1-challenge"),
            ("https://qr.example.com/v1", "wss://qr.example.com/ws-v1-challenge"),
            ("https://qr.example.com/api/v1", "wss://qr.example.com/api-ws/ws-v1-challenge"),
            ("http://localhost:3000/v1", "ws://localhost:3000/ws-v1-challenge"),
            ("http://localhost:3000", "ws://localhost:3000"),
            ("https://api.dev1.example.com/v1", "wss://api-ws.dews-v1-challenge.example.com/v1"),
            ("https://login.therapist.com/v1", "wss://login.therapi-wsst.com/ws-v1-challenge"),
            ("https://API.example.com/v1", "wss://API.example.com/ws-v1-challenge"),
            ("https://api.api.example.com/v1", "wss://api-ws.api.example.com/ws-v1-challenge"),
        ] {
            assert_eq!(socket_url(base), socket);
        }
    }

    #[test]
    fn one_host_serves_both_if_nothing_in_its_name_is_replaced() {
        for base in [
            "https://login.example.com/v1",
            "https://http.example.com/v1",
            "https://httpsd.example.com/v1",
            "https://login.example.com:8443/v1",
            "https://API.V1.example.com/v1",
            "http://localhost:3000/v1",
            "http://[::1]:3000/v1",
        ] {
            assert_eq!(check(base, None), Ok(socket_url(base)));
        }
    }

    #[test]
    fn api_in_the_host_needs_a_second_name_of_the_same_place() {
        for (base, name) in [
            ("https://api.example.com/v1", "api-ws.example.com"),
            ("https://login.api.example.com/v1", "login.api-ws.example.com"),
            ("https://rapid.example.com:8443/v1", "rapi-wsd.example.com"),
        ] {
            assert_eq!(spoiled(base), ("api", Advice::SecondName(name.to_owned())));
        }
    }

    #[test]
    fn a_second_name_is_no_advice_where_the_domain_itself_is_replaced() {
        assert_eq!(spoiled("https://login.therapist.com/v1"), ("api", Advice::OtherName));
        assert_eq!(spoiled("http://apiary:3000/v1"), ("api", Advice::OtherName));
    }

    #[test]
    fn v1_in_the_host_cannot_be_helped() {
        assert_eq!(spoiled("https://api.dev1.example.com/v1"), ("v1", Advice::OtherName));
        assert_eq!(spoiled("https://v1.example.com/v1"), ("v1", Advice::OtherName));
    }

    #[test]
    fn names_of_aws_may_be_spoiled_and_are_not_ours_to_add_to() {
        let api = "https://a1b2c3.execute-api.us-east-1.amazonaws.com/v1";
        assert_eq!(spoiled(api), ("api", Advice::OwnName));
        assert_eq!(spoiled("https://d1234v1abcd.cloudfront.net/v1"), ("v1", Advice::OwnName));
        assert!(check("https://d1234abcd.cloudfront.net/v1", None).is_ok());
    }

    #[test]
    fn two_hosts_serve_it_if_the_second_is_what_the_first_becomes() {
        let two = |socket| check("https://api.example.com/v1", Some(socket));
        for same in ["wss://api-ws.example.com/ws-v1-challenge", "wss://API-WS.example.com:443/ws-v1-challenge/"] {
            assert!(two(same).is_ok(), "{same}");
        }
        for other in [
            "wss://api.example.com/ws-v1-challenge",
            "wss://socket.example.com/ws-v1-challenge",
            "ws://api-ws.example.com/ws-v1-challenge",
            "wss://api-ws.example.com/WS-v1-challenge",
            "wss://api-ws.example.com",
            "",
        ] {
            let served_at = other.to_owned();
            let looks_at = "wss://api-ws.example.com/ws-v1-challenge".to_owned();
            assert_eq!(two(other), Err(BaseUrlError::Elsewhere { looks_at, served_at }));
        }
    }

    #[test]
    fn what_is_no_base_url_is_told_the_form() {
        for bad in [
            "",
            "login.example.com",
            "login.example.com/v1",
            "https:///v1",
            "https://login.example.com",
            "https://login.example.com/v1/",
            "https://login.example.com/V1",
            "https://login.example.com/api/v1",
            "https://ann@login.example.com/v1",
            "https://login.example.com/v1?x=/v1",
            "HTTPS://login.example.com/v1",
            "wss://login.example.com/v1",
        ] {
            assert!(matches!(check(bad, None), Err(BaseUrlError::NoBaseUrl(_))), "{bad}");
        }
    }

    #[test]
    fn a_misfit_is_one_sentence_that_says_what_to_do() {
        let said = check("https://api.example.com/v1", None).unwrap_err().to_string();
        assert_eq!(
            said,
            "SDKs replace `api` in the host name and look for the socket at wss://api-ws.example.com/ws-v1-challenge; \
             give the same place the second name api-ws.example.com too, or take a name without `api`"
        );
    }
}
