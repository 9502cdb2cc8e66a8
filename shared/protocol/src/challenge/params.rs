//! Challenge params, and what comes with them.

use crate::custom::Custom;
use crate::id::{ActionCode, ChallengeId, UserId};
use crate::secret::DeviceCode;

/// What a screen asks for. A tracked action's own values win over it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChallengeParams {
    /// The action.
    pub action: ActionCode,
    /// What the phone is to show.
    pub custom: Option<Custom>,
    /// Whether it wants a short code too, for whoever cannot scan.
    pub short_code: bool,
    /// Whether it can show a number for its phone's user to type.
    pub shows_number: bool,
    /// Whether it goes on following the code that it shows on its socket, for [`super::OVERLAP_MS`].
    pub overlaps: bool,
}

/// A challenge and the code that proves its screen.
pub type Proven = (ChallengeId, DeviceCode);

/// A challenge that a backend takes for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeAssignment {
    /// The challenge.
    pub challenge: ChallengeId,
    /// The user.
    pub user: UserId,
    /// The action that it must be for, or that an open challenge is bound to. The official SDKs name none.
    pub action: Option<ActionCode>,
    /// Whether a challenge that nobody has approved yet may be bound to the user.
    pub before_approval: bool,
}
