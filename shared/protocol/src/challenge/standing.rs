use crate::secret::redacted;

use super::State;

/// What a screen may be told of its challenge. An approval cannot be told without its token.
#[derive(Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody scanned it yet.
    Unclaimed,
    /// A phone holds it.
    Claimed,
    /// Approved, with the result token.
    Approved(String),
    /// Declined; or approved and void since.
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

    /// How a challenge in `state` stands that counts for no approval.
    pub fn without_approval(state: &State) -> Self {
        match state {
            State::Unclaimed => Self::Unclaimed,
            State::Claimed { .. } => Self::Claimed,
            _ => Self::Rejected,
        }
    }
}
