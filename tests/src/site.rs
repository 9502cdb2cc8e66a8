//! One tenant on a stack, with its phones, its screens and its backend.

use anyhow::Result;
use serde_json::Value;

use crate::{Api, Backend, Phone, PollingScreen, SocketScreen};

/// A tenant and where it is served.
#[derive(Clone, Debug)]
pub struct Site {
    pub(crate) api_url: String,
    pub(crate) ws_url: String,
    pub(crate) tenant_id: String,
    pub(crate) secret_key: String,
}

impl Site {
    /// The demo tenant, as the ready file names it.
    pub(crate) fn from_ready(ready: &Value) -> Self {
        let text = |member: &str| ready[member].as_str().unwrap_or_default().to_owned();
        Self {
            api_url: text("apiUrl"),
            ws_url: text("wsUrl"),
            tenant_id: text("tenantId"),
            secret_key: text("secretKey"),
        }
    }

    /// The tenant's id.
    pub fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    /// Its secret key.
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// The URL of sockets.
    pub fn ws_url(&self) -> &str {
        &self.ws_url
    }

    /// The API.
    pub fn api(&self) -> Api {
        Api::new(&self.api_url)
    }

    /// The tenant's backend.
    pub fn backend(&self) -> Backend {
        Backend::new(self.api(), &self.secret_key)
    }

    /// A phone that is not enrolled.
    pub fn phone(&self) -> Phone {
        Phone::new(self.api(), &self.tenant_id)
    }

    /// A phone enrolled for `user`.
    ///
    /// # Errors
    /// If it cannot be enrolled.
    pub async fn phone_of(&self, user: &str) -> Result<Phone> {
        let phone = self.phone();
        let token = self.backend().user_token(user, "add:authenticators").await?;
        phone.enrol(&token).await?.assert_ok();
        Ok(phone)
    }

    /// A polling screen.
    pub fn polling_screen(&self) -> PollingScreen {
        PollingScreen::new(self.api(), &self.tenant_id)
    }

    /// A screen on a socket.
    ///
    /// # Errors
    /// If the handshake is refused.
    pub async fn socket_screen(&self) -> Result<SocketScreen> {
        SocketScreen::open(&self.ws_url, &self.tenant_id).await
    }
}
