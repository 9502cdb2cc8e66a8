//! Which pending challenge a backend asks for.

use crate::id::{ActionCode, ChallengeId, UserId};

use super::Challenge;

/// Which pending challenge a backend asks for. All conditions must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeFilter {
    /// The look-up: by its id, or the oldest one for a user.
    pub by: By,
    /// For this user.
    pub user: Option<UserId>,
    /// For this action.
    pub action: Option<ActionCode>,
}

/// How a challenge is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Its id.
    Id(ChallengeId),
    /// The user whom it is for.
    User(UserId),
}

impl ChallengeFilter {
    /// Whether a challenge meets the conditions for user and action. [`ChallengeFilter::by`] is left to the look-up.
    pub fn matches(&self, challenge: &Challenge) -> bool {
        self.action.as_ref().is_none_or(|action| *action == challenge.action)
            && self.user.as_ref().is_none_or(|user| challenge.user() == Some(user))
    }
}
