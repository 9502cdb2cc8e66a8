//! The API, as the backend of a site asks it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scanlatch_client::backend::{Tracked, Validated};
use scanlatch_client::{Backend, ClientError, Service, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::Refusal;

/// The API with the secret key of the site's tenant.
#[derive(Debug)]
pub struct Api(Backend);

/// A user as the API knows them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Whether they have a device.
    pub is_enrolled: bool,
    /// What the site has kept of them.
    #[serde(default)]
    pub custom: Value,
}

impl User {
    /// Whether nothing is kept of them.
    pub fn is_blank(&self) -> bool {
        self.custom.as_object().is_none_or(serde_json::Map::is_empty)
    }
}

/// An action of a user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// What was asked for.
    #[serde(rename = "actionCode")]
    pub code: String,
    /// Its key.
    pub idempotency_key: String,
    /// How it stands.
    pub state: String,
    /// Since when, in ISO 8601.
    pub state_updated_at: String,
}

impl Action {
    /// Whether a device has decided it.
    pub fn is_decided(&self) -> bool {
        ["CHALLENGE_SUCCEEDED", DECLINED].contains(&self.state.as_str())
    }
}

/// The state of an action that was declined.
pub const DECLINED: &str = "CHALLENGE_FAILED";

/// A way for a user to prove themselves.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authenticator {
    /// Its id.
    pub user_authenticator_id: String,
    /// `DEVICE` for a device.
    pub verification_method: String,
    /// What it calls itself.
    pub display_name: Option<String>,
    /// What it runs on.
    pub device_platform: Option<String>,
    /// When it came, in ISO 8601.
    pub created_at: String,
    /// When it last decided, in ISO 8601.
    pub last_verified_at: Option<String>,
}

impl Api {
    /// The API at this base URL.
    pub fn new(base_url: &str, secret_key: &str) -> Self {
        Self(Backend::new(Service::new(base_url), secret_key))
    }

    /// The approval behind a token, if it is one of this action, and of this user if one is named.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn approval(
        &self,
        token: &str,
        action: &str,
        user: Option<&str>,
    ) -> Result<Option<(String, String)>, Refusal> {
        let mut asked = json!({ "token": token, "action": action });
        if let Some(user) = user {
            asked["userId"] = user.into();
        }
        match self.0.validate(&asked).await {
            Ok(Validated { is_valid: true, user_id: Some(user), idempotency_key: Some(key), .. }) => {
                Ok(Some((user, key)))
            }
            Ok(_) | Err(ClientError::Refused { status: StatusCode::BAD_REQUEST, .. }) => Ok(None),
            Err(_) => Err(Refusal::Unavailable),
        }
    }

    /// Tracks an action of a user.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn track(&self, user: &str, action: &str, attributes: &Value) -> Result<Tracked, Refusal> {
        self.0.track(&encoded(user), action, attributes).await.map_err(unavailable)
    }

    /// How an action of a user stands.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn state(&self, user: &str, action: &str, key: &str) -> Result<String, Refusal> {
        let action = self.0.action(&encoded(user), action, &encoded(key)).await.map_err(unavailable)?;
        Ok(action["state"].as_str().unwrap_or_default().to_owned())
    }

    /// All actions of a user.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn actions(&self, user: &str) -> Result<Vec<Action>, Refusal> {
        self.0.get(&format!("/users/{}/actions", encoded(user))).await.map_err(unavailable)
    }

    /// A user; one of whom nothing is known is blank.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn user(&self, user: &str) -> Result<User, Refusal> {
        self.0.get(&format!("/users/{}", encoded(user))).await.map_err(unavailable)
    }

    /// Keeps this of a user.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn keep(&self, user: &str, custom: &Value) -> Result<(), Refusal> {
        let kept = self.0.update_user(&encoded(user), &json!({ "custom": custom })).await;
        kept.map(|_| ()).map_err(unavailable)
    }

    /// The devices of a user.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn devices(&self, user: &str) -> Result<Vec<Authenticator>, Refusal> {
        let all: Vec<Authenticator> =
            self.0.get(&format!("/users/{}/authenticators", encoded(user))).await.map_err(unavailable)?;
        Ok(all.into_iter().filter(|one| one.verification_method == "DEVICE").collect())
    }

    /// Revokes a device of a user. Returns whether there was one.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn revoke(&self, user: &str, device: &str) -> Result<bool, Refusal> {
        match self.0.delete_authenticator(&encoded(user), &encoded(device)).await {
            Ok(_) => Ok(true),
            Err(ClientError::Refused { status: StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST, .. }) => Ok(false),
            Err(_) => Err(Refusal::Unavailable),
        }
    }
}

fn encoded(part: &str) -> String {
    utf8_percent_encode(part, NON_ALPHANUMERIC).to_string()
}

/// People can do nothing about how the API fails but try again.
fn unavailable(_error: ClientError) -> Refusal {
    Refusal::Unavailable
}
