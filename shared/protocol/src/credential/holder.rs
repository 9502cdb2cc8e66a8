use crate::id::{CredentialId, UserId};

/// The user and the credential behind a verified signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The user.
    pub user: UserId,
    /// The credential.
    pub credential: CredentialId,
}
