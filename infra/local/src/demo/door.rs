//! Where a page came in: on this machine or at the address of the network. What it is told leads there again.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;

use crate::host::Network;

/// The host under which a request came, and whether by https.
#[derive(Clone, Debug)]
pub struct Door {
    host: String,
    is_encrypted: bool,
}

impl Door {
    /// Whether what goes out here is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// The same place of this URL's as this door reaches it, whose scheme is `http` or `ws`.
    pub fn reaches(&self, url: &str) -> String {
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let path = rest.split_once('/').map(|(_, path)| path).unwrap_or_default();
        format!("{scheme}{}://{}/{path}", if self.is_encrypted { "s" } else { "" }, self.host)
    }
}

impl<S: Sync> FromRequestParts<S> for Door {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
        Ok(Self { host, is_encrypted: parts.extensions.get::<Network>().is_some() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_told_as_the_page_that_asks_reaches_it() {
        let door = |host: &str, is_encrypted| Door { host: host.to_owned(), is_encrypted };
        let url = "ws://localhost:3000/ws-v1-challenge";
        assert_eq!(door("127.0.0.1:3000", false).reaches(url), "ws://127.0.0.1:3000/ws-v1-challenge");
        assert_eq!(door("192.168.1.5:3000", true).reaches(url), "wss://192.168.1.5:3000/ws-v1-challenge");
    }
}
