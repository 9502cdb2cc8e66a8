use crate::secret::redacted;

use super::State;

/// What a screen may be told of its challenge. An approval always comes with its token.
#[derive(Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has claimed it yet.
    Unclaimed,
    /// A phone holds it.
    Claimed,
    /// Approved, with the result token.
    Approved(String),
    /// Declined; or the approval was revoked or taken back.
    Rejected,
}
redacted!(Standing);

impl Standing {
    /// Its name on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unclaimed => "unclaimed",
            Self::Claimed => "claimed",
            Self::Approved(_) => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The result token, once approved.
    pub fn token(&self) -> Option<&str> {
        if let Self::Approved(token) = self { Some(token) } else { None }
    }

    /// The standing of a challenge in `state` whose approval, if any, does not count.
    pub fn without_approval(state: &State) -> Self {
        match state {
            State::Unclaimed => Self::Unclaimed,
            State::Claimed { .. } => Self::Claimed,
            _ => Self::Rejected,
        }
    }
}
