use crate::id::{CredentialId, UserId};

/// The user and the enrolment behind a signature that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The user.
    pub user: UserId,
    /// The enrolment.
    pub credential: CredentialId,
}
