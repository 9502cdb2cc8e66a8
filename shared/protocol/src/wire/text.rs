//! Texts as SDKs send them.

use serde::{Deserialize as _, Deserializer};

use crate::Refusal;
use crate::user::MAX_TEXT;

/// An empty text counts as absent, because some SDKs send it so.
pub(crate) fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Checks a text of a profile: at most [`MAX_TEXT`] bytes without control characters.
pub(crate) fn profile_text(field: &'static str, text: Option<String>) -> Result<Option<String>, Refusal> {
    match text {
        Some(text) if text.len() > MAX_TEXT || text.chars().any(char::is_control) => {
            Err(Refusal::malformed(field, "must be at most 256 bytes of text without control characters"))
        }
        text => Ok(text),
    }
}

/// Reads a pasted token without the white space around it.
pub(crate) fn pasted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| text.trim().to_owned())
}
