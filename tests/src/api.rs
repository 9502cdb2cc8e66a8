//! One HTTP call and its answer.

use std::time::Duration;

use anyhow::{Context as _, Result};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};
use scanlatch_protocol::base64;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The API under its base URL.
#[derive(Clone, Debug)]
pub struct Api {
    base: String,
    client: reqwest::Client,
}

/// How long a call waits that was throttled.
const PAUSE: Duration = Duration::from_millis(100);

/// A status, a content type and a JSON body.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Content-Type` as it came.
    pub content_type: String,
    /// The body; `null` if it is no JSON.
    pub json: Value,
}

impl Answer {
    /// The error's code.
    pub fn code(&self) -> &str {
        self.json["error"].as_str().unwrap_or_default()
    }

    /// A text member.
    pub fn text(&self, member: &str) -> String {
        self.json[member].as_str().unwrap_or_default().to_owned()
    }

    /// Whether API Gateway throttles the route, which all tests on a stack share.
    fn is_throttled(&self) -> bool {
        self.status == 429 && self.json["message"] == "Too Many Requests"
    }

    /// Insists on a refusal in the SDKs' shape.
    ///
    /// # Panics
    /// If it is anything else.
    pub fn assert_refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{self:?}");
        assert_eq!(self.content_type, "application/json");
        assert_eq!(self.json["errorCode"], self.json["error"]);
        assert!(!self.text("errorDescription").is_empty(), "{self:?}");
    }

    /// Insists on a success in the SDKs' shape.
    ///
    /// # Panics
    /// If it is anything else.
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
        Self { base: base.to_owned(), client: reqwest::Client::new() }
    }

    /// The same as CloudFront calls it: with its secret and what it saw of the viewer.
    ///
    /// # Errors
    /// If a header's value is none.
    pub fn through_edge(&self, secret: &str, viewer: &[(&'static str, &str)]) -> Result<Self> {
        let mut headers = HeaderMap::from_iter([(HeaderName::from_static("scanlatch-edge-secret"), secret.parse()?)]);
        for (name, value) in viewer {
            headers.insert(*name, value.parse()?);
        }
        let client = reqwest::Client::builder().default_headers(headers).build()?;
        Ok(Self { base: self.base.clone(), client })
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
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        answer(request).await
    }

    /// `GET`.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn get(&self, path: &str, authorization: &str) -> Result<Answer> {
        answer(self.client.get(format!("{}{path}", self.base)).header(AUTHORIZATION, authorization)).await
    }

    /// A request to shape freely.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A request byte for byte: this method and path, these header lines (each with its line break) and this body, as a
    /// client sends them that tidies nothing up.
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
        let rest = self.base.strip_prefix("http://").context("the base URL is not plain HTTP")?;
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

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Result<Answer> {
    loop {
        let again = request.try_clone().context("the body can be sent once only")?;
        let answer = answered(again).await?;
        if !answer.is_throttled() {
            return Ok(answer);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn answered(request: reqwest::RequestBuilder) -> Result<Answer> {
    let response = request.send().await.context("no answer")?;
    let status = response.status().as_u16();
    let content_type =
        response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let json = serde_json::from_slice(&response.bytes().await?).unwrap_or(Value::Null);
    Ok(Answer { status, content_type, json })
}

/// `Basic` as Android writes it; backends write it alike.
pub(crate) fn basic(name: &str) -> String {
    format!("Basic {}", base64::encode(format!("{name}:").as_bytes()))
}
