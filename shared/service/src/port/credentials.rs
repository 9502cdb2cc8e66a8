//! Phones' keys.

use std::future::Future;

use scanlatch_protocol::credential::conduct::Mark;
use scanlatch_protocol::credential::{Credential, Enrolled, EnrolmentRules, Permit, RemovedCredential};
use scanlatch_protocol::id::{CredentialId, TenantId, UserId};
use scanlatch_protocol::key::{Removal, Thumbprint};
use scanlatch_protocol::time::Timestamp;

use crate::{Result, Unavailable};

/// Looks credentials up.
pub trait Credentials: Send + Sync {
    /// The active credential of this key.
    fn credential(
        &self,
        tenant: &TenantId,
        key: &Thumbprint,
    ) -> impl Future<Output = Result<Option<Credential>, Unavailable>> + Send;
}

/// Counts the claims of credentials.
pub trait CountsClaims: Send + Sync {
    /// Adds a mark to the claims of the active credential of this key, and returns the credential with it. One that holds
    /// more marks than its rules need is returned without it.
    fn count_claim(
        &self,
        tenant: &TenantId,
        key: &Thumbprint,
        mark: Mark,
    ) -> impl Future<Output = Result<Option<Credential>, Unavailable>> + Send;

    /// Takes a mark back, because the claim was refused.
    fn forget_claim(
        &self,
        tenant: &TenantId,
        key: &Thumbprint,
        mark: Mark,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Says whether a device may still act.
pub trait Enrolments: Send + Sync {
    /// Whether the user's enrolment of this id is active.
    fn is_enrolled(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &CredentialId,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// Enrols credentials.
pub trait Enrols: Send + Sync {
    /// [`scanlatch_protocol::credential::enrol`] in one step with [`Permit::check_grant`], which spends the permit. A
    /// key that is kept spends nothing and needs no permit. `current` is the key's credential as it was read; the store
    /// reads again if it has changed.
    fn enrol(
        &self,
        new: &Credential,
        current: Option<&Credential>,
        rules: EnrolmentRules,
        permit: &Permit,
    ) -> impl Future<Output = Result<Enrolled>> + Send;
}

/// Removes credentials for their own devices.
pub trait Removes: Send + Sync {
    /// Removes exactly this enrolment and spends the removal in the same step. One that is gone stays gone, and a newer
    /// enrolment of the same key stays. [`scanlatch_protocol::Refusal::InvalidCredential`] if the removal was spent and
    /// the enrolment still exists, because somebody recorded the removal and sends it again.
    fn remove(&self, credential: &Credential, removal: &Removal) -> impl Future<Output = Result<()>> + Send;

    /// Spends a removal of a key without an enrolment, so that it cannot remove a later one. It may be spent already.
    fn spend(
        &self,
        tenant: &TenantId,
        key: &Thumbprint,
        removal: &Removal,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Revokes credentials for a backend.
pub trait Revokes: Send + Sync {
    /// Removes the user's enrolment of this id and voids its approvals that can still be redeemed
    /// ([`scanlatch_protocol::challenge::Event::Revoke`]), even if the phone has removed itself before. `false` if the
    /// user has no such enrolment. A repeated call returns `true` again while the removal's trace is kept.
    fn revoke(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &CredentialId,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// Lists credentials.
pub trait ListsCredentials: Send + Sync {
    /// The user's active credentials.
    fn credentials_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<Credential>, Unavailable>> + Send;
}

/// Lists what is left of removed credentials.
pub trait ListsRemoved: Send + Sync {
    /// The traces of the user's removed credentials and verified methods, in no order. A trace is kept from the removal
    /// until [`RemovedCredential::kept_until`].
    fn removed_of(
        &self,
        tenant: &TenantId,
        user: &UserId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<RemovedCredential>, Unavailable>> + Send;
}
