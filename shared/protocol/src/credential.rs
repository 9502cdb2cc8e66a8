//! A device key enrolled for a user.

use crate::Refusal;
use crate::id::{CredentialId, TenantId, UserId};
use crate::key::{PublicKey, Thumbprint};
use crate::shown::shown;
use crate::time::Timestamp;

/// One enrolment of one key. At most one is active per tenant and key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its tenant.
    pub tenant: TenantId,
    /// Names this enrolment; a key that returns after its removal gets a new id.
    pub id: CredentialId,
    /// Who decides with it.
    pub user: UserId,
    /// The device's public key.
    pub key: PublicKey,
    /// What the device calls itself.
    pub device: Device,
    /// When it was enrolled.
    pub verified_at: Timestamp,
    /// When it last decided a challenge.
    pub last_verified_at: Option<Timestamp>,
}

impl Credential {
    /// What it is looked up by.
    pub fn thumbprint(&self) -> Thumbprint {
        self.key.thumbprint()
    }

    /// Who claims when this credential does.
    pub fn holder(&self) -> Holder {
        Holder { user: self.user.clone(), credential: self.id }
    }
}

/// The user and the enrolment behind a signature that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The user.
    pub user: UserId,
    /// The enrolment.
    pub credential: CredentialId,
}

/// A device's own description. Shown, never trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Such as `Pixel 9`; at most 128 characters.
    pub name: Option<String>,
    /// Such as `android` or `ios`; at most 32 characters.
    pub platform: Option<String>,
}

impl Device {
    /// Takes a request's description.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if a part is too long.
    pub fn accept(name: Option<String>, platform: Option<String>) -> Result<Self, Refusal> {
        if name.as_ref().is_some_and(|n| n.chars().count() > 128) {
            return Err(Refusal::malformed("deviceName", "is longer than 128 characters"));
        }
        if platform.as_ref().is_some_and(|p| p.chars().count() > 32) {
            return Err(Refusal::malformed("devicePlatform", "is longer than 32 characters"));
        }
        // Operators and users are shown it.
        let clean = |text: Option<String>| text.and_then(|text| shown(&text, 128));
        Ok(Self { name: clean(name), platform: clean(platform) })
    }
}

/// How an enrolment may go, as the caller's token and tenant have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnrolmentRules {
    /// The token carries `add:authenticators`; without it only a user's first credential can be enrolled.
    pub may_add: bool,
    /// A key that another user owns moves to the new user; otherwise it is refused.
    pub may_reassign: bool,
}

/// What became of an enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// A new credential.
    Added(Credential),
    /// The user had the key already; nothing changed.
    Kept(Credential),
    /// The key was another user's.
    Moved {
        /// The new credential.
        to: Credential,
        /// Who owned the key until now.
        from: UserId,
    },
}

impl Enrolled {
    /// The credential that the key has now.
    pub fn credential(&self) -> &Credential {
        match self {
            Self::Added(credential) | Self::Kept(credential) | Self::Moved { to: credential, .. } => credential,
        }
    }
}

/// What enrolling `new` makes of the key's `current` credential and a user who has `owned` credentials; every
/// store keeps exactly these rules.
///
/// # Errors
/// [`Refusal::CredentialTaken`] and [`Refusal::ScopeMissing`].
pub fn enrol(
    new: &Credential,
    current: Option<&Credential>,
    owned: u32,
    rules: EnrolmentRules,
) -> Result<Enrolled, Refusal> {
    match current {
        Some(current) if current.user == new.user => return Ok(Enrolled::Kept(current.clone())),
        Some(_) if !rules.may_reassign => return Err(Refusal::CredentialTaken),
        _ if owned > 0 && !rules.may_add => return Err(Refusal::ScopeMissing),
        _ => {}
    }
    Ok(match current {
        None => Enrolled::Added(new.clone()),
        Some(current) => Enrolled::Moved { to: new.clone(), from: current.user.clone() },
    })
}
