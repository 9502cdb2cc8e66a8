//! What a backend is told of a token.

use crate::action::Action;
use crate::id::{ActionCode, IdempotencyKey, UserId};
use crate::time::Timestamp;

/// What a backend expects of a token. An empty text is one that no token meets: a variable that nobody set in a backend
/// must not switch its check off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The user that it must be of; any if absent.
    pub user: Option<String>,
    /// The action that it must be for; any if absent.
    pub action: Option<String>,
}

impl Expected {
    /// Whether a token is of this user.
    pub fn is_of(&self, user: &UserId) -> bool {
        self.user.as_deref().is_none_or(|expected| expected == user.as_str())
    }

    /// Whether a token is for this action.
    pub fn is_for(&self, action: &ActionCode) -> bool {
        self.action.as_deref().is_none_or(|expected| expected == action.as_str())
    }
}

/// What the stored state says of a token.
#[derive(Clone, Debug, PartialEq)]
pub enum Validation {
    /// The login succeeded.
    Succeeded {
        /// Who approved.
        user: UserId,
        /// What the approval counts for.
        action: ActionCode,
        /// Which use of the action.
        idempotency_key: IdempotencyKey,
        /// When the user approved.
        at: Timestamp,
        /// Whether this call is the one that redeemed the approval.
        first_use: bool,
    },
    /// The action has not succeeded, or the backend set another state since.
    Unfinished(Box<Action>),
    /// The token proves nothing.
    Invalid(Invalid),
}

impl Validation {
    /// Of a login that succeeded: whether this call redeemed it.
    pub fn first_use(&self) -> Option<bool> {
        match self {
            Self::Succeeded { first_use, .. } => Some(*first_use),
            Self::Unfinished(_) | Self::Invalid(_) => None,
        }
    }
}

/// Why a token proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// It is no token of this tenant.
    NotAToken,
    /// It has expired.
    Expired,
    /// It is not what the backend expects.
    Mismatch,
    /// Its challenge was not approved.
    NotApproved,
    /// It starts a challenge and is the result of none.
    StartsOnly,
}
