//! What the environment says about tables and keys.

use std::env;
use std::path::PathBuf;

/// A variable is missing or makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {name} {why}; infra/template.yaml sets it for every function")]
pub struct Unset {
    name: &'static str,
    why: &'static str,
}

/// What a [`crate::Cloud`] stands on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of challenges and connections (`LIVE_TABLE`).
    pub live_table: String,
    /// The table of tenants, users, credentials, actions and signing keys (`DIRECTORY_TABLE`).
    pub directory_table: String,
    /// What wraps the signing keys (`WRAPPING_KEY`).
    pub wrapping_key: WrappingKey,
    /// `@connections` of the WebSocket API: the execute-api URL with its stage, whatever host clients use
    /// (`WEBSOCKET_CALLBACK_URL`). Never derived from an event.
    pub callback_url: String,
}

/// What wraps the signing keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrappingKey {
    /// A KMS key's ARN.
    Kms(String),
    /// A file with 32 bytes in hex, on a developer's machine (`file:PATH`).
    File(PathBuf),
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names the first variable that is missing.
    pub fn from_env() -> Result<Self, Unset> {
        let required = |name| env::var(name).map_err(|_| Unset { name, why: "is not set" });
        Ok(Self {
            live_table: required("LIVE_TABLE")?,
            directory_table: required("DIRECTORY_TABLE")?,
            wrapping_key: WrappingKey::parse(&required("WRAPPING_KEY")?)
                .ok_or(Unset { name: "WRAPPING_KEY", why: "is neither a KMS key's ARN nor file:PATH" })?,
            callback_url: required("WEBSOCKET_CALLBACK_URL")?,
        })
    }
}

impl WrappingKey {
    /// Reads `arn:…` or `file:PATH`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(path) = text.strip_prefix("file:") {
            return Some(Self::File(path.into()));
        }
        text.starts_with("arn:").then(|| Self::Kms(text.to_owned()))
    }
}
