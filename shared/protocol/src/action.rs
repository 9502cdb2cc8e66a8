//! What a user is asked to do, and how it went.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::custom::Custom;
use crate::id::{ActionCode, IdempotencyKey, TenantId, UserId};
use crate::time::Timestamp;

/// Names one use of an action by one user. Tracking the same name again addresses the same action.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

/// One use of an action.
#[derive(Clone, Debug, PartialEq)]
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
}

/// The states that the official server SDKs know, as far as this service reaches them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActionState {
    /// The user has yet to complete a challenge.
    ChallengeRequired,
    /// The user approved.
    ChallengeSucceeded,
    /// The user declined.
    ChallengeFailed,
}

impl ActionState {
    /// As it travels and is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChallengeRequired => "CHALLENGE_REQUIRED",
            Self::ChallengeSucceeded => "CHALLENGE_SUCCEEDED",
            Self::ChallengeFailed => "CHALLENGE_FAILED",
        }
    }

    /// Reads the stored form.
    pub fn from_stored(text: &str) -> Option<Self> {
        [Self::ChallengeRequired, Self::ChallengeSucceeded, Self::ChallengeFailed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}
