//! The registered application for which a challenge was made.

use serde::{Deserialize, Serialize};

use crate::custom::Custom;
use crate::id::ClientId;
use crate::openid::scope::Scopes;

/// The application that asks. Only the service makes challenges with one, so a phone may believe what it says, unlike what
/// a screen attaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Its id.
    pub client: ClientId,
    /// What it is called, as its operator registered it.
    pub name: String,
    /// How it gets its tokens.
    pub door: Door,
}

impl Application {
    /// What apps show that know only what screens attach: the name, as `application`.
    pub fn as_custom(&self) -> Option<Custom> {
        Custom::from_text(&serde_json::json!({ "application": self.name }).to_string())
    }
}

/// How an application gets the tokens of an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Door {
    /// By the authorization request with this digest.
    Login {
        /// [`crate::openid::request::AuthorizationRequest::id`], as it is stored.
        request: String,
    },
    /// By the device grant, with these scopes.
    Device {
        /// What the application may know.
        scopes: Scopes,
    },
}
