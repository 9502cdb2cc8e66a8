//! A device key enrolled for a user.

use crate::id::{CredentialId, TenantId, UserId};
use crate::key::{PublicKey, Thumbprint};
use crate::time::Timestamp;

pub mod conduct;
mod device;
mod enrolled_by;
mod enrolment;
mod holder;
mod kind;
mod permit;
mod removal;
mod removed;

pub use conduct::Conduct;
pub use device::{Device, MAX_DEVICE_NAME, MAX_DEVICE_PLATFORM};
pub use enrolled_by::{EnrolledBy, Grant};
pub use enrolment::{Enrolled, EnrolmentRules, enrol};
pub use holder::Holder;
pub use kind::CredentialKind;
pub use permit::Permit;
pub use removal::RemovedBy;
pub use removed::{REMOVED_KEPT_MS, RemovedCredential};

/// How a backend and an operator are told that nobody has verified where a credential's key is. What apps send to attest
/// it is ignored.
pub const UNATTESTED: &str = "unattested";

/// One enrolment of one key. At most one is active per tenant and key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its tenant.
    pub tenant: TenantId,
    /// The enrolment's id. A key that is enrolled again after its removal gets a new one.
    pub id: CredentialId,
    /// Its user.
    pub user: UserId,
    /// The device's public key.
    pub key: PublicKey,
    /// What the device calls itself.
    pub device: Device,
    /// When it was enrolled.
    pub verified_at: Timestamp,
    /// When it last decided a challenge.
    pub last_verified_at: Option<Timestamp>,
    /// What counts against it.
    pub conduct: Conduct,
    /// What allowed the enrolment; absent if it was enrolled before that was kept.
    pub enrolled_by: Option<EnrolledBy>,
}

impl Credential {
    /// The name by which it is found.
    pub fn thumbprint(&self) -> Thumbprint {
        self.key.thumbprint()
    }

    /// The user together with this credential.
    pub fn holder(&self) -> Holder {
        Holder { user: self.user.clone(), credential: self.id }
    }
}
