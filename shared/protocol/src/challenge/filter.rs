//! Which pending challenge a backend asks for.

use crate::id::{ActionCode, ChallengeId, UserId};

use super::Challenge;

/// Which pending challenge a backend asks for. Several conditions must all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeFilter {
    /// By its id, or the oldest one that is for a user.
    pub by: By,
    /// For this user.
    pub user: Option<UserId>,
    /// For this action.
    pub action: Option<ActionCode>,
}

/// What a challenge is looked up by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Its id.
    Id(ChallengeId),
    /// The user whom it is for.
    User(UserId),
}

impl ChallengeFilter {
    /// Whether a challenge is one of them.
    pub fn matches(&self, challenge: &Challenge) -> bool {
        self.action.as_ref().is_none_or(|action| *action == challenge.action)
            && self.user.as_ref().is_none_or(|user| challenge.user() == Some(user))
    }
}
