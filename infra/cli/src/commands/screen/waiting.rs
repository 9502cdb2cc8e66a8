//! A challenge that is shown, and the wait for what becomes of it.

use std::time::Duration;

use scanlatch_client::screen::Notice;
use scanlatch_client::{ClientError, Handshake, PollingScreen, SocketScreen};
use scanlatch_protocol::time::Timestamp;
use scanlatch_service::port::Clock as _;
use scanlatch_service::system::System;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::console::failure::CommandError;
use crate::console::output::tell;
use crate::http::PATIENCE;
use crate::site::Site;

/// How often the service is asked.
const INTERVAL: Duration = Duration::from_secs(1);
/// No challenge lives longer, however wrong this machine's clock is.
const LONGEST: Duration = Duration::from_hours(1);

/// What is asked for.
pub struct Request<'a> {
    /// A user token, to ask for one user alone.
    pub token: Option<String>,
    /// The action.
    pub action: &'a str,
    /// What the person is shown.
    pub custom: Option<&'a Value>,
    /// Whether to open no socket.
    pub polling: bool,
}

/// What became of it.
pub enum Outcome {
    /// Approved, with this result token.
    Approved(String),
    /// Declined by the person.
    Declined,
    /// Expired, or over for another reason, without an answer.
    Unanswered,
}

/// A challenge that is shown.
pub struct Waiting {
    challenge: String,
    device_code: String,
    until: Instant,
    polling: PollingScreen,
    socket: Option<SocketScreen>,
    scanned: bool,
}

impl Waiting {
    /// Opens a challenge, on a socket if one can be had.
    pub async fn open(site: &Site, request: Request<'_>) -> Result<Self, CommandError> {
        let polling = PollingScreen::new(site.service.clone(), &site.tenant.to_string()).with_numbers();
        let polling = request.token.iter().fold(polling, |screen, token| screen.with_token(token));
        if !request.polling {
            match connect(site, request.token.as_deref()).await {
                Ok(socket) => return Self::on_socket(socket, polling, &request).await,
                Err(error) => tell(&format!("There is no socket ({error}), so the service is asked each second.")),
            }
        }
        let opened = polling.open(request.action).json(&asked("action", &request)).await?;
        let until = until(&opened.expires_at);
        let (challenge, device_code) = (opened.challenge_id, opened.device_code);
        Ok(Self { challenge, device_code, until, polling, socket: None, scanned: false })
    }

    async fn on_socket(
        mut socket: SocketScreen,
        polling: PollingScreen,
        request: &Request<'_>,
    ) -> Result<Self, CommandError> {
        let mut asked = asked("actionCode", request);
        asked["resumable"] = true.into();
        socket.ask_with(asked).await?;
        match socket.wait(PATIENCE).await? {
            Some(Notice::ChallengeCreated { challenge_id, expires_at, device_code, .. }) => Ok(Self {
                challenge: challenge_id,
                device_code: device_code.unwrap_or_default(),
                until: until(&expires_at),
                polling,
                socket: Some(socket),
                scanned: false,
            }),
            Some(Notice::Error(refusal)) => Err(CommandError::failed(refusal.error_description)),
            _ => Err(CommandError::failed("the service gave the screen no challenge")),
        }
    }

    /// The challenge's id.
    pub fn challenge(&self) -> &str {
        &self.challenge
    }

    /// Waits for its outcome and tells what happens until then. Where the socket is lost, polling goes on.
    pub async fn outcome(&mut self) -> Result<Outcome, CommandError> {
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Outcome::Unanswered);
            }
            let outcome = match &mut self.socket {
                Some(socket) => match socket.wait(left).await {
                    Ok(Some(Notice::StateChange { state, access_token, verification_code, .. })) => {
                        self.heard(&state, access_token, verification_code.as_deref())
                    }
                    Ok(_) => None,
                    Err(ClientError::Silent(_)) => {
                        self.socket = None;
                        None
                    }
                    Err(error) => return Err(error.into()),
                },
                None => self.poll().await?,
            };
            if let Some(outcome) = outcome {
                return Ok(outcome);
            }
        }
    }

    async fn poll(&mut self) -> Result<Option<Outcome>, CommandError> {
        sleep(INTERVAL).await;
        match self.polling.poll(&self.challenge, &self.device_code).await {
            Ok(standing) => Ok(match (standing.access_token, standing.is_consumed) {
                (Some(token), _) => Some(Outcome::Approved(token)),
                (None, true) => Some(Outcome::Declined),
                (None, false) if standing.is_claimed => {
                    self.heard("claimed", None, standing.verification_code.as_deref())
                }
                (None, false) => None,
            }),
            Err(ClientError::Refused { code, .. }) if code == "challenge_expired" => Ok(Some(Outcome::Unanswered)),
            // The answer can still be fetched once the service is back.
            Err(ClientError::NoAnswer(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn heard(&mut self, state: &str, token: Option<String>, number: Option<&str>) -> Option<Outcome> {
        match (state, token) {
            ("approved", Some(token)) => Some(Outcome::Approved(token)),
            ("rejected", _) => Some(Outcome::Declined),
            ("claimed", _) => {
                match number {
                    _ if self.scanned => {}
                    Some(number) => tell(&format!("Scanned. Type {number} on the phone.")),
                    None => tell("Scanned. Confirm on the phone."),
                }
                self.scanned = true;
                None
            }
            ("unclaimed", _) => None,
            _ => Some(Outcome::Unanswered),
        }
    }
}

async fn connect(site: &Site, token: Option<&str>) -> Result<SocketScreen, ClientError> {
    let handshake = match token {
        Some(token) => Handshake::user(&site.socket_url, token),
        None => Handshake::anybody(&site.socket_url, &site.tenant.to_string()),
    };
    handshake.by_agent(AGENT).open().await
}

/// How the phone is told of this screen.
const AGENT: &str = concat!("scanlatch/", env!("CARGO_PKG_VERSION"));

/// What the screen asks for, with the member that names the action on its way.
fn asked(action: &str, request: &Request<'_>) -> Value {
    let mut asked = json!({ action: request.action, "showsNumber": true });
    if let Some(custom) = request.custom {
        asked["custom"] = custom.clone();
    }
    asked
}

fn until(expires_at: &str) -> Instant {
    let left = Timestamp::parse_iso(expires_at).map_or(0, |at| at.millis() - System.now().millis());
    Instant::now() + Duration::from_millis(left.try_into().unwrap_or(0)).clamp(INTERVAL, LONGEST)
}
