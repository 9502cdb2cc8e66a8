//! A relying party's server.

use anyhow::Result;
use serde_json::{Value, json};

use crate::api::{Answer, Api, basic};

/// A server with the tenant's secret key.
#[derive(Clone, Debug)]
pub struct Backend {
    api: Api,
    authorization: String,
}

impl Backend {
    /// A server of the tenant that owns `secret_key`.
    pub fn new(api: Api, secret_key: &str) -> Self {
        Self { api, authorization: basic(secret_key) }
    }

    /// Its `Authorization` header.
    pub fn authorization(&self) -> &str {
        &self.authorization
    }

    /// Tracks an action.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn track(&self, user: &str, action: &str, attributes: &Value) -> Result<Answer> {
        self.api.post(&format!("/users/{user}/actions/{action}"), &self.authorization, attributes).await
    }

    /// A user token with a scope.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn user_token(&self, user: &str, scope: &str) -> Result<String> {
        let answer = self.track(user, "enrol", &json!({ "scope": scope })).await?;
        Ok(answer.assert_ok().text("token"))
    }

    /// Validates a token.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn validate(&self, body: &Value) -> Result<Answer> {
        self.api.post("/validate", &self.authorization, body).await
    }
}
