//! What a user is asked to do, and how it went.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::context::Context;
use crate::custom::Custom;
use crate::id::{ActionCode, ChallengeId, CredentialId, IdempotencyKey, TenantId, UserId};
use crate::time::Timestamp;

/// Names one use of an action by one user. Tracking the same name again addresses the same action.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ActionName {
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// What is to be done.
    pub code: ActionCode,
    /// Which time.
    pub idempotency_key: IdempotencyKey,
}

/// One use of an action. Its serialized form is how a stored connection carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Its name.
    pub name: ActionName,
    /// How it stands.
    pub state: ActionState,
    /// When [`Action::state`] last changed.
    pub state_updated_at: Timestamp,
    /// When it was first tracked or decided.
    pub created_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
    /// The backend's data about it. It wins over what a screen sends.
    pub custom: Option<Custom>,
    /// What the backend saw of the user's device.
    pub context: Context,
    /// The credential that decided it last.
    pub verified_by: Option<CredentialId>,
    /// The challenge that decided it, unless a backend has judged it since.
    pub decided_in: Option<ChallengeId>,
    /// The newest challenge that a screen opened for it.
    pub newest: Option<ChallengeId>,
}

impl Action {
    /// An action that stands so from `now` on and is kept for `lifetime_ms`; nothing else is known of it.
    pub fn new(name: ActionName, state: ActionState, now: Timestamp, lifetime_ms: i64) -> Self {
        Self {
            name,
            state,
            state_updated_at: now,
            created_at: now,
            expires_at: now.plus(lifetime_ms),
            custom: None,
            context: Context::default(),
            verified_by: None,
            decided_in: None,
            newest: None,
        }
    }
}

/// The states that the official server SDKs know. A phone's decision sets the `Challenge…` ones; a backend may set
/// any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActionState {
    /// Nothing is asked of the user.
    Allow,
    /// The user may not go on.
    Block,
    /// The user has yet to complete a challenge.
    ChallengeRequired,
    /// The user approved.
    ChallengeSucceeded,
    /// The user declined.
    ChallengeFailed,
    /// Somebody has to look at it.
    ReviewRequired,
    /// Somebody looked and agreed.
    ReviewSucceeded,
    /// Somebody looked and did not agree.
    ReviewFailed,
}

impl ActionState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Allow,
        Self::Block,
        Self::ChallengeRequired,
        Self::ChallengeSucceeded,
        Self::ChallengeFailed,
        Self::ReviewRequired,
        Self::ReviewSucceeded,
        Self::ReviewFailed,
    ];

    /// As it travels and is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "ALLOW",
            Self::Block => "BLOCK",
            Self::ChallengeRequired => "CHALLENGE_REQUIRED",
            Self::ChallengeSucceeded => "CHALLENGE_SUCCEEDED",
            Self::ChallengeFailed => "CHALLENGE_FAILED",
            Self::ReviewRequired => "REVIEW_REQUIRED",
            Self::ReviewSucceeded => "REVIEW_SUCCEEDED",
            Self::ReviewFailed => "REVIEW_FAILED",
        }
    }

    /// Reads the form that travels and is stored.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Refuses if a backend has barred the user: no challenge is opened then, and none decided.
    ///
    /// # Errors
    /// [`Refusal::ActionBlocked`].
    pub fn check_challenge_allowed(self) -> Result<(), Refusal> {
        if matches!(self, Self::Block | Self::ReviewFailed) { Err(Refusal::ActionBlocked) } else { Ok(()) }
    }

    /// Refuses also if the action has succeeded: it stays so. A declined one may be tried again.
    ///
    /// # Errors
    /// [`Refusal::ActionBlocked`] and [`Refusal::ActionSucceeded`].
    pub fn check_decision_allowed(self) -> Result<(), Refusal> {
        self.check_challenge_allowed()?;
        if self == Self::ChallengeSucceeded { Err(Refusal::ActionSucceeded) } else { Ok(()) }
    }
}

/// Which of a user's actions are asked for. Several conditions must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionFilter {
    /// Tracked at this instant or later.
    pub from: Option<Timestamp>,
    /// One of these; any if empty.
    pub codes: Vec<ActionCode>,
    /// Standing so.
    pub state: Option<ActionState>,
}

impl ActionFilter {
    /// Whether an action is one of them.
    pub fn matches(&self, action: &Action) -> bool {
        self.from.is_none_or(|from| action.created_at >= from)
            && (self.codes.is_empty() || self.codes.contains(&action.name.code))
            && self.state.is_none_or(|state| action.state == state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_survives_the_wire() {
        for state in ActionState::ALL {
            assert_eq!(ActionState::from_text(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).ok(), Some(state.as_str().into()));
        }
        assert_eq!(ActionState::from_text("challenge_required"), None);
    }
}
