//! A relying party's server.

use anyhow::Result;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::api::{Answer, Api, answer, basic};

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

    /// Any call with a body.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn call(&self, method: Method, path: &str, body: &Value) -> Result<Answer> {
        let request = self.api.request(method, path).header(AUTHORIZATION, &self.authorization);
        answer(request.header(CONTENT_TYPE, "application/json").body(body.to_string())).await
    }

    /// `GET`.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.api.get(path, &self.authorization).await
    }

    /// `POST`.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.api.post(path, &self.authorization, body).await
    }

    /// `DELETE`.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn delete(&self, path: &str) -> Result<Answer> {
        answer(self.api.request(Method::DELETE, path).header(AUTHORIZATION, &self.authorization)).await
    }

    /// Validates a token.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn validate(&self, body: &Value) -> Result<Answer> {
        self.api.post("/validate", &self.authorization, body).await
    }
}
