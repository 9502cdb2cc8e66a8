//! Tables and keys, from the environment.

use std::env;

/// A variable is missing.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {0} is not set; infra/template.yaml sets it for every function")]
pub struct MissingVariableError(&'static str);

/// The tables, the wrapping key and the callback URL of a [`crate::Cloud`].
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of challenges, connections and spent removals (`LIVE_TABLE`).
    pub live_table: String,
    /// The table of tenants, users, credentials, actions, sessions and signing keys (`DIRECTORY_TABLE`).
    pub directory_table: String,
    /// ARN of the wrapping key (`WRAPPING_KEY`); empty for functions that sign no token.
    pub wrapping_key: String,
    /// `@connections` of the WebSocket API: the execute-api URL with its stage, whatever host clients use
    /// (`WEBSOCKET_CALLBACK_URL`). It is never derived from an event.
    pub callback_url: String,
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// The first missing variable.
    pub fn from_env() -> Result<Self, MissingVariableError> {
        let required = |name| env::var(name).map_err(|_| MissingVariableError(name));
        Ok(Self {
            live_table: required("LIVE_TABLE")?,
            directory_table: required("DIRECTORY_TABLE")?,
            wrapping_key: required("WRAPPING_KEY")?,
            callback_url: required("WEBSOCKET_CALLBACK_URL")?,
        })
    }
}
