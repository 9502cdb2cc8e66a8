//! The tenant's backend.

use scanlatch_client::Backend as Server;
use serde_json::json;

use crate::commands::smoke::error::{SmokeError, check_member};
use crate::commands::smoke::site::Site;

/// A backend.
pub struct Backend(Server);

impl Backend {
    /// The backend of the site's tenant.
    pub fn new(site: &Site) -> Self {
        Self(Server::new(site.service.clone(), site.secret.expose()))
    }

    /// A user token with which a phone of `user` may enrol.
    pub async fn user_token(&self, user: &str) -> Result<String, SmokeError> {
        Ok(self.0.track(user, "enrol", &json!({ "scope": "add:authenticators" })).await?.token)
    }

    /// Checks that `token` proves that `user` approved `action`.
    pub async fn validate(&self, token: &str, user: &str, action: &str) -> Result<(), SmokeError> {
        let validated = self.0.validate(&json!({ "token": token, "userId": user, "action": action })).await?;
        check_member("state", &validated.state.as_deref(), &Some("CHALLENGE_SUCCEEDED"))?;
        check_member("userId", &validated.user_id.as_deref(), &Some(user))
    }

    /// Deletes `user`.
    pub async fn delete(&self, user: &str) -> Result<(), SmokeError> {
        self.0.delete_user(user).await?;
        Ok(())
    }
}
