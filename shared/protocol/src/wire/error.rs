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
    /// The same, by the name that OAuth has for it, where an application of OAuth asks.
    #[serde(rename = "error_description", default, skip_serializing_if = "Option::is_none")]
    pub oauth_description: Option<String>,
}

impl ErrorBody {
    /// The same for an application of OAuth (RFC 6749 section 5.2).
    #[must_use]
    pub fn for_oauth(self) -> Self {
        Self { oauth_description: Some(self.error_description.clone()), ..self }
    }

    /// A body of this code and sentence.
    pub fn new(code: &str, description: impl Into<String>) -> Self {
        Self {
            error: code.to_owned(),
            error_code: code.to_owned(),
            error_description: description.into(),
            oauth_description: None,
        }
    }
}
