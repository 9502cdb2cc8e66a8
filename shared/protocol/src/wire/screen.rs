//! A screen over HTTP: `challenge/qr-code` and `verify/qr-code`.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::challenge::{Challenge, ChallengeParams, Proven, Standing};
use crate::custom::{Custom, SentCustom};
use crate::id::{ActionCode, ChallengeId};
use crate::secret::{DeviceCode, redacted};

/// `POST /client/challenge/qr-code`.
#[derive(Clone, Debug, Deserialize)]
pub struct CreateRequest {
    action: String,
    custom: Option<SentCustom>,
    replaces: Option<PollRequest>,
}

impl CreateRequest {
    /// The checked request, with the challenge that the new one replaces on the screen.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<(ChallengeParams, Option<Proven>), Refusal> {
        Ok((params(self.action, self.custom)?, self.replaces.map(PollRequest::accept).transpose()?))
    }
}

/// The checked challenge params.
pub(crate) fn params(action: String, custom: Option<SentCustom>) -> Result<ChallengeParams, Refusal> {
    Ok(ChallengeParams { action: ActionCode::parse(action)?, custom: Custom::accept(custom)?.and_then(Custom::shown) })
}

/// Answer to [`CreateRequest`]. The browser SDK polls only if there is a `deviceCode`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateResponse {
    challenge_id: String,
    expires_at: String,
    device_code: String,
}
redacted!(CreateResponse);

impl CreateResponse {
    /// The answer for a challenge and the device code with which its screen polls.
    pub fn new(challenge: &Challenge, code: &DeviceCode) -> Self {
        Self {
            challenge_id: challenge.id.to_string(),
            expires_at: challenge.expires_at.iso(),
            device_code: code.expose().to_owned(),
        }
    }
}

/// `POST /client/verify/qr-code`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PollRequest {
    challenge_id: String,
    device_code: String,
}
redacted!(PollRequest);

impl PollRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<Proven, Refusal> {
        Ok((ChallengeId::parse(&self.challenge_id)?, DeviceCode::parse(self.device_code)?))
    }
}

/// Answer to [`PollRequest`]: not claimed F/F/F, claimed T/F/F, rejected T/T/F, approved T/T/T with the token. Polls
/// overlap, so the token is the same each time.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PollResponse {
    is_claimed: bool,
    is_consumed: bool,
    is_verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
}
redacted!(PollResponse);

impl From<Standing> for PollResponse {
    fn from(standing: Standing) -> Self {
        let (is_claimed, is_consumed, is_verified) = match &standing {
            Standing::Unclaimed => (false, false, false),
            Standing::Claimed => (true, false, false),
            Standing::Rejected => (true, true, false),
            Standing::Approved(_) => (true, true, true),
        };
        let access_token = standing.token().map(str::to_owned);
        Self { is_claimed, is_consumed, is_verified, access_token }
    }
}
