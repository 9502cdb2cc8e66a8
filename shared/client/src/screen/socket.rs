use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderValue, StatusCode};
use rustls::ClientConfig;
use scanlatch_protocol::wire::error::ErrorBody;
use scanlatch_protocol::wire::socket::SUB_PROTOCOL;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use crate::redact::redacted;
use crate::transport::PATIENCE;
use crate::{ClientError, Transport};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a screen says to open a socket.
#[derive(Clone)]
pub struct Handshake {
    url: String,
    headers: Vec<(&'static str, String)>,
    tls: Option<Arc<ClientConfig>>,
}
redacted!(Handshake);

impl Handshake {
    /// For a screen of the tenant without a user token.
    pub fn anybody(url: &str, tenant: &str) -> Self {
        Self::offering(url, Some(&format!("{SUB_PROTOCOL}, x.authsignal.tenant.{tenant}")))
    }

    /// For a screen with a user token.
    pub fn user(url: &str, token: &str) -> Self {
        Self::offering(url, Some(&format!("{SUB_PROTOCOL}, x.authsignal.token.{token}")))
    }

    /// For any sub-protocols, or none.
    pub fn offering(url: &str, sub_protocols: Option<&str>) -> Self {
        let headers = sub_protocols.map(|offers| ("Sec-WebSocket-Protocol", offers.to_owned()));
        Self { url: url.to_owned(), headers: headers.into_iter().collect(), tls: None }
    }

    /// The same, trusting the certificates that this transport trusts.
    #[must_use]
    pub fn over(self, transport: &Transport) -> Self {
        Self { tls: Some(transport.tls()), ..self }
    }

    /// The same, from a page of this origin.
    #[must_use]
    pub fn from_origin(self, origin: &str) -> Self {
        self.with_header("Origin", origin)
    }

    /// The same, with this user agent.
    #[must_use]
    pub fn by_agent(self, agent: &str) -> Self {
        self.with_header("User-Agent", agent)
    }

    /// The same, with this header, as a browser or a proxy adds it.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Opens the socket.
    ///
    /// # Errors
    /// [`ClientError::NoSocket`] with the status of a refusal.
    pub async fn open(self) -> Result<SocketScreen, ClientError> {
        let (socket, answer) = self.connect().await?;
        // The WebSocket library accepts any sub-protocol that was offered.
        match answer.headers().get("Sec-WebSocket-Protocol") {
            Some(echoed) if echoed == SUB_PROTOCOL => Ok(SocketScreen(socket)),
            other => Err(ClientError::Unexpected(format!("the handshake chose {other:?} and not {SUB_PROTOCOL}"))),
        }
    }

    /// The status of the handshake: 101, or that of the refusal.
    ///
    /// # Errors
    /// [`ClientError::NoAnswer`].
    pub async fn status(self) -> Result<StatusCode, ClientError> {
        match self.connect().await {
            Ok(_) => Ok(StatusCode::SWITCHING_PROTOCOLS),
            Err(ClientError::NoSocket(status)) => Ok(status),
            Err(error) => Err(error),
        }
    }

    async fn connect(self) -> Result<(Socket, Response), ClientError> {
        let silence = |why: String| ClientError::NoAnswer(format!("{}: {why}", self.url));
        let mut request = self.url.as_str().into_client_request().map_err(|error| silence(error.to_string()))?;
        for (name, value) in &self.headers {
            let value = HeaderValue::from_str(value).map_err(|error| silence(error.to_string()))?;
            request.headers_mut().insert(*name, value);
        }
        let tls = self.tls.clone().map(Connector::Rustls);
        match timeout(PATIENCE, Box::pin(connect_async_tls_with_config(request, None, false, tls))).await {
            Ok(Ok(connected)) => Ok(connected),
            Ok(Err(Error::Http(refused))) => Err(ClientError::NoSocket(refused.status())),
            Ok(Err(error)) => Err(silence(error.to_string())),
            Err(_) => Err(silence("it took too long".to_owned())),
        }
    }
}

/// A screen that is told how its challenge stands.
///
/// ```no_run
/// # async fn run() -> Result<(), scanlatch_client::ClientError> {
/// use scanlatch_client::Handshake;
/// use scanlatch_client::screen::Notice;
///
/// let handshake = Handshake::anybody("wss://login.example.com/ws", "98634c7b-6673-44ea-9a6b-503cccdf0430");
/// let mut screen = handshake.open().await?;
/// screen.ask("login").await?;
/// loop {
///     if let Notice::StateChange { state, .. } = screen.hear().await? {
///         println!("{state}");
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct SocketScreen(Socket);

/// What a screen is told.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Notice {
    /// There is a challenge to show.
    #[serde(rename_all = "camelCase")]
    ChallengeCreated {
        /// The challenge.
        challenge_id: String,
        /// When it is over; ISO 8601.
        expires_at: String,
        /// How it stands.
        state: String,
        /// With this secret the screen resumes on another socket, if it asked for that.
        device_code: Option<String>,
        /// What people type who cannot scan, if the screen asked for it.
        short_code: Option<String>,
    },
    /// The screen is back.
    #[serde(rename_all = "camelCase")]
    ChallengeResumed {
        /// The challenge.
        challenge_id: String,
        /// When it is over; ISO 8601.
        expires_at: String,
        /// How it stands.
        state: String,
        /// The result token of an approval.
        access_token: Option<String>,
    },
    /// Somebody did something with the challenge.
    #[serde(rename_all = "camelCase")]
    StateChange {
        /// The challenge.
        challenge_id: String,
        /// How it stands.
        state: String,
        /// The result token of an approval.
        access_token: Option<String>,
        /// The number to show, if the phone is asked for one.
        verification_code: Option<String>,
    },
    /// A message of the screen was refused.
    Error(ErrorBody),
}
redacted!(Notice);

