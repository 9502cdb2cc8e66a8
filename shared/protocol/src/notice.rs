//! The push to a screen's socket: how its challenge stands now.
//!
//! Only this module writes the text of a notice. It is outside of [`crate::wire`], because an adapter of the service
//! pushes it, and adapters import no wire types. Answers to a screen's own messages leave through the runtime, so they
//! are in [`crate::wire::socket`].

use serde::Serialize;

use crate::challenge::Standing;
use crate::id::ChallengeId;
use crate::secret::redacted;

/// How a challenge stands now. The stored state is the truth; see the invariants of [`crate::challenge`].
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which challenge.
    pub challenge: ChallengeId,
    /// How it stands.
    pub standing: Standing,
}
redacted!(Notice);

#[derive(Serialize)]
#[serde(tag = "type", content = "data", rename_all = "SCREAMING_SNAKE_CASE")]
enum Frame {
    #[serde(rename_all = "camelCase")]
    StateChange {
        challenge_id: String,
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        access_token: Option<String>,
        /// ISO 8601.
        #[serde(skip_serializing_if = "Option::is_none")]
        decide_by: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        verification_code: Option<String>,
    },
}

impl Notice {
    /// The frame's text: `STATE_CHANGE` with `claimed`, `approved` or `rejected`. `claimed` comes with the end of the
    /// question and the number to show, if there is one; `approved` comes with the result token.
    pub fn to_text(&self) -> String {
        let frame = Frame::StateChange {
            challenge_id: self.challenge.to_string(),
            state: self.standing.as_str(),
            access_token: self.standing.token().map(str::to_owned),
            decide_by: self.standing.decide_by(),
            verification_code: self.standing.code(),
        };
        // A struct of texts always serialises.
        serde_json::to_string(&frame).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_have_the_members_that_the_browser_sdk_reads() {
        let challenge = ChallengeId::from_random([1; 16]);
        let notice = Notice { challenge, standing: Standing::Approved("t".to_owned()) };
        assert_eq!(
            notice.to_text(),
            format!(
                r#"{{"type":"STATE_CHANGE","data":{{"challengeId":"{challenge}","state":"approved","accessToken":"t"}}}}"#
            )
        );
    }
}
