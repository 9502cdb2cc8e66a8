//! One call.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::headers::header;
use crate::{Answer, ClientError, Transport};

/// A call that is ready to be sent. Await it for its typed answer, or [`send`](Self::send) it for the raw one.
///
/// ```no_run
/// # async fn run(screen: scanlatch_client::PollingScreen) -> Result<(), scanlatch_client::ClientError> {
/// let opened = screen.open("login").await?;
/// println!("show {}", opened.challenge_id);
/// let answer = screen.open("login").header("origin", "https://elsewhere.example").send().await?;
/// println!("a page elsewhere is told {}", answer.status);
/// # Ok(())
/// # }
/// ```
#[must_use = "a call does nothing until it is awaited or sent"]
pub struct Call<T> {
    transport: Transport,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Vec<u8>,
    broken: Option<ClientError>,
    gives: PhantomData<fn() -> T>,
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)
    }
}

impl<T> Clone for Call<T> {
    fn clone(&self) -> Self {
        Self {
            transport: self.transport.clone(),
            method: self.method.clone(),
            url: self.url.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            broken: self.broken.clone(),
            gives: PhantomData,
        }
    }
}

impl<T> Call<T> {
    pub(crate) fn new(transport: Transport, method: Method, url: String, headers: HeaderMap) -> Self {
        Self { transport, method, url, headers, body: Vec::new(), broken: None, gives: PhantomData }
    }

    pub(crate) fn broken_by(self, error: ClientError) -> Self {
        Self { broken: Some(error), ..self }
    }

    /// The same call with this header in place of any other of its name. A header that cannot be sent makes the call
    /// fail.
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        HeaderName: TryFrom<N>,
        HeaderValue: TryFrom<V>,
    {
        match header(name, value) {
            Ok((name, value)) => {
                self.headers.insert(name, value);
            }
            Err(error) => self.broken = Some(error),
        }
        self
    }

    /// The same call with any body.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The same call with a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.body(body.to_string())
    }

    /// Sends it and returns the raw answer, even if that is a refusal.
    ///
    /// # Errors
    /// [`ClientError::NoAnswer`], [`ClientError::Unsendable`] or [`ClientError::Key`].
    pub async fn send(self) -> Result<Answer, ClientError> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() =
            self.url.parse().map_err(|_| ClientError::Unsendable(format!("{} is no URL", self.url)))?;
        *request.headers_mut() = self.headers;
        self.transport.call(request).await
    }
}

impl<T: DeserializeOwned + 'static> IntoFuture for Call<T> {
    type Output = Result<T, ClientError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { self.send().await?.read() })
    }
}