impl SocketScreen {
    /// Asks for a challenge in place of the one that is shown.
    ///
    /// # Errors
    /// [`ClientError::Silent`].
    pub async fn ask(&mut self, action: &str) -> Result<(), ClientError> {
        let data = json!({ "challengeType": "QR_CODE", "actionCode": action });
        self.send(&json!({ "type": "CREATE_CHALLENGE", "data": data }).to_string()).await
    }

    /// Asks for a challenge with a short code in place of the one that is shown.
    ///
    /// # Errors
    /// [`ClientError::Silent`].
    pub async fn ask_with_short_code(&mut self, action: &str) -> Result<(), ClientError> {
        self.ask_with(json!({ "actionCode": action, "shortCode": true })).await
    }

    /// Asks for a challenge with these members, such as `actionCode`, `custom` and `resumable`.
    ///
    /// # Errors
    /// [`ClientError::Silent`].
    pub async fn ask_with(&mut self, mut data: Value) -> Result<(), ClientError> {
        data["challengeType"] = "QR_CODE".into();
        self.send(&json!({ "type": "CREATE_CHALLENGE", "data": data }).to_string()).await
    }

    /// Asks for a challenge, as [`ask`](Self::ask) does, and waits for its id.
    ///
    /// # Errors
    /// [`ClientError::Silent`] or [`ClientError::Unexpected`].
    pub async fn challenge(&mut self, action: &str) -> Result<String, ClientError> {
        self.ask(action).await?;
        self.created().await
    }

    /// Asks for a challenge on a screen that shows the number that a phone is asked for, and waits for its id.
    ///
    /// # Errors
    /// [`ClientError::Silent`] or [`ClientError::Unexpected`].
    pub async fn challenge_with_number(&mut self, action: &str) -> Result<String, ClientError> {
        self.ask_with(json!({ "actionCode": action, "showsNumber": true })).await?;
        self.created().await
    }

    async fn created(&mut self) -> Result<String, ClientError> {
        match self.hear().await? {
            Notice::ChallengeCreated { challenge_id, .. } => Ok(challenge_id),
            Notice::Error(refusal) => Err(ClientError::Unexpected(refusal.error_description)),
            _ => Err(ClientError::Unexpected("something else came instead of a challenge".to_owned())),
        }
    }

    /// Waits for what the screen is told next.
    ///
    /// # Errors
    /// [`ClientError::Silent`] or [`ClientError::Unexpected`].
    pub async fn hear(&mut self) -> Result<Notice, ClientError> {
        let told = self.next().await?;
        serde_json::from_value(told).map_err(|error| ClientError::Unexpected(error.to_string()))
    }

    /// Waits this long for what the screen is told next; `None` if that is nothing.
    ///
    /// # Errors
    /// [`ClientError::Silent`] once the socket is closed, or [`ClientError::Unexpected`].
    pub async fn wait(&mut self, patience: Duration) -> Result<Option<Notice>, ClientError> {
        let Some(told) = self.next_within(patience).await? else { return Ok(None) };
        serde_json::from_value(told).map(Some).map_err(|error| ClientError::Unexpected(error.to_string()))
    }

    /// Waits for the next message, whatever it says.
    ///
    /// # Errors
    /// [`ClientError::Silent`], or [`ClientError::Unexpected`] if it is not JSON.
    pub async fn next(&mut self) -> Result<Value, ClientError> {
        let told = self.next_within(PATIENCE).await?;
        told.ok_or_else(|| ClientError::Silent("it stayed silent".to_owned()))
    }

    async fn next_within(&mut self, patience: Duration) -> Result<Option<Value>, ClientError> {
        let silent = |why: &str| ClientError::Silent(why.to_owned());
        loop {
            let Ok(came) = timeout(patience, self.0.next()).await else { return Ok(None) };
            match came {
                Some(Ok(Message::Text(text))) => {
                    let read = serde_json::from_str(&text).map(Some);
                    return read.map_err(|_| ClientError::Unexpected(text.to_string()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other)) => return Err(silent(&format!("{other:?} came instead"))),
                Some(Err(error)) => return Err(silent(&error.to_string())),
                None => return Err(silent("it closed")),
            }
        }
    }

    /// Sends any text.
    ///
    /// # Errors
    /// [`ClientError::Silent`].
    pub async fn send(&mut self, text: &str) -> Result<(), ClientError> {
        self.0.send(Message::text(text)).await.map_err(|error| ClientError::Silent(error.to_string()))
    }

    /// Leaves, and returns all that came until then.
    ///
    /// # Errors
    /// [`ClientError::Silent`] if the socket is closed already.
    pub async fn leave(mut self) -> Result<Vec<Value>, ClientError> {
        self.0.close(None).await.map_err(|error| ClientError::Silent(error.to_string()))?;
        let mut heard = Vec::new();
        while let Some(Ok(message)) = self.0.next().await {
            if let Message::Text(text) = message {
                heard.push(serde_json::from_str(&text).map_err(|_| ClientError::Unexpected(text.to_string()))?);
            }
        }
        Ok(heard)
    }
}
