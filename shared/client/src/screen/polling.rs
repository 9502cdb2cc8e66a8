use scanlatch_protocol::base64;
use serde::Deserialize;
use serde_json::json;

use crate::headers::bearer;
use crate::redact::redacted;
use crate::{Call, Service};

/// A screen that asks how its challenge stands.
///
/// ```no_run
/// # async fn run() -> Result<(), scanlatch_client::ClientError> {
/// use scanlatch_client::{PollingScreen, Service};
///
/// let service = Service::new("https://login.example.com/v1");
/// let screen = PollingScreen::new(service, "98634c7b-6673-44ea-9a6b-503cccdf0430");
/// let opened = screen.open("login").await?;
/// println!("show {}", opened.challenge_id);
/// let standing = screen.poll(&opened.challenge_id, &opened.device_code).await?;
/// println!("claimed: {}, token: {:?}", standing.is_claimed, standing.access_token);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PollingScreen {
    service: Service,
    tenant: String,
    token: Option<String>,
    short_code: bool,
    shows_number: bool,
}
redacted!(PollingScreen);

/// A challenge that a screen shows.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    /// The challenge.
    pub challenge_id: String,
    /// When it is over; ISO 8601.
    pub expires_at: String,
    /// Proves the screen when it polls.
    pub device_code: String,
    /// Where the screen may open a socket instead.
    pub socket_url: Option<String>,
    /// What people type who cannot scan, if the screen asked for it.
    pub short_code: Option<String>,
}
redacted!(Opened);

/// How a challenge stands.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Whether a device has claimed it.
    pub is_claimed: bool,
    /// Whether it is decided.
    pub is_consumed: bool,
    /// Whether it is approved.
    pub is_verified: bool,
    /// The result token of an approval.
    pub access_token: Option<String>,
    /// The number to show, if the phone is asked for one.
    pub verification_code: Option<String>,
}
redacted!(Standing);

impl PollingScreen {
    /// A screen of the tenant without a user token.
    pub fn new(service: Service, tenant: &str) -> Self {
        Self { service, tenant: tenant.to_owned(), token: None, short_code: false, shows_number: false }
    }

    /// The same screen with a user token.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// The same screen, which asks for a short code with each challenge.
    #[must_use]
    pub fn with_short_code(self) -> Self {
        Self { short_code: true, ..self }
    }

    /// The same screen, which shows the number that a phone is asked for.
    #[must_use]
    pub fn with_numbers(self) -> Self {
        Self { shows_number: true, ..self }
    }

    /// Opens a challenge.
    pub fn open(&self, action: &str) -> Call<Opened> {
        let authorization = self.token.as_deref().map_or_else(|| self.authorization(), bearer);
        let mut body = json!({ "action": action });
        if self.short_code {
            body["shortCode"] = true.into();
        }
        if self.shows_number {
            body["showsNumber"] = true.into();
        }
        self.service.post("/client/challenge/qr-code", &authorization, &body)
    }

    /// Asks how a challenge stands.
    pub fn poll(&self, challenge: &str, device_code: &str) -> Call<Standing> {
        let body = json!({ "challengeId": challenge, "deviceCode": device_code });
        self.service.post("/client/verify/qr-code", &self.authorization(), &body)
    }

    /// `Basic` as the browser SDK writes it: no colon.
    pub fn authorization(&self) -> String {
        format!("Basic {}", base64::encode(self.tenant.as_bytes()))
    }
}
