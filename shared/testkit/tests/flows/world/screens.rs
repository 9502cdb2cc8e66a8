//! Screens that poll, screens on sockets, and screens that come back.

#![expect(clippy::unwrap_used, reason = "a test cannot go on without; its own texts are well formed")]

use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Challenge, ChallengeParams, Proven};
use scanlatch_protocol::context::{Context, Location, Viewer};
use scanlatch_protocol::id::{ChallengeId, ConnectionId};
use scanlatch_protocol::proximity::Sight;
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::short_code::ShortCode;
use scanlatch_protocol::wire::screen::{CreateRequest, PollResponse};
use scanlatch_protocol::wire::socket::Answer;
use scanlatch_service::{Error, Result, connect, create, disconnect, message, poll, refuse, resume};
use scanlatch_testkit::scene::fresh;
use serde_json::{Value, json, to_value};

use super::World;

impl World {
    pub async fn try_ask(&self, screen: &Identity, origin: Option<&str>) -> Result<(Challenge, DeviceCode)> {
        let asked = create::run(&self.store, &self.issuer, screen, origin, (wish(), None), viewer()).await;
        asked.map(|(challenge, code, _)| (challenge, code))
    }

    /// A polling screen's challenge.
    pub async fn ask(&self, screen: &Identity) -> (Challenge, DeviceCode) {
        self.try_ask(screen, None).await.unwrap()
    }

    /// A polling screen's challenge, opened from another address.
    pub async fn ask_from(&self, screen: &Identity, address: &str) -> Challenge {
        let viewer = Viewer { context: Context::observed(Some(address), None, None), sight: None };
        create::run(&self.store, &self.issuer, screen, None, (wish(), None), viewer).await.unwrap().0
    }

    /// A polling screen's challenge in place of the one that the screen says it showed.
    pub async fn ask_anew(&self, screen: &Identity, replaced: Proven) -> (Challenge, DeviceCode) {
        let asked = create::run(&self.store, &self.issuer, screen, None, (wish(), Some(replaced)), viewer()).await;
        asked.map(|(challenge, code, _)| (challenge, code)).unwrap()
    }

    /// A polling screen's challenge with a short code.
    pub async fn ask_with_short_code(&self, screen: &Identity) -> (Challenge, DeviceCode, ShortCode) {
        let wish = ChallengeParams { short_code: true, ..wish() };
        let asked = create::run(&self.store, &self.issuer, screen, None, (wish, None), viewer()).await;
        let (challenge, code, short_code) = asked.unwrap();
        (challenge, code, short_code.unwrap())
    }

    pub async fn try_poll(&self, id: &ChallengeId, code: &DeviceCode) -> Result<Value> {
        let standing = poll::run(&self.store, &self.issuer, &self.tenant, id, code).await?;
        Ok(to_value(PollResponse::from(standing)).unwrap())
    }

    pub async fn poll(&self, id: &ChallengeId, code: &DeviceCode) -> Value {
        self.try_poll(id, code).await.unwrap()
    }

    pub async fn try_connect(&self, screen: &Identity, origin: Option<&str>) -> Result<ConnectionId> {
        let id = ConnectionId::parse(scanlatch_protocol::base64::encode(&fresh::<11>())).unwrap();
        connect::run(&self.store, &self.issuer, screen, origin, id.clone(), viewer()).await?;
        Ok(id)
    }

    pub async fn connect(&self, screen: &Identity) -> ConnectionId {
        self.try_connect(screen, None).await.unwrap()
    }

    pub async fn try_show(&self, screen: &ConnectionId) -> Result<Challenge> {
        message::run(&self.store, screen, wish(), false).await.map(|(challenge, ..)| challenge)
    }

    /// The same as the function answers it: a refusal costs a token or the socket.
    pub async fn try_show_or_pay(&self, screen: &ConnectionId) -> Result<Challenge> {
        let shown = self.try_show(screen).await;
        if let Err(Error::Refused(_)) = &shown {
            self.refuse(screen).await;
        }
        shown
    }

    /// A message that is refused.
    pub async fn refuse(&self, screen: &ConnectionId) {
        refuse::run(&self.store, screen).await.unwrap();
    }

    /// The challenge that a socket asks for, the first time or to refresh.
    pub async fn show(&self, screen: &ConnectionId) -> Challenge {
        self.try_show(screen).await.unwrap()
    }

    /// The same, with the device code for coming back.
    pub async fn show_resumable(&self, screen: &ConnectionId) -> (Challenge, DeviceCode) {
        let (challenge, code, _) = message::run(&self.store, screen, wish(), true).await.unwrap();
        (challenge, code.unwrap())
    }

    /// The challenge that a socket asks for, with a short code.
    pub async fn show_with_short_code(&self, screen: &ConnectionId) -> (Challenge, ShortCode) {
        let wish = ChallengeParams { short_code: true, ..wish() };
        let (challenge, _, short_code) = message::run(&self.store, screen, wish, false).await.unwrap();
        (challenge, short_code.unwrap())
    }

    pub async fn try_resume(&self, screen: &ConnectionId, id: &ChallengeId, code: &DeviceCode) -> Result<Value> {
        let (challenge, standing) = resume::run(&self.store, &self.issuer, screen, id, code).await?;
        Ok(serde_json::from_str(&Answer::resumed(&challenge, &standing).to_text()).unwrap())
    }

    /// Resumes a challenge on this socket and returns the answer's data.
    pub async fn resume(&self, screen: &ConnectionId, id: &ChallengeId, code: &DeviceCode) -> Value {
        self.try_resume(screen, id, code).await.unwrap()["data"].take()
    }

    /// A challenge of a screen that polls, or of one on a new socket.
    pub async fn open(&self, screen: &Identity, polls: bool) -> Challenge {
        if polls { self.ask(screen).await.0 } else { self.show(&self.connect(screen).await).await }
    }

    /// Tells the service that a socket is closed.
    pub async fn leave(&self, screen: &ConnectionId) {
        disconnect::run(&self.store, screen).await.unwrap();
    }

    /// The pushes since the last call, with their sockets.
    pub fn told(&self) -> Vec<(ConnectionId, Value)> {
        let parsed = |(to, text): (ConnectionId, String)| (to, serde_json::from_str(&text).unwrap());
        self.store.pushed().into_iter().map(parsed).collect()
    }
}

/// The challenge params of every screen here.
pub fn wish() -> ChallengeParams {
    let body = json!({"action": "login", "custom": {"place": "Terminal A"}});
    serde_json::from_value::<CreateRequest>(body).unwrap().accept().unwrap().0
}

/// Where every screen here is.
pub fn viewer() -> Viewer {
    let location = Location::observed(Some("Auckland"), None, Some("NZ"));
    let context = Context::observed(Some("203.0.113.7"), Some("Kiosk/1.0"), location);
    Viewer { context, sight: Sight::observed(Some("203.0.113.7"), Some("NZ"), None, None) }
}
