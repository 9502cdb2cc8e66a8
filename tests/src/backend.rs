//! A tenant's backend.

use anyhow::Result;
use scanlatch_client::{Backend as Server, Call, Method};
use serde_json::{Value, json};

use crate::api::{Answer, Api, answer};

/// A server with the tenant's secret key.
#[derive(Clone, Debug)]
pub struct Backend(Server);

impl Backend {
    /// A server of the tenant that owns `secret_key`.
    pub fn new(api: Api, secret_key: &str) -> Self {
        Self(Server::new(api.into_service(), secret_key))
    }

    /// Its `Authorization` header.
    pub fn authorization(&self) -> &str {
        self.0.authorization()
    }

    /// Tracks an action.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn track(&self, user: &str, action: &str, attributes: &Value) -> Result<Answer> {
        answer(self.0.track(user, action, attributes)).await
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
        let call: Call<Value> = self.0.call(method, path, body);
        answer(call).await
    }

    /// `GET`.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        let call: Call<Value> = self.0.get(path);
        answer(call).await
    }

    /// `POST`.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        let call: Call<Value> = self.0.post(path, body);
        answer(call).await
    }

    /// `DELETE`.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn delete(&self, path: &str) -> Result<Answer> {
        let call: Call<Value> = self.0.delete(path);
        answer(call).await
    }

    /// Validates a token.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn validate(&self, body: &Value) -> Result<Answer> {
        answer(self.0.validate(body)).await
    }
}
