//! Screens: one that polls, one on a socket.

use anyhow::{Context as _, Result};
use scanlatch_client::{Handshake, PollingScreen as Polling, SocketScreen as Socket};
use serde_json::{Value, json};

use crate::Viewer;
use crate::api::{Answer, Api, answer};

/// A screen that polls.
#[derive(Clone, Debug)]
pub struct PollingScreen(Polling);

impl PollingScreen {
    /// A screen of the tenant without a user token.
    pub fn new(api: Api, tenant_id: &str) -> Self {
        Self(Polling::new(api.into_service(), tenant_id))
    }

    /// The same screen with a user token.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        Self(self.0.with_token(token))
    }

    /// `Basic` as the browser SDK writes it: no colon.
    pub fn authorization(&self) -> String {
        self.0.authorization()
    }

    /// Asks for a challenge.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn create(&self, body: &Value) -> Result<Answer> {
        answer(self.0.open("").json(body)).await
    }

    /// Asks for a challenge to log in; returns its id and device code.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn open(&self) -> Result<(String, String)> {
        let answer = answer(self.0.open("login")).await?;
        answer.assert_ok();
        Ok((answer.text("challengeId"), answer.text("deviceCode")))
    }

    /// Asks how a challenge stands.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn poll(&self, challenge: &str, device_code: &str) -> Result<Answer> {
        answer(self.0.poll(challenge, device_code)).await
    }
}

/// A screen on a socket.
#[derive(Debug)]
pub struct SocketScreen(Socket);

/// The status of a handshake with these sub-protocols: 101, or that of the refusal.
///
/// # Errors
/// If no answer comes.
pub async fn handshake_status(ws_url: &str, sub_protocols: Option<&str>, origin: Option<&str>) -> Result<u16> {
    let handshake = Handshake::offering(ws_url, sub_protocols);
    let handshake = if let Some(origin) = origin { handshake.from_origin(origin) } else { handshake };
    Ok(handshake.status().await?.as_u16())
}

impl SocketScreen {
    /// A screen of the tenant without a user token.
    ///
    /// # Errors
    /// If the handshake is refused.
    pub async fn open(ws_url: &str, tenant_id: &str) -> Result<Self> {
        Self::connect(Handshake::anybody(ws_url, tenant_id)).await
    }

    /// A screen with a user token.
    ///
    /// # Errors
    /// If the handshake is refused.
    pub async fn open_for_user(ws_url: &str, token: &str) -> Result<Self> {
        Self::connect(Handshake::user(ws_url, token)).await
    }

    /// A screen without a user token, on a page of `origin`, whose handshake comes through CloudFront.
    ///
    /// # Errors
    /// If the handshake is refused.
    pub async fn open_seen_at(ws_url: &str, tenant_id: &str, viewer: Viewer, origin: &str) -> Result<Self> {
        let handshake = Handshake::anybody(ws_url, tenant_id).from_origin(origin);
        let through = viewer.headers().fold(handshake, |handshake, (name, value)| handshake.with_header(name, &value));
        Self::connect(through).await
    }

    async fn connect(handshake: Handshake) -> Result<Self> {
        Ok(Self(handshake.by_agent("Kiosk/1.0").open().await?))
    }

    /// Asks for a challenge and returns the whole answer.
    ///
    /// # Errors
    /// If none comes.
    pub async fn ask(&mut self, data: &Value) -> Result<Value> {
        self.send(&json!({ "type": "CREATE_CHALLENGE", "data": data }).to_string()).await?;
        self.next().await
    }

    /// Asks for a challenge to log in; returns its id.
    ///
    /// # Errors
    /// If none comes.
    pub async fn challenge(&mut self) -> Result<String> {
        self.0.ask("login").await?;
        let answer = self.next().await?;
        let id = answer["data"]["challengeId"].as_str().with_context(|| format!("no challenge in {answer}"))?;
        Ok(id.to_owned())
    }

    /// Sends text.
    ///
    /// # Errors
    /// If the socket is closed.
    pub async fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.0.send(text).await?)
    }

    /// The next message.
    ///
    /// # Errors
    /// If none comes in time.
    pub async fn next(&mut self) -> Result<Value> {
        Ok(self.0.next().await?)
    }

    /// Whether nothing more has come after everything that was sent is answered.
    ///
    /// # Errors
    /// If the socket is closed.
    pub async fn is_silent(&mut self) -> Result<bool> {
        self.send("{}").await?;
        Ok(self.next().await?["type"] == "ERROR")
    }

    /// Leaves, and returns all that came until then.
    ///
    /// # Errors
    /// If the socket is closed already.
    pub async fn leave(self) -> Result<Vec<Value>> {
        Ok(self.0.leave().await?)
    }

    /// Leaves.
    ///
    /// # Errors
    /// If the socket is closed already.
    pub async fn close(self) -> Result<()> {
        self.leave().await?;
        Ok(())
    }
}
