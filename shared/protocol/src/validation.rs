//! What a backend is told of a token.

use crate::action::Action;
use crate::id::{ActionCode, IdempotencyKey, UserId};
use crate::time::Timestamp;

/// What a backend expects of a token. No token matches an empty text: an unset variable in a backend must not switch
/// its check off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The user whom it must name; any if absent.
    pub user: Option<String>,
    /// The action that it must be for; any if absent.
    pub action: Option<String>,
}

impl Expected {
    /// Whether a token of this user is expected.
    pub fn is_of(&self, user: &UserId) -> bool {
        self.user.as_deref().is_none_or(|expected| expected == user.as_str())
    }

    /// Whether a token for this action is expected.
    pub fn is_for(&self, action: &ActionCode) -> bool {
        self.action.as_deref().is_none_or(|expected| expected == action.as_str())
    }
}

/// What became of a token, by the stored state.
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
        /// Whether this call redeemed the approval.
        first_use: bool,
    },
    /// The action has not succeeded, or the backend has set another state since.
    Unfinished(Box<Action>),
    /// The token proves nothing.
    Invalid(Invalid),
}

impl Validation {
    /// Whether this call redeemed the approval; absent unless the login succeeded.
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
    /// It is not a token of this tenant.
    NotAToken,
    /// It has expired.
    Expired,
    /// It is for another user or action than the backend expects.
    Mismatch,
    /// Its challenge was not approved.
    NotApproved,
    /// It was validated before, and the tenant lets a token be validated only once.
    Spent,
    /// It is a user token, which starts a challenge, not the result of one.
    StartsOnly,
}
