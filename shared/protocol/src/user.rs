//! A tenant's user, as far as a login needs one.

use crate::custom::Custom;
use crate::id::UserId;

/// A user. A user who was never tracked is one without credentials.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// The integrator's id.
    pub id: UserId,
    /// How many device credentials are enrolled.
    pub credentials: u32,
    /// The integrator's data about the user, shown to the user's own phone.
    pub custom: Option<Custom>,
}

impl User {
    /// A user of whom nothing is known.
    pub fn unknown(id: UserId) -> Self {
        Self { id, credentials: 0, custom: None }
    }

    /// Whether at least one device is enrolled.
    pub fn is_enrolled(&self) -> bool {
        self.credentials > 0
    }
}
