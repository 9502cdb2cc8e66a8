//! One HTTP call and its answer.

use std::time::Duration;

use anyhow::{Context as _, Result};
use scanlatch_client::{Call, Method, Service, Transport};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::viewer::{EDGE_SECRET_HEADER, Viewer};

/// The API under its base URL.
#[derive(Clone, Debug)]
pub struct Api(Service);

/// The longest wait for an answer: the machine is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(2);

/// How long a throttled call waits before it is repeated.
const PAUSE: Duration = Duration::from_millis(100);

/// A status, a content type and a JSON body.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Content-Type` as it came.
    pub content_type: String,
    /// The body; `null` if it is not JSON.
    pub json: Value,
}

impl Answer {
    /// The error's code.
    pub fn code(&self) -> &str {
        self.json["error"].as_str().unwrap_or_default()
    }

    /// A text member; empty if it is missing.
    pub fn text(&self, member: &str) -> String {
        self.json[member].as_str().unwrap_or_default().to_owned()
    }

    /// Whether API Gateway throttled the call. All tests on a stack share the limits.
    fn is_throttled(&self) -> bool {
        self.status == 429 && self.json["message"] == "Too Many Requests"
    }

    /// Checks that this is a refusal in the SDKs' shape.
    ///
    /// # Panics
    /// If it is not.
    pub fn assert_refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{self:?}");
        assert_eq!(self.content_type, "application/json");
        assert_eq!(self.json["errorCode"], self.json["error"]);
        assert!(!self.text("errorDescription").is_empty(), "{self:?}");
    }

    /// Checks that this is a success in the SDKs' shape.
    ///
    /// # Panics
    /// If it is not.
    pub fn assert_ok(&self) -> &Self {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.content_type, "application/json");
        assert!(self.json.is_object(), "{self:?}");
        self
    }
}

impl Api {
    /// The API at this base URL.
    pub fn new(base: &str) -> Self {
        Self(Service::new(base).with_transport(Transport::new().with_patience(PATIENCE)))
    }

    /// The same, called as CloudFront calls it: with its secret and its headers about the viewer.
    ///
    /// # Errors
    /// If a header's value is not valid.
    pub fn through_edge(&self, secret: &str, viewer: &[(&'static str, &str)]) -> Result<Self> {
        let mut service = self.0.clone().with_header(EDGE_SECRET_HEADER, secret)?;
        for (name, value) in viewer {
            service = service.with_header(name, value)?;
        }
        Ok(Self(service))
    }

    /// The same, called through CloudFront by a caller that it sees like this.
    ///
    /// # Errors
    /// If a header's value is not valid.
    pub fn seen_at(&self, viewer: Viewer) -> Result<Self> {
        let mut service = self.0.clone();
        for (name, value) in viewer.headers() {
            service = service.with_header(name, &value)?;
        }
        Ok(Self(service))
    }

    pub(crate) fn into_service(self) -> Service {
        self.0
    }

    /// `POST` with a JSON body.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn post(&self, path: &str, authorization: &str, body: &Value) -> Result<Answer> {
        self.post_raw(path, authorization, body.to_string().into_bytes()).await
    }

    /// `POST` with any body.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn post_raw(&self, path: &str, authorization: &str, body: Vec<u8>) -> Result<Answer> {
        let call = self.request(Method::POST, path).header("authorization", authorization);
        answer(call.header("content-type", "application/json").body(body)).await
    }

    /// `GET`.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn get(&self, path: &str, authorization: &str) -> Result<Answer> {
        answer(self.request(Method::GET, path).header("authorization", authorization)).await
    }

    /// A call that the test completes.
    pub fn request(&self, method: Method, path: &str) -> Call<Value> {
        self.0.call(method, path)
    }

    /// Sends this method and path, these header lines (each with its line break) and this body byte for byte. The
    /// client normalises nothing.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn send_as_is(&self, method: &str, path: &str, headers: &str, body: &str) -> Result<Answer> {
        loop {
            let answer = self.send_once(method, path, headers, body).await?;
            if !answer.is_throttled() {
                return Ok(answer);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn send_once(&self, method: &str, path: &str, headers: &str, body: &str) -> Result<Answer> {
        let rest = self.0.base_url().strip_prefix("http://").context("the base URL is not plain HTTP")?;
        let (authority, base) = rest.split_once('/').context("the base URL has no path")?;
        let mut stream = TcpStream::connect(authority).await?;
        let head =
            format!("{method} /{base}{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await?;
        let reply = String::from_utf8(reply)?;
        let (head, body) = reply.split_once("\r\n\r\n").context("no answer")?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
        let content_type = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default();
        Ok(Answer { status, content_type, json: serde_json::from_str(body).unwrap_or(Value::Null) })
    }
}

pub(crate) async fn answer<T>(call: Call<T>) -> Result<Answer> {
    loop {
        let answer = Answer::from(call.clone().send().await?);
        if !answer.is_throttled() {
            return Ok(answer);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

impl From<scanlatch_client::Answer> for Answer {
    fn from(answer: scanlatch_client::Answer) -> Self {
        let content_type = answer.headers.get("content-type").and_then(|value| value.to_str().ok());
        Self {
            status: answer.status.as_u16(),
            content_type: content_type.unwrap_or_default().to_owned(),
            json: serde_json::from_slice(&answer.body).unwrap_or(Value::Null),
        }
    }
}
