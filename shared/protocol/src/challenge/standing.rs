use crate::secret::redacted;
use crate::tenant::settings::Rules;
use crate::time::Timestamp;
use crate::verification_code::VerificationCode;

use super::{Challenge, State};

/// What a screen may be told of its challenge. An approval always comes with its token.
#[derive(Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has claimed it yet.
    Unclaimed,
    /// A phone holds it, and its user is asked.
    Claimed(Question),
    /// Approved, with the result token.
    Approved(String),
    /// Declined, or not decided in time; or the approval was revoked or taken back.
    Rejected,
}
redacted!(Standing);

/// What a screen is told of the question that the phone's user is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// From this instant the phone can no longer decide.
    pub decide_by: Timestamp,
    /// The number to show, if the user is asked for one.
    pub code: Option<VerificationCode>,
}

impl Standing {
    /// Its name on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unclaimed => "unclaimed",
            Self::Claimed(_) => "claimed",
            Self::Approved(_) => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The result token, once approved.
    pub fn token(&self) -> Option<&str> {
        if let Self::Approved(token) = self { Some(token) } else { None }
    }

    /// When the question ends, as ISO 8601 text.
    pub fn decide_by(&self) -> Option<String> {
        if let Self::Claimed(question) = self { Some(question.decide_by.iso()) } else { None }
    }

    /// The number to show.
    pub fn code(&self) -> Option<String> {
        if let Self::Claimed(question) = self { question.code.map(VerificationCode::to_text) } else { None }
    }

    /// The standing at `now` of a challenge whose approval, if any, does not count, under the rules of its action.
    pub fn without_approval(challenge: &Challenge, rules: &Rules, now: Timestamp) -> Self {
        match &challenge.state {
            State::Unclaimed => Self::Unclaimed,
            State::Claimed { .. } if !challenge.is_over_for_screen(now) => Self::Claimed(Question {
                decide_by: challenge.claim.as_ref().map_or(challenge.expires_at, |claim| claim.decide_by),
                code: challenge.asked_code(rules),
            }),
            _ => Self::Rejected,
        }
    }
}
