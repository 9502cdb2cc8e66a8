//! The server of whoever owns the secret key.

use scanlatch_protocol::secret::SecretKey;
use serde_json::json;

use crate::commands::smoke::api::{Api, SmokeError, basic, expect, text};
use crate::commands::smoke::site::Site;

/// A backend.
pub struct Backend {
    api: Api,
    secret: SecretKey,
}

impl Backend {
    /// The site's.
    pub fn new(site: &Site) -> Self {
        Self { api: site.api.clone(), secret: site.secret.clone() }
    }

    fn authorization(&self) -> String {
        basic(self.secret.expose())
    }

    /// A token with which a phone of `user` may enrol.
    pub async fn user_token(&self, user: &str) -> Result<String, SmokeError> {
        let path = format!("/users/{user}/actions/enrol");
        let answer = self.api.post(&path, &self.authorization(), &json!({ "scope": "add:authenticators" })).await?;
        text(&answer, "token")
    }

    /// Insists that `token` says that `user` has approved `action`.
    pub async fn validate(&self, token: &str, user: &str, action: &str) -> Result<(), SmokeError> {
        let body = json!({ "token": token, "userId": user, "action": action });
        let answer = self.api.post("/validate", &self.authorization(), &body).await?;
        expect(&answer, "state", "CHALLENGE_SUCCEEDED")?;
        expect(&answer, "userId", user)
    }

    /// Deletes `user`.
    pub async fn delete(&self, user: &str) -> Result<(), SmokeError> {
        self.api.delete(&format!("/users/{user}"), &self.authorization()).await.map(|_| ())
    }
}
