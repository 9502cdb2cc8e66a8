//! A backend.

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::headers::basic;
use crate::redact::redacted;
use crate::{Call, Service};

/// A server with the tenant's secret key. Parts of paths are sent as they are: encode them if needed.
///
/// ```no_run
/// # async fn run(result_token: &str) -> Result<(), scanlatch_client::ClientError> {
/// use scanlatch_client::{Backend, Service};
/// use serde_json::json;
///
/// let backend = Backend::new(Service::new("https://login.example.com/v1"), "sk_…");
/// let tracked = backend.track("ann", "pay", &json!({ "custom": { "amount": 12.5 } })).await?;
/// println!("give the screen {}", tracked.token);
/// let result = backend.validate(&json!({ "token": result_token, "userId": "ann", "action": "pay" })).await?;
/// assert!(result.is_valid);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Backend {
    service: Service,
    authorization: String,
}
redacted!(Backend);

/// An action that is tracked.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tracked {
    /// How the action stands.
    pub state: String,
    /// The action's key.
    pub idempotency_key: String,
    /// The user token, for a screen or for a device that enrols.
    pub token: String,
    /// Whether the user has a device.
    pub is_enrolled: bool,
}
redacted!(Tracked);

/// What became of a result token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Validated {
    /// Whether the user has approved the action.
    pub is_valid: bool,
    /// How the action stands.
    pub state: Option<String>,
    /// The user.
    pub user_id: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// The action's key.
    pub idempotency_key: Option<String>,
    /// Whether this is the first validation.
    pub first_use: Option<bool>,
    /// Why the token is not valid.
    pub error: Option<String>,
}

/// The tokens of a session.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// Valid for a few minutes.
    pub access_token: String,
    /// Exchanged for the next pair.
    pub refresh_token: String,
}
redacted!(Tokens);

impl Backend {
    /// A server of the tenant that owns `secret_key`.
    pub fn new(service: Service, secret_key: &str) -> Self {
        Self { service, authorization: basic(secret_key) }
    }

    /// Tracks an action of a user; `attributes` may be an empty object.
    pub fn track(&self, user: &str, action: &str, attributes: &Value) -> Call<Tracked> {
        self.post(&format!("/users/{user}/actions/{action}"), attributes)
    }

    /// Asks what became of a result token.
    pub fn validate(&self, body: &Value) -> Call<Validated> {
        self.post("/validate", body)
    }

    /// An action as it stands.
    pub fn action(&self, user: &str, action: &str, idempotency_key: &str) -> Call<Value> {
        self.get(&format!("/users/{user}/actions/{action}/{idempotency_key}"))
    }

    /// Says how an action stands, such as `BLOCK`.
    pub fn set_action_state(&self, user: &str, action: &str, idempotency_key: &str, state: &str) -> Call<Value> {
        let path = format!("/users/{user}/actions/{action}/{idempotency_key}");
        self.call(Method::PATCH, &path, &json!({ "state": state }))
    }

    /// A user.
    pub fn user(&self, user: &str) -> Call<Value> {
        self.get(&format!("/users/{user}"))
    }

    /// Changes what is stored about a user.
    pub fn update_user(&self, user: &str, attributes: &Value) -> Call<Value> {
        self.post(&format!("/users/{user}"), attributes)
    }

    /// Deletes a user and everything about them.
    pub fn delete_user(&self, user: &str) -> Call<Value> {
        self.delete(&format!("/users/{user}"))
    }

    /// A user's devices and verified addresses.
    pub fn authenticators(&self, user: &str) -> Call<Value> {
        self.get(&format!("/users/{user}/authenticators"))
    }

    /// Revokes one of them.
    pub fn delete_authenticator(&self, user: &str, authenticator: &str) -> Call<Value> {
        self.delete(&format!("/users/{user}/authenticators/{authenticator}"))
    }

    /// Begins a session for a result token.
    pub fn create_session(&self, client: &str, token: &str) -> Call<Tokens> {
        self.post("/sessions", &json!({ "clientId": client, "token": token }))
    }

    /// The next tokens of a session.
    pub fn refresh_session(&self, refresh_token: &str) -> Call<Tokens> {
        self.post("/sessions/refresh", &json!({ "refreshToken": refresh_token }))
    }

    /// The session of an access token.
    pub fn validate_session(&self, access_token: &str) -> Call<Value> {
        self.post("/sessions/validate", &json!({ "accessToken": access_token }))
    }

    /// Ends a session.
    pub fn revoke_session(&self, access_token: &str) -> Call<Value> {
        self.post("/sessions/revoke", &json!({ "accessToken": access_token }))
    }

    /// Ends all sessions of a user.
    pub fn revoke_user_sessions(&self, user: &str) -> Call<Value> {
        self.post("/sessions/user/revoke", &json!({ "userId": user }))
    }

    /// Any call with a body.
    pub fn call<T>(&self, method: Method, path: &str, body: &Value) -> Call<T> {
        self.service.send(method, path, &self.authorization, body)
    }

    /// Any `GET`.
    pub fn get<T>(&self, path: &str) -> Call<T> {
        self.service.get(path, &self.authorization)
    }

    /// Any `POST`.
    pub fn post<T>(&self, path: &str, body: &Value) -> Call<T> {
        self.service.post(path, &self.authorization, body)
    }

    /// Any `DELETE`.
    pub fn delete<T>(&self, path: &str) -> Call<T> {
        self.service.call(Method::DELETE, path).header(http::header::AUTHORIZATION, &self.authorization)
    }

    /// The backend's `Authorization` header.
    pub fn authorization(&self) -> &str {
        &self.authorization
    }
}
