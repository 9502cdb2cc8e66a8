//! What a backend tracks: a user's action, and what the backend says of both.

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
    /// What the user token allows.
    pub scope: Scope,
    /// What the phone is to show.
    pub custom: Option<Custom>,
    /// An anonymous challenge to bind to this action.
    pub challenge: Option<ChallengeId>,
    /// What the backend says of the user.
    pub profile: ProfileChange,
}
