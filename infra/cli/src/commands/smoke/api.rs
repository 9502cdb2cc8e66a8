//! One call of the login, and its answer.

use ::http::header::{AUTHORIZATION, CONTENT_TYPE, ORIGIN};
use ::http::{Method, Request};
use scanlatch_protocol::base64;
use scanlatch_protocol::wire::error::ErrorBody;
use serde_json::Value;

use crate::commands::smoke::page::Page;
use crate::http::Http;

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmokeError {
    /// No answer came.
    Silence(String),
    /// An answer came, but not from the service.
    Stranger(String),
    /// The service refused, or answered something else than it should.
    Answer(String),
}

/// The calls below a base URL.
#[derive(Clone, Debug)]
pub struct Api {
    base_url: String,
    http: Http,
    page: Option<Page>,
}

impl Api {
    /// Calls below this URL.
    pub fn new(base_url: &str) -> Self {
        Self { base_url: base_url.to_owned(), http: Http::new(), page: None }
    }

    /// The same calls, made by a page, whose browser shows it only what it may read.
    pub fn of_page(&self, page: Page) -> Self {
        Self { page: Some(page), ..self.clone() }
    }

    /// Asks, as a page's browser does first, whether it may post there.
    ///
    /// # Errors
    /// If no answer comes, or the browser would refuse the call.
    pub async fn preflight(&self, path: &str) -> Result<(), SmokeError> {
        let Some(page) = &self.page else { return Ok(()) };
        let request = page.preflight(&Method::POST, &format!("{}{path}", self.base_url))?;
        let answer = self.http.call(request).await.map_err(SmokeError::Silence)?;
        page.may_call(&Method::POST, &answer)
    }

    /// `POST` with a JSON body.
    ///
    /// # Errors
    /// If no answer comes, or a refusal.
    pub async fn post(&self, path: &str, authorization: &str, body: &Value) -> Result<Value, SmokeError> {
        self.call(Method::POST, path, authorization, body.to_string()).await
    }

    /// `DELETE`.
    ///
    /// # Errors
    /// If no answer comes, or a refusal.
    pub async fn delete(&self, path: &str, authorization: &str) -> Result<Value, SmokeError> {
        self.call(Method::DELETE, path, authorization, String::new()).await
    }

    async fn call(&self, method: Method, path: &str, authorization: &str, body: String) -> Result<Value, SmokeError> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base_url))
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_TYPE, "application/json");
        if let Some(Page(origin)) = &self.page {
            request = request.header(ORIGIN, origin);
        }
        let request = request.body(body).map_err(|error| SmokeError::Silence(error.to_string()))?;
        let answer = self.http.call(request).await.map_err(SmokeError::Silence)?;
        if let Some(page) = &self.page {
            page.may_read(&answer.headers)?;
        }
        if let Ok(error) = serde_json::from_slice::<ErrorBody>(&answer.body) {
            return Err(SmokeError::Answer(format!("{}, {}: {}", answer.status, error.error, error.error_description)));
        }
        match serde_json::from_slice(&answer.body) {
            Ok(json) if answer.status.is_success() => Ok(json),
            _ => Err(SmokeError::Stranger(answer.status.to_string())),
        }
    }
}

/// `Basic` as most SDKs write it.
pub fn basic(name: &str) -> String {
    format!("Basic {}", base64::encode(format!("{name}:").as_bytes()))
}

/// A text member that the answer must have.
///
/// # Errors
/// If it has not.
pub fn text(answer: &Value, member: &str) -> Result<String, SmokeError> {
    let found = answer[member].as_str().map(str::to_owned);
    found.ok_or_else(|| SmokeError::Answer(format!("the answer has no `{member}`")))
}

/// Insists on what a member of the answer is.
///
/// # Errors
/// If it is something else.
pub fn expect(answer: &Value, member: &str, wanted: impl Into<Value>) -> Result<(), SmokeError> {
    let (wanted, found) = (wanted.into(), &answer[member]);
    if *found == wanted { Ok(()) } else { Err(SmokeError::Answer(format!("`{member}` is {found} and not {wanted}"))) }
}
