//! A screen over its socket, and the handshake's sub-protocols.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Refusal;
use crate::authorization::Identity;
use crate::challenge::{Challenge, ChallengeParams, Proven, Standing};
use crate::custom::SentCustom;
use crate::id::{ChallengeId, TenantId};
use crate::secret::{DeviceCode, redacted};
use crate::short_code::ShortCode;
use crate::wire::error::ErrorBody;
use crate::wire::screen::{self, PollRequest};

/// The only sub-protocol that is echoed. Without the echo, browsers drop the connection.
pub const SUB_PROTOCOL: &str = "authsignal-ws";

/// Reads who is connecting from `Sec-WebSocket-Protocol`: [`SUB_PROTOCOL`] and exactly one identity, in any order.
///
/// # Errors
/// [`Refusal::Unauthorized`] for any other list, because a handshake can be refused only with a status.
pub fn identity(header: &str) -> Result<Identity, Refusal> {
    let offered: Vec<&str> = header.split(',').map(str::trim).collect();
    let mut identities = offered.iter().filter_map(|offer| {
        offer
            .strip_prefix("x.authsignal.tenant.")
            .map(|tenant| TenantId::parse(tenant).map(Identity::Tenant).map_err(|_| Refusal::Unauthorized))
            .or_else(|| offer.strip_prefix("x.authsignal.token.").map(|token| Ok(Identity::Token(token.to_owned()))))
    });
    match (offered.contains(&SUB_PROTOCOL), identities.next(), identities.next()) {
        (true, Some(identity), None) => identity,
        _ => Err(Refusal::Unauthorized),
    }
}

/// A screen's message, unchecked.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    #[serde(rename = "type")]
    kind: String,
    /// The text as it was sent, because a double may not hold a number in it.
    data: Option<Box<RawValue>>,
}

/// What a screen asks for on its socket.
#[derive(Clone, Debug)]
pub enum Asked {
    /// `CREATE_CHALLENGE`: a challenge that replaces the one that it shows.
    Challenge {
        /// The challenge params.
        params: ChallengeParams,
        /// Whether the screen wants a device code, with which it can resume.
        resumable: bool,
    },
    /// `RESUME_CHALLENGE`: the challenge that it showed before, with its device code.
    Resume(ChallengeId, DeviceCode),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateData {
    challenge_type: Option<String>,
    action_code: String,
    custom: Option<SentCustom>,
    resumable: Option<bool>,
    short_code: Option<bool>,
    shows_number: Option<bool>,
    overlap: Option<bool>,
}

impl Message {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<Asked, Refusal> {
        match self.kind.as_str() {
            "CREATE_CHALLENGE" => {
                let data: CreateData = data(self.data, "needs an `actionCode`, and only members of the right type")?;
                if data.challenge_type.is_some_and(|kind| kind != "QR_CODE") {
                    return Err(Refusal::malformed("challengeType", "is not QR_CODE"));
                }
                let params =
                    screen::params(data.action_code, data.custom, data.short_code, (data.shows_number, data.overlap))?;
                Ok(Asked::Challenge { params, resumable: data.resumable.unwrap_or(false) })
            }
            "RESUME_CHALLENGE" => {
                let data: PollRequest = data(self.data, "needs a `challengeId` and a `deviceCode`")?;
                let (id, code): Proven = data.accept()?;
                Ok(Asked::Resume(id, code))
            }
            _ => Err(Refusal::malformed("type", "is neither CREATE_CHALLENGE nor RESUME_CHALLENGE")),
        }
    }
}

fn data<T: DeserializeOwned>(data: Option<Box<RawValue>>, why: &'static str) -> Result<T, Refusal> {
    let data = data.filter(|data| data.get() != "null").ok_or(Refusal::malformed("data", "is missing"))?;
    serde_json::from_str(data.get()).map_err(|_| Refusal::malformed("data", why))
}

/// What the service answers on a socket. What it pushes is a [`crate::notice::Notice`].
#[derive(Clone, Serialize)]
#[serde(tag = "type", content = "data", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Answer {
    /// Answer to `CREATE_CHALLENGE`. It always precedes any change of the same challenge.
    #[serde(rename_all = "camelCase")]
    ChallengeCreated {
        /// The id to show.
        challenge_id: String,
        /// Always `QR_CODE`.
        challenge_type: &'static str,
        /// ISO 8601.
        expires_at: String,
        /// Always `unclaimed`.
        state: &'static str,
        /// ISO 8601, for screens whose clock is wrong. The official SDK asks for no code and does not read it.
        #[serde(skip_serializing_if = "Option::is_none")]
        created_at: Option<String>,
        /// The device code, if the screen asked for one.
        #[serde(skip_serializing_if = "Option::is_none")]
        device_code: Option<String>,
        /// The short code, if the screen asked for one.
        #[serde(skip_serializing_if = "Option::is_none")]
        short_code: Option<String>,
    },
    /// Answer to `RESUME_CHALLENGE`. A change may overtake it, so a screen ignores a state that goes back.
    #[serde(rename_all = "camelCase")]
    ChallengeResumed {
        /// Which challenge.
        challenge_id: String,
        /// Always `QR_CODE`.
        challenge_type: &'static str,
        /// ISO 8601.
        expires_at: String,
        /// `unclaimed`, `claimed`, `approved` or `rejected`.
        state: &'static str,
        /// The result token, once approved.
        #[serde(skip_serializing_if = "Option::is_none")]
        access_token: Option<String>,
        /// When the phone can no longer decide, while it is asked; ISO 8601.
        #[serde(skip_serializing_if = "Option::is_none")]
        decide_by: Option<String>,
        /// The number to show, while the phone is asked for it.
        #[serde(skip_serializing_if = "Option::is_none")]
        verification_code: Option<String>,
    },
    /// A message was refused. The official SDK ignores it; other readers of the frames need not.
    Error(ErrorBody),
}
redacted!(Answer);

