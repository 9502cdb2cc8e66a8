//! What a user is asked to do, and how it went.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::context::Context;
use crate::custom::Custom;
use crate::id::{ActionCode, ChallengeId, CredentialId, IdempotencyKey, TenantId, UserId};
use crate::time::Timestamp;

mod trace;

pub use trace::DecisionTrace;

/// The name of one use of an action by one user. Tracking the same name again addresses the same action.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ActionName {
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// What is to be done.
    pub code: ActionCode,
    /// Which use.
    pub idempotency_key: IdempotencyKey,
}

/// One use of an action. A stored connection holds its serialized form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Its name.
    pub name: ActionName,
    /// Its state.
    pub state: ActionState,
    /// When [`Action::state`] last changed.
    pub state_updated_at: Timestamp,
    /// When it was first tracked or decided.
    pub created_at: Timestamp,
    /// When it expires.
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
    /// What is kept of its last decision, unless that was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<DecisionTrace>,
}

impl Action {
    /// An action that is in `state` from `now` on and kept for `lifetime_ms`. Nothing else is known of it.
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
            trace: None,
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
    /// The user is barred.
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

    /// The form on the wire and in stores.
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

    /// Reads the form of [`ActionState::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Refuses if a backend has barred the user. No challenge can then be opened or decided.
    ///
    /// # Errors
    /// [`Refusal::ActionBlocked`].
    pub fn check_challenge_allowed(self) -> Result<(), Refusal> {
        if matches!(self, Self::Block | Self::ReviewFailed) { Err(Refusal::ActionBlocked) } else { Ok(()) }
    }

    /// Refuses also if the action has succeeded, because that is final. A declined action may be tried again.
    ///
    /// # Errors
    /// [`Refusal::ActionBlocked`] and [`Refusal::ActionSucceeded`].
    pub fn check_decision_allowed(self) -> Result<(), Refusal> {
        self.check_challenge_allowed()?;
        if self == Self::ChallengeSucceeded { Err(Refusal::ActionSucceeded) } else { Ok(()) }
    }
}

/// Which of a user's actions to list. All conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionFilter {
    /// Tracked at this instant or later.
    pub from: Option<Timestamp>,
    /// One of these codes; any if empty.
    pub codes: Vec<ActionCode>,
    /// In this state.
    pub state: Option<ActionState>,
}

impl ActionFilter {
    /// Whether the filter covers an action.
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
