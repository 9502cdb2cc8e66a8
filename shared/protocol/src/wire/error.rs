//! The body of every refusal.

use serde::{Deserialize, Serialize};

/// All three members are always present. Some SDKs read `error`, some `errorCode`, and all show the description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// Machine-readable code.
    pub error: String,
    /// The same code.
    pub error_code: String,
    /// A sentence for people.
    pub error_description: String,
}

impl ErrorBody {
    /// A body of this code and sentence.
    pub fn new(code: &str, description: impl Into<String>) -> Self {
        Self { error: code.to_owned(), error_code: code.to_owned(), error_description: description.into() }
    }
}

/// The same for an application of OAuth, which reads the description by another name (RFC 6749 section 5.2).
#[derive(Clone, Debug, Serialize)]
pub struct OAuthErrorBody<'a> {
    #[serde(flatten)]
    body: &'a ErrorBody,
    error_description: &'a str,
}

impl<'a> From<&'a ErrorBody> for OAuthErrorBody<'a> {
    fn from(body: &'a ErrorBody) -> Self {
        Self { body, error_description: &body.error_description }
    }
}
