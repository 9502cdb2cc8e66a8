//! A screen over HTTP: `challenge/qr-code` and `verify/qr-code`.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::challenge::{Challenge, ChallengeParams, Proven, Standing};
use crate::custom::{Custom, SentCustom};
use crate::id::{ActionCode, ChallengeId};
use crate::secret::{DeviceCode, redacted};
use crate::short_code::ShortCode;

/// `POST /client/challenge/qr-code`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateRequest {
    action: String,
    custom: Option<SentCustom>,
    replaces: Option<PollRequest>,
    short_code: Option<bool>,
    shows_number: Option<bool>,
}

impl CreateRequest {
    /// The checked request, with the challenge that the new one replaces on the screen.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<(ChallengeParams, Option<Proven>), Refusal> {
        let params = params(self.action, self.custom, self.short_code, (self.shows_number, None))?;
        Ok((params, self.replaces.map(PollRequest::accept).transpose()?))
    }
}

/// The checked challenge params.
pub(crate) fn params(
    action: String,
    custom: Option<SentCustom>,
    short_code: Option<bool>,
    (shows_number, overlap): (Option<bool>, Option<bool>),
) -> Result<ChallengeParams, Refusal> {
    Ok(ChallengeParams {
        action: ActionCode::parse(action)?,
        custom: Custom::accept(custom)?.and_then(Custom::shown),
        short_code: short_code.unwrap_or(false),
        shows_number: shows_number.unwrap_or(false),
        overlaps: overlap.unwrap_or(false),
    })
}

/// Answer to [`CreateRequest`]. The browser SDK polls only if there is a `deviceCode`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateResponse {
    challenge_id: String,
    created_at: String,
    expires_at: String,
    device_code: String,
    socket_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_code: Option<String>,
}
redacted!(CreateResponse);

impl CreateResponse {
    /// The answer for a challenge: both its times, for screens whose clock is wrong; the device code with which its screen
    /// polls; where it may listen instead; and the short code if it asked for one.
    pub fn new(challenge: &Challenge, code: &DeviceCode, socket_url: &str, short_code: Option<&ShortCode>) -> Self {
        Self {
            challenge_id: challenge.id.to_string(),
            created_at: challenge.created_at.iso(),
            expires_at: challenge.expires_at.iso(),
            device_code: code.expose().to_owned(),
            socket_url: socket_url.to_owned(),
            short_code: short_code.map(ShortCode::shown),
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

/// Answer to [`PollRequest`]: not claimed F/F/F, claimed T/F/F, rejected or lapsed T/T/F, approved T/T/T with the token.
/// Polls overlap, so the token stays the same for a while. A claimed one says when the question ends (ISO 8601), and which
/// number to show if the phone is asked for one.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PollResponse {
    is_claimed: bool,
    is_consumed: bool,
    is_verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decide_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_code: Option<String>,
}
redacted!(PollResponse);

impl From<Standing> for PollResponse {
    fn from(standing: Standing) -> Self {
        let (is_claimed, is_consumed, is_verified) = match &standing {
            Standing::Unclaimed => (false, false, false),
            Standing::Claimed(_) => (true, false, false),
            Standing::Rejected => (true, true, false),
            Standing::Approved(_) => (true, true, true),
        };
        let access_token = standing.token().map(str::to_owned);
        let (decide_by, verification_code) = (standing.decide_by(), standing.code());
        Self { is_claimed, is_consumed, is_verified, access_token, decide_by, verification_code }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(body: serde_json::Value) -> ChallengeParams {
        serde_json::from_value::<CreateRequest>(body).unwrap().accept().unwrap().0
    }

    #[test]
    fn the_official_request_asks_for_no_short_code() {
        assert!(!asked(json!({"action": "login"})).short_code);
        assert!(!asked(json!({"action": "login", "shortCode": null})).short_code);
        assert!(asked(json!({"action": "login", "shortCode": true})).short_code);
    }

    #[test]
    fn an_answer_without_a_short_code_has_these_bytes() {
        let mut response = CreateResponse {
            challenge_id: "c".to_owned(),
            created_at: "a".to_owned(),
            expires_at: "e".to_owned(),
            device_code: "d".to_owned(),
            socket_url: "wss://login.example/ws-v1-challenge".to_owned(),
            short_code: None,
        };
        let bytes = r#"{"challengeId":"c","createdAt":"a","expiresAt":"e","deviceCode":"d","socketUrl":"wss://login.example/ws-v1-challenge"}"#;
        assert_eq!(serde_json::to_string(&response).unwrap(), bytes);
        response.short_code = Some(ShortCode::parse("wdjbmjht").unwrap().shown());
        let with_code = bytes.replace('}', r#","shortCode":"WDJB-MJHT"}"#);
        assert_eq!(serde_json::to_string(&response).unwrap(), with_code);
    }
}
