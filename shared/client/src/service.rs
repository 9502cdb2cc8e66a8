//! Where a service is.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method};
use serde_json::Value;

use crate::headers::header;
use crate::redact::redacted;
use crate::{Call, ClientError, Transport};

/// A service under its base URL, which ends in `/v1`.
///
/// ```no_run
/// # async fn run() -> Result<(), scanlatch_client::ClientError> {
/// use scanlatch_client::{Method, Service};
///
/// let service = Service::new("https://login.example.com/v1");
/// let keys: serde_json::Value = service.call(Method::GET, "/.well-known/jwks.json").await?;
/// # let _ = keys;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Service {
    base_url: String,
    transport: Transport,
    headers: HeaderMap,
}
redacted!(Service);

impl Service {
    /// The service at this base URL.
    pub fn new(base_url: &str) -> Self {
        Self { base_url: base_url.to_owned(), transport: Transport::new(), headers: HeaderMap::new() }
    }

    /// The same, reached by this transport.
    #[must_use]
    pub fn with_transport(self, transport: Transport) -> Self {
        Self { transport, ..self }
    }

    /// The same, with a header on every call, as a browser or a proxy adds it.
    ///
    /// # Errors
    /// [`ClientError::Unsendable`].
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, ClientError> {
        let (name, value) = header(name, value)?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// The base URL.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How it is reached.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// A call without a body, to a path below the base URL.
    pub fn call<T>(&self, method: Method, path: &str) -> Call<T> {
        Call::new(self.transport.clone(), method, format!("{}{path}", self.base_url), self.headers.clone())
    }

    pub(crate) fn get<T>(&self, path: &str, authorization: &str) -> Call<T> {
        self.call(Method::GET, path).header(AUTHORIZATION, authorization)
    }

    pub(crate) fn send<T>(&self, method: Method, path: &str, authorization: &str, body: &Value) -> Call<T> {
        self.call(method, path)
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string())
    }

    pub(crate) fn post<T>(&self, path: &str, authorization: &str, body: &Value) -> Call<T> {
        self.send(Method::POST, path, authorization, body)
    }
}
