//! A screen over its socket, and the handshake's sub-protocols.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::challenge::{Challenge, State};
use crate::custom::SentCustom;
use crate::id::TenantId;
use crate::secret::redacted;
use crate::wire::display::Wish;
use crate::wire::error::ErrorBody;

/// The one sub-protocol that is ever echoed; without the echo browsers drop the connection.
pub const SUB_PROTOCOL: &str = "authsignal-ws";

/// Who a handshake says is connecting.
#[derive(Clone, PartialEq, Eq)]
pub enum Identity {
    /// Anybody's screen of this tenant.
    Tenant(TenantId),
    /// A screen with a user token.
    Token(String),
}
redacted!(Identity);

impl Identity {
    /// Reads `Sec-WebSocket-Protocol`: [`SUB_PROTOCOL`] and exactly one identity, in any order.
    ///
    /// # Errors
    /// [`Refusal::Unauthorized`] for any other list: a handshake's refusal is a status and nothing else.
    pub fn parse(header: &str) -> Result<Self, Refusal> {
        let offered: Vec<&str> = header.split(',').map(str::trim).collect();
        let mut identities = offered.iter().filter_map(|offer| {
            offer
                .strip_prefix("x.authsignal.tenant.")
                .map(|tenant| TenantId::parse(tenant).map(Self::Tenant).map_err(|_| Refusal::Unauthorized))
                .or_else(|| offer.strip_prefix("x.authsignal.token.").map(|token| Ok(Self::Token(token.to_owned()))))
        });
        match (offered.contains(&SUB_PROTOCOL), identities.next(), identities.next()) {
            (true, Some(identity), None) => identity,
            _ => Err(Refusal::Unauthorized),
        }
    }
}

/// `CREATE_CHALLENGE`, the only message of a screen.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    #[serde(rename = "type")]
    kind: String,
    data: Option<CreateData>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateData {
    challenge_type: Option<String>,
    action_code: String,
    custom: Option<SentCustom>,
}

impl Message {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<Wish, Refusal> {
        if self.kind != "CREATE_CHALLENGE" {
            return Err(Refusal::malformed("type", "is not CREATE_CHALLENGE"));
        }
        let data = self.data.ok_or(Refusal::malformed("data", "is missing"))?;
        if data.challenge_type.is_some_and(|kind| kind != "QR_CODE") {
            return Err(Refusal::malformed("challengeType", "is not QR_CODE"));
        }
        Wish::accept(data.action_code, data.custom)
    }
}

/// What the service says on a socket.
#[derive(Clone, Serialize)]
#[serde(tag = "type", content = "data", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Notice {
    /// Answer to `CREATE_CHALLENGE`; always before any change of the same challenge.
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
    },
    /// A message was refused. The official SDK ignores it; whoever reads the frames does not.
    Error(ErrorBody),
    /// A phone did something. A hint: the stored state is the truth.
    #[serde(rename_all = "camelCase")]
    StateChange {
        /// Which challenge.
        challenge_id: String,
        /// `claimed`, `approved` or `rejected`.
        state: &'static str,
        /// The result token, once approved.
        #[serde(skip_serializing_if = "Option::is_none")]
        access_token: Option<String>,
    },
}
redacted!(Notice);

impl Notice {
    /// The answer to a screen's request.
    pub fn created(challenge: &Challenge) -> Self {
        Self::ChallengeCreated {
            challenge_id: challenge.id.to_string(),
            challenge_type: "QR_CODE",
            expires_at: challenge.expires_at.iso(),
            state: "unclaimed",
        }
    }

    /// What a phone made of the challenge; `None` while nothing was made of it.
    pub fn changed(challenge: &Challenge, token: Option<String>) -> Option<Self> {
        let state = match challenge.state {
            State::Unclaimed => return None,
            State::Claimed { .. } => "claimed",
            State::Approved { .. } | State::Consumed { .. } => "approved",
            State::Rejected { .. } => "rejected",
        };
        Some(Self::StateChange { challenge_id: challenge.id.to_string(), state, access_token: token })
    }

    /// The frame's text.
    pub fn to_text(&self) -> String {
        // Plain texts in a struct always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "01010101-0101-4101-8101-010101010101";

    #[test]
    fn a_handshake_names_exactly_one_identity() {
        let tenant = format!("authsignal-ws, x.authsignal.tenant.{TENANT}");
        assert!(matches!(Identity::parse(&tenant), Ok(Identity::Tenant(_))));
        assert_eq!(Identity::parse("x.authsignal.token.a.b.c,authsignal-ws"), Ok(Identity::Token("a.b.c".to_owned())));
        for bad in [
            String::new(),
            "authsignal-ws".to_owned(),
            format!("x.authsignal.tenant.{TENANT}"),
            format!("authsignal-ws, x.authsignal.tenant.{TENANT}, x.authsignal.token.a.b.c"),
            "authsignal-ws, x.authsignal.tenant.nobody".to_owned(),
        ] {
            assert!(Identity::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn notices_have_the_members_that_the_browser_sdk_reads() {
        let notice =
            Notice::StateChange { challenge_id: "c".to_owned(), state: "approved", access_token: Some("t".to_owned()) };
        assert_eq!(
            notice.to_text(),
            r#"{"type":"STATE_CHANGE","data":{"challengeId":"c","state":"approved","accessToken":"t"}}"#
        );
    }
}