impl Answer {
    /// The answer to a screen's request, with the codes that it asked for.
    pub fn created(challenge: &Challenge, code: Option<&DeviceCode>, short_code: Option<&ShortCode>) -> Self {
        Self::ChallengeCreated {
            challenge_id: challenge.id.to_string(),
            challenge_type: "QR_CODE",
            expires_at: challenge.expires_at.iso(),
            state: "unclaimed",
            created_at: (code.is_some() || short_code.is_some()).then(|| challenge.created_at.iso()),
            device_code: code.map(|code| code.expose().to_owned()),
            short_code: short_code.map(ShortCode::shown),
        }
    }

    /// The answer to a screen that came back.
    pub fn resumed(challenge: &Challenge, standing: &Standing) -> Self {
        Self::ChallengeResumed {
            challenge_id: challenge.id.to_string(),
            challenge_type: "QR_CODE",
            expires_at: challenge.expires_at.iso(),
            state: standing.as_str(),
            access_token: standing.token().map(str::to_owned),
            decide_by: standing.decide_by(),
            verification_code: standing.code(),
        }
    }

    /// The frame's text.
    pub fn to_text(&self) -> String {
        // A struct of texts always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TENANT: &str = "01010101-0101-4101-8101-010101010101";

    #[test]
    fn a_handshake_names_exactly_one_identity() {
        let tenant = format!("authsignal-ws, x.authsignal.tenant.{TENANT}");
        assert!(matches!(identity(&tenant), Ok(Identity::Tenant(_))));
        assert_eq!(identity("x.authsignal.token.a.b.c,authsignal-ws"), Ok(Identity::Token("a.b.c".to_owned())));
        for bad in [
            String::new(),
            "authsignal-ws".to_owned(),
            format!("x.authsignal.tenant.{TENANT}"),
            format!("authsignal-ws, x.authsignal.tenant.{TENANT}, x.authsignal.token.a.b.c"),
            "authsignal-ws, x.authsignal.tenant.nobody".to_owned(),
        ] {
            assert!(identity(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_official_message_asks_for_no_code() {
        let official = json!({"type": "CREATE_CHALLENGE", "data": {"challengeType": "QR_CODE", "actionCode": "login"}});
        let message: Message = serde_json::from_value(official).unwrap();
        let Ok(Asked::Challenge { params, resumable }) = message.accept() else { panic!("not asked") };
        assert_eq!((params.short_code, resumable), (false, false));
    }

    #[test]
    fn the_answer_to_the_official_message_has_these_bytes() {
        let answer = |device_code, short_code| Answer::ChallengeCreated {
            challenge_id: "c".to_owned(),
            challenge_type: "QR_CODE",
            expires_at: "e".to_owned(),
            state: "unclaimed",
            created_at: None,
            device_code,
            short_code,
        };
        let bytes = r#"{"type":"CHALLENGE_CREATED","data":{"challengeId":"c","challengeType":"QR_CODE","expiresAt":"e","state":"unclaimed"}}"#;
        assert_eq!(answer(None, None).to_text(), bytes);
        let with_code = bytes.replace("}}", r#","shortCode":"WDJB-MJHT"}}"#);
        assert_eq!(answer(None, Some("WDJB-MJHT".to_owned())).to_text(), with_code);
    }
}
