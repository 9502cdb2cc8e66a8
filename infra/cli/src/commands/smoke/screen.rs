//! Two screens: one that listens on a socket, one that polls.

use futures_util::{SinkExt as _, StreamExt as _};
use scanlatch_protocol::wire::error::ErrorBody;
use scanlatch_protocol::wire::socket::SUB_PROTOCOL;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::commands::smoke::api::{Api, SmokeError, basic, expect, text};
use crate::commands::smoke::page::Page;
use crate::commands::smoke::site::Site;
use crate::http::PATIENCE;

/// A screen that listens.
pub struct SocketScreen(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl SocketScreen {
    /// Opens a socket as the browser SDK does on the site's page.
    pub async fn open(site: &Site) -> Result<Self, SmokeError> {
        match Self::handshake(site, &site.page).await? {
            Ok(screen) => Ok(screen),
            Err(refused) => Err(SmokeError::Stranger(refused.to_string())),
        }
    }

    /// Insists that a page elsewhere gets no socket.
    pub async fn refused(site: &Site, elsewhere: &Page) -> Result<(), SmokeError> {
        match Self::handshake(site, elsewhere).await? {
            Err(StatusCode::FORBIDDEN) => Ok(()),
            Err(other) => Err(SmokeError::Stranger(other.to_string())),
            Ok(_) => Err(SmokeError::Answer(format!(
                "a page at {} opened one; the tenant must allow {} alone, and what stands before the API must pass `Origin` on",
                elsewhere.0, site.page.0
            ))),
        }
    }

    /// A socket, or the status that the handshake was refused with.
    async fn handshake(site: &Site, page: &Page) -> Result<Result<Self, StatusCode>, SmokeError> {
        let silence = |why: String| SmokeError::Silence(format!("{}: {why}", site.socket_url));
        let offers = format!("{SUB_PROTOCOL}, x.authsignal.tenant.{}", site.secret.tenant());
        let offers = HeaderValue::from_str(&offers).map_err(|error| silence(error.to_string()))?;
        let mut request = site.socket_url.as_str().into_client_request().map_err(|error| silence(error.to_string()))?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", offers);
        let origin = HeaderValue::from_str(&page.0).map_err(|error| silence(error.to_string()))?;
        request.headers_mut().insert("Origin", origin);
        match timeout(PATIENCE, Box::pin(connect_async(request))).await {
            // The client itself insists on one of the sub-protocols that it offered.
            Ok(Ok((socket, answer))) => match answer.headers().get("Sec-WebSocket-Protocol") {
                Some(echoed) if echoed == SUB_PROTOCOL => Ok(Ok(Self(socket))),
                other => Err(SmokeError::Answer(format!("the handshake chose {other:?} and not {SUB_PROTOCOL}"))),
            },
            Ok(Err(Error::Http(refused))) => Ok(Err(refused.status())),
            Ok(Err(error)) => Err(silence(error.to_string())),
            Err(_) => Err(silence("it took too long".to_owned())),
        }
    }

    /// Asks for a challenge, and says its id.
    pub async fn challenge(&mut self, action: &str) -> Result<String, SmokeError> {
        let data = json!({ "challengeType": "QR_CODE", "actionCode": action });
        let ask = Message::text(json!({ "type": "CREATE_CHALLENGE", "data": data }).to_string());
        self.0.send(ask).await.map_err(|error| SmokeError::Silence(error.to_string()))?;
        let answer = self.next().await?;
        expect(&answer, "type", "CHALLENGE_CREATED")?;
        text(&answer["data"], "challengeId")
    }

    /// Waits to hear that the challenge is in `state`; says the token, which is there once it is approved.
    pub async fn hears(&mut self, state: &str, challenge: &str) -> Result<String, SmokeError> {
        let heard = self.next().await?;
        expect(&heard, "type", "STATE_CHANGE")?;
        let change = &heard["data"];
        expect(change, "challengeId", challenge)?;
        expect(change, "state", state)?;
        if state == "approved" { text(change, "accessToken") } else { Ok(String::new()) }
    }

    async fn next(&mut self) -> Result<Value, SmokeError> {
        let nothing = |why: &str| SmokeError::Answer(format!("nothing came on the socket: {why}"));
        let words = loop {
            match timeout(PATIENCE, self.0.next()).await.map_err(|_| nothing("it stayed silent"))? {
                Some(Ok(Message::Text(words))) => break words,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other)) => return Err(nothing(&format!("{other:?} came instead"))),
                Some(Err(error)) => return Err(nothing(&error.to_string())),
                None => return Err(nothing("it closed")),
            }
        };
        let said: Value = serde_json::from_str(&words).map_err(|_| SmokeError::Stranger(words.to_string()))?;
        match serde_json::from_value::<ErrorBody>(said["data"].clone()) {
            Ok(error) => Err(SmokeError::Answer(format!("{}: {}", error.error, error.error_description))),
            Err(_) => Ok(said),
        }
    }

    /// Leaves.
    pub async fn leave(mut self) {
        // Whoever leaves hears no more; that nobody is there any more is nothing to tell.
        let _left = self.0.close(None).await;
    }
}

const CREATE: &str = "/client/challenge/qr-code";
const POLL: &str = "/client/verify/qr-code";

/// A screen that polls.
pub struct PollingScreen {
    api: Api,
    authorization: String,
}

impl PollingScreen {
    /// A screen of the site's tenant, on its page.
    pub fn new(site: &Site) -> Self {
        Self::on(site, site.page.clone())
    }

    fn on(site: &Site, page: Page) -> Self {
        Self { api: site.api.of_page(page), authorization: basic(&site.secret.tenant().to_string()) }
    }

    /// Asks first, as a browser does, whether the page may make these calls.
    pub async fn may_call(&self) -> Result<(), SmokeError> {
        self.api.preflight(CREATE).await?;
        self.api.preflight(POLL).await
    }

    /// Insists that a page elsewhere gets no challenge.
    pub async fn refused(site: &Site, elsewhere: Page, action: &str) -> Result<(), SmokeError> {
        let unasked = format!("a page at {} got one; the tenant must allow {} alone", elsewhere.0, site.page.0);
        match Self::on(site, elsewhere).challenge(action).await {
            Err(SmokeError::Answer(why)) if why.starts_with("403 ") => Ok(()),
            Ok(_) => Err(SmokeError::Answer(unasked)),
            Err(other) => Err(other),
        }
    }

    /// Asks for a challenge; says its id and the code to poll with.
    pub async fn challenge(&self, action: &str) -> Result<(String, String), SmokeError> {
        let body = json!({ "action": action });
        let answer = self.api.post(CREATE, &self.authorization, &body).await?;
        Ok((text(&answer, "challengeId")?, text(&answer, "deviceCode")?))
    }

    /// Insists that a phone has claimed the challenge.
    pub async fn claimed(&self, challenge: &str, code: &str) -> Result<(), SmokeError> {
        let answer = self.poll(challenge, code).await?;
        expect(&answer, "isClaimed", true)?;
        expect(&answer, "isConsumed", false)
    }

    /// The token of the approved challenge.
    pub async fn token(&self, challenge: &str, code: &str) -> Result<String, SmokeError> {
        let answer = self.poll(challenge, code).await?;
        expect(&answer, "isVerified", true)?;
        text(&answer, "accessToken")
    }

    async fn poll(&self, challenge: &str, code: &str) -> Result<Value, SmokeError> {
        let body = json!({ "challengeId": challenge, "deviceCode": code });
        self.api.post(POLL, &self.authorization, &body).await
    }
}
