//! What a backend tracks: an action of a user, with what it says of both.

use crate::context::Context;
use crate::custom::Custom;
use crate::id::{ActionCode, ChallengeId, IdempotencyKey, UserId};
use crate::token::Scope;
use crate::user::ProfileChange;

/// What a backend wants tracked.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracked {
    /// The user.
    pub user: UserId,
    /// The action.
    pub action: ActionCode,
    /// Which use of it; a fresh one if absent.
    pub idempotency_key: Option<IdempotencyKey>,
    /// What the backend saw of the user's device.
    pub context: Context,
    /// What the token may do.
    pub scope: Scope,
    /// What the phone is to show.
    pub custom: Option<Custom>,
    /// An anonymous challenge that is for this action from now on.
    pub challenge: Option<ChallengeId>,
    /// What the backend says of the user.
    pub profile: ProfileChange,
}
