//! Screens: one that polls, one that listens.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use scanlatch_protocol::base64;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::api::{Answer, Api};

/// A screen that polls.
#[derive(Clone, Debug)]
pub struct PollingScreen {
    api: Api,
    tenant: String,
    token: Option<String>,
}

impl PollingScreen {
    /// Anybody's screen of the tenant.
    pub fn new(api: Api, tenant_id: &str) -> Self {
        Self { api, tenant: tenant_id.to_owned(), token: None }
    }

    /// The same screen with a user token.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// `Basic` as the browser SDK writes it: no colon.
    pub fn authorization(&self) -> String {
        format!("Basic {}", base64::encode(self.tenant.as_bytes()))
    }

    /// Asks for a challenge.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn create(&self, body: &Value) -> Result<Answer> {
        let authorization = self.token.as_ref().map_or_else(|| self.authorization(), |t| format!("Bearer {t}"));
        self.api.post("/client/challenge/qr-code", &authorization, body).await
    }

    /// Asks for a challenge to log in; returns its id and device code.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn open(&self) -> Result<(String, String)> {
        let answer = self.create(&json!({ "action": "login" })).await?;
        answer.assert_ok();
        Ok((answer.text("challengeId"), answer.text("deviceCode")))
    }

    /// Asks how a challenge stands.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn poll(&self, challenge: &str, device_code: &str) -> Result<Answer> {
        let body = json!({ "challengeId": challenge, "deviceCode": device_code });
        self.api.post("/client/verify/qr-code", &self.authorization(), &body).await
    }
}

/// A screen that listens.
#[derive(Debug)]
pub struct SocketScreen {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

fn offers(identity: &str) -> String {
    format!("authsignal-ws, {identity}")
}

/// The status that a handshake with these sub-protocols gets: 101, or why not.
///
/// # Errors
/// If no answer comes.
pub async fn handshake_status(ws_url: &str, sub_protocols: Option<&str>, origin: Option<&str>) -> Result<u16> {
    let mut request = ws_url.into_client_request()?;
    for (name, value) in [("Sec-WebSocket-Protocol", sub_protocols), ("Origin", origin)] {
        if let Some(value) = value {
            request.headers_mut().insert(name, HeaderValue::from_str(value)?);
        }
    }
    match connect_async(request).await {
        Ok(_) => Ok(101),
        Err(Error::Http(response)) => Ok(response.status().as_u16()),
        Err(error) => Err(error.into()),
    }
}

impl SocketScreen {
    /// Anybody's screen of the tenant.
    ///
    /// # Errors
    /// If the handshake is refused.
    pub async fn open(ws_url: &str, tenant_id: &str) -> Result<Self> {
        Self::connect(ws_url, &offers(&format!("x.authsignal.tenant.{tenant_id}"))).await
    }

    /// A screen with a user token.
    ///
    /// # Errors
    /// If the handshake is refused.
    pub async fn open_for_user(ws_url: &str, token: &str) -> Result<Self> {
        Self::connect(ws_url, &offers(&format!("x.authsignal.token.{token}"))).await
    }

    async fn connect(ws_url: &str, sub_protocols: &str) -> Result<Self> {
        let mut request = ws_url.into_client_request()?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_str(sub_protocols)?);
        request.headers_mut().insert("User-Agent", HeaderValue::from_static("Kiosk/1.0"));
        let (socket, response) = connect_async(request).await?;
        let echoed = response.headers().get("Sec-WebSocket-Protocol").context("no sub-protocol")?;
        if echoed != "authsignal-ws" {
            bail!("the handshake echoed {echoed:?}");
        }
        Ok(Self { socket })
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
        let answer = self.ask(&json!({ "challengeType": "QR_CODE", "actionCode": "login" })).await?;
        let id = answer["data"]["challengeId"].as_str().with_context(|| format!("no challenge in {answer}"))?;
        Ok(id.to_owned())
    }

    /// Sends text.
    ///
    /// # Errors
    /// If the socket is closed.
    pub async fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.socket.send(Message::text(text)).await?)
    }

    /// The next message.
    ///
    /// # Errors
    /// If none comes within ten seconds.
    pub async fn next(&mut self) -> Result<Value> {
        loop {
            match timeout(Duration::from_secs(10), self.socket.next()).await? {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text)?),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => bail!("instead of a message: {other:?}"),
            }
        }
    }

    /// Whether nothing more has come once everything sent so far was answered.
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
    pub async fn leave(mut self) -> Result<Vec<Value>> {
        self.socket.close(None).await?;
        let mut heard = Vec::new();
        while let Some(Ok(message)) = self.socket.next().await {
            if let Message::Text(text) = message {
                heard.push(serde_json::from_str(&text)?);
            }
        }
        Ok(heard)
    }

    /// Leaves.
    ///
    /// # Errors
    /// If the socket is closed already.
    pub async fn close(mut self) -> Result<()> {
        self.socket.close(None).await?;
        while self.socket.next().await.is_some_and(|message| message.is_ok()) {}
        Ok(())
    }
}
