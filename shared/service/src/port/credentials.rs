//! Phones' keys.

use std::future::Future;

use protocol::action::ActionName;
use protocol::credential::{Credential, Enrolled, EnrolmentRules};
use protocol::id::{CredentialId, TenantId, UserId};
use protocol::key::Thumbprint;

use super::{Found, Stored};
use crate::Result;

/// Looks credentials up.
pub trait Credentials: Send + Sync {
    /// The active credential of this key.
    fn credential(&self, tenant: &TenantId, key: &Thumbprint) -> impl Future<Output = Found<Credential>> + Send;
}

/// Enrols credentials.
pub trait Enrols: Send + Sync {
    /// [`protocol::credential::enrol`] in one step with the check that the tracked action, whose token allows it, is
    /// still there: it went if its user was deleted, and the token is then [`protocol::Refusal::InvalidToken`].
    /// `current` is the key's credential as it was read; if it is another by now, the store looks again.
    fn enrol(
        &self,
        new: &Credential,
        current: Option<&Credential>,
        rules: EnrolmentRules,
        allowed_by: &ActionName,
    ) -> impl Future<Output = Result<Enrolled>> + Send;
}

/// Removes credentials.
pub trait Removes: Send + Sync {
    /// Removes exactly this enrolment; one that is gone stays gone, and a newer one of the same key stays.
    fn remove(&self, credential: &Credential) -> impl Future<Output = Stored<()>> + Send;
}

/// Revokes credentials for a backend.
pub trait Revokes: Send + Sync {
    /// Removes the user's enrolment of this id, with [`protocol::challenge::Event::Revoke`] for all that it approved, also
    /// if the phone has removed it itself; `false` if the user has and had none such. Who asks again within a day is told
    /// `true` again.
    fn revoke(&self, tenant: &TenantId, user: &UserId, id: &CredentialId) -> impl Future<Output = Stored<bool>> + Send;
}

/// Lists credentials.
pub trait ListsCredentials: Send + Sync {
    /// The user's active credentials.
    fn credentials_of(&self, tenant: &TenantId, user: &UserId) -> impl Future<Output = Stored<Vec<Credential>>> + Send;
}
