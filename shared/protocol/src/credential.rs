//! A device key enrolled for a user.

use crate::Refusal;
use crate::action::{Action, ActionName};
use crate::id::{CredentialId, TenantId, TokenId, UserId};
use crate::key::{PublicKey, Thumbprint};
use crate::shown::shown;
use crate::tenant::Settings;
use crate::time::Timestamp;
use crate::token::Scope;
use crate::user::User;

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
    /// Such as `Pixel 9`; at most [`MAX_DEVICE_NAME`] characters.
    pub name: Option<String>,
    /// Such as `android` or `ios`; at most [`MAX_DEVICE_PLATFORM`] characters.
    pub platform: Option<String>,
}

/// Longer names are cut.
pub const MAX_DEVICE_NAME: usize = 128;
/// Longer platforms are cut.
pub const MAX_DEVICE_PLATFORM: usize = 32;

impl Device {
    /// What a request says of its device, fit to be shown to operators and users.
    pub fn described(name: Option<&str>, platform: Option<&str>) -> Self {
        Self {
            name: name.and_then(|name| shown(name, MAX_DEVICE_NAME)),
            platform: platform.and_then(|platform| shown(platform, MAX_DEVICE_PLATFORM)),
        }
    }

    /// The description after `newer`; what that leaves out stays.
    fn updated(&self, newer: &Self) -> Self {
        Self {
            name: newer.name.clone().or_else(|| self.name.clone()),
            platform: newer.platform.clone().or_else(|| self.platform.clone()),
        }
    }
}

/// How an enrolment may go, as the caller's token and tenant have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnrolmentRules {
    /// The token carries `add:authenticators`.
    pub has_scope: bool,
    /// Nobody is enrolled without it; otherwise a user's first device is.
    pub needs_scope: bool,
    /// A key that another user owns moves to the new user; otherwise it is refused.
    pub may_reassign: bool,
    /// As many devices the user may have.
    pub max_devices: u32,
}

impl EnrolmentRules {
    /// The rules for a token of this scope.
    pub fn of(settings: &Settings, scope: &Scope) -> Self {
        Self {
            has_scope: scope.may_add_authenticators(),
            needs_scope: settings.enrolment_needs_scope,
            may_reassign: settings.key_reassignment,
            max_devices: settings.max_devices,
        }
    }
}

/// The generation of SDK calls that a key is enrolled by, and the path that stands for it. A credential serves all of
/// them alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialKind {
    /// The older calls.
    Device,
    /// The newer ones.
    QrCode,
    /// Those of keys that verify for one app.
    InApp,
}

impl CredentialKind {
    const ALL: [Self; 3] = [Self::Device, Self::QrCode, Self::InApp];

    /// The part of the path.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::QrCode => "qr-code",
            Self::InApp => "in-app",
        }
    }

    /// Reads the part of a path.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What allows an enrolment: a user token, on one kind of path. An app enrols a key for each kind with the token that it
/// has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The tracked action that the token is about.
    pub action: ActionName,
    /// The token.
    pub token: TokenId,
    /// When it was issued, in whole seconds.
    pub issued_at: Timestamp,
    /// The kind of path.
    pub kind: CredentialKind,
}

impl Permit {
    /// An action that was made from this instant on is another than the token's: the token's own went, with its user or
    /// by its age. Clocks of two processes differ a little.
    pub fn outlived_at(&self) -> Timestamp {
        self.issued_at.plus(2_000)
    }

    /// Whether the stored `action` still allows the enrolment, of which this permit `is_spent` if it allowed one before.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`] and [`Refusal::TokenSpent`].
    pub fn check_grant(&self, action: Option<&Action>, is_spent: bool) -> Result<(), Refusal> {
        if action.is_none_or(|action| action.created_at >= self.outlived_at()) {
            return Err(Refusal::InvalidToken);
        }
        if is_spent { Err(Refusal::TokenSpent) } else { Ok(()) }
    }
}

/// Who removes a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedBy {
    /// Its own device, which signed the removal.
    Device,
    /// The backend, or another user who took the key over.
    Backend,
}

/// What became of an enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// A new credential.
    Added(Credential),
    /// The user had the key already; only what the device says of itself may have changed.
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

/// What enrolling `new` makes of the key's `current` credential, for a `user` as they stand; every store keeps exactly
/// these rules.
///
/// # Errors
/// [`Refusal::CredentialTaken`], [`Refusal::ScopeMissing`] and [`Refusal::TooManyDevices`].
pub fn enrol(
    new: &Credential,
    current: Option<&Credential>,
    user: &User,
    rules: EnrolmentRules,
) -> Result<Enrolled, Refusal> {
    let enrolled = match current {
        Some(current) if current.user == new.user => {
            let device = current.device.updated(&new.device);
            return Ok(Enrolled::Kept(Credential { device, ..current.clone() }));
        }
        Some(_) if !rules.may_reassign => return Err(Refusal::CredentialTaken),
        Some(current) => Enrolled::Moved { to: new.clone(), from: current.user.clone() },
        None => Enrolled::Added(new.clone()),
    };
    let comes_first = !user.is_enrolled() && !user.was_revoked;
    if !rules.has_scope && (rules.needs_scope || !comes_first) {
        return Err(Refusal::ScopeMissing);
    }
    if user.devices >= rules.max_devices { Err(Refusal::TooManyDevices) } else { Ok(enrolled) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_says_of_itself_is_cut_and_cleaned() {
        let device = Device::described(Some(&"é".repeat(129)), Some(&"p".repeat(33)));
        assert_eq!(device.name, Some("é".repeat(128)));
        assert_eq!(device.platform, Some("p".repeat(32)));
        let device = Device::described(Some(" Pixel\u{202e} 9\n"), Some(" "));
        assert_eq!((device.name.as_deref(), device.platform), (Some("Pixel 9"), None));
    }
}
