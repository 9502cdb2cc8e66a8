//! What a new challenge is asked for with.

use crate::custom::Custom;
use crate::id::{ActionCode, ChallengeId, UserId};
use crate::secret::DeviceCode;

/// What a screen wants the user to do. A tracked action's own values win over it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChallengeParams {
    /// The action.
    pub action: ActionCode,
    /// What the phone is to show.
    pub custom: Option<Custom>,
}

/// A challenge and the code that proves its screen.
pub type Proven = (ChallengeId, DeviceCode);

/// A challenge that a backend takes for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeAssignment {
    /// Which.
    pub challenge: ChallengeId,
    /// For whom.
    pub user: UserId,
    /// The action that it must be for, or that an open one is bound to. The official SDKs name none.
    pub action: Option<ActionCode>,
    /// Whether an open challenge is bound to the user, rather than an approved one told of.
    pub before_approval: bool,
}
