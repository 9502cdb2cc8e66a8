use crate::credential::{Credential, Device, EnrolledBy, RemovedBy};
use crate::id::CredentialId;
use crate::time::Timestamp;

/// How long the trace of a removed credential is kept, in milliseconds: as long as an action by default. Less time passes
/// if its user is deleted.
pub const REMOVED_KEPT_MS: i64 = 90 * 24 * 60 * 60_000;

/// What is left of a removed credential, or of a method that the backend verified and removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedCredential {
    /// Its id.
    pub id: CredentialId,
    /// What the device called itself.
    pub device: Device,
    /// When it was enrolled. A method does not tell, nor does a credential that was removed before this was kept.
    pub enrolled_at: Option<Timestamp>,
    /// What allowed the enrolment, if that was kept.
    pub enrolled_by: Option<EnrolledBy>,
    /// When it was removed.
    pub removed_at: Timestamp,
    /// Who removed it, if that was kept.
    pub removed_by: Option<RemovedBy>,
}

impl RemovedCredential {
    /// What is left of `credential`, which `by` removes.
    pub fn of(credential: &Credential, by: RemovedBy, now: Timestamp) -> Self {
        Self {
            device: credential.device.clone(),
            enrolled_at: Some(credential.verified_at),
            enrolled_by: credential.enrolled_by.clone(),
            ..Self::of_method(credential.id, by, now)
        }
    }

    /// What is left of a method that the backend verified.
    pub fn of_method(id: CredentialId, by: RemovedBy, now: Timestamp) -> Self {
        Self {
            id,
            device: Device::default(),
            enrolled_at: None,
            enrolled_by: None,
            removed_at: now,
            removed_by: Some(by),
        }
    }

    /// From this instant it is gone.
    pub fn kept_until(&self) -> Timestamp {
        self.removed_at.plus(REMOVED_KEPT_MS)
    }
}
