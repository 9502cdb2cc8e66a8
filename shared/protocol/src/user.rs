//! A tenant's user: the profile that the backend sets, and the authenticators.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Refusal;
use crate::credential::RemovedBy;
use crate::custom::Custom;
use crate::id::{CredentialId, UserId};
use crate::page::Question;
use crate::secret::redacted;
use crate::time::Timestamp;

/// A user. One of whom nothing is stored counts as a user without authenticators.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// The integrator's id.
    pub id: UserId,
    /// When something was first stored of the user.
    pub created_at: Timestamp,
    /// How many devices are enrolled.
    pub devices: u32,
    /// Whether the backend removed an authenticator and no device has removed itself since. A first device then needs
    /// the scope: whoever knows the user's name or has the lost device may not be the user.
    pub was_revoked: bool,
    /// What the backend says of them.
    pub profile: Profile,
    /// The methods that the backend verified by itself.
    pub verified: Vec<VerifiedMethod>,
    /// How often all sessions of the user were ended. Sessions of an earlier epoch are over.
    pub session_epoch: u32,
}

/// What a backend says of a user. It is shown to the user's own phone and never trusted by the service. Stores keep its
/// serialized form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Profile {
    /// E-mail address.
    pub email: Option<String>,
    /// Whether the backend verified it.
    pub email_verified: bool,
    /// Phone number.
    pub phone_number: Option<String>,
    /// Whether the backend verified it.
    pub phone_number_verified: bool,
    /// What the user logs in as.
    pub username: Option<String>,
    /// What the user is called.
    pub display_name: Option<String>,
    /// Language tag.
    pub locale: Option<String>,
    /// Anything else.
    pub custom: Option<Custom>,
}

/// A method that the backend verified by itself and enrolled. It is only a record: this service never asks for it.
/// Stores keep its serialized form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedMethod {
    /// Its id, of the same type as a credential's.
    pub id: CredentialId,
    /// Which method, with its address or number.
    #[serde(rename = "method")]
    pub channel: Channel,
    /// When it was enrolled.
    pub created_at: Timestamp,
}

/// Methods that backends may have verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Channel {
    /// Text messages to a number.
    Sms(String),
    /// Codes to an address.
    EmailOtp(String),
    /// Links to an address.
    EmailMagicLink(String),
    /// One-time codes of an authenticator app.
    AuthenticatorApp,
}

/// How many methods a backend may enrol for one user.
pub const MAX_VERIFIED: usize = 16;

/// The longest address, number or name of a [`Profile`], in bytes.
pub const MAX_TEXT: usize = 256;

/// A change of one user. Applying it twice has the effect of applying it once.
#[derive(Clone, Debug, PartialEq)]
pub enum Revision {
    /// The backend changes the profile.
    Profile(Box<ProfileChange>),
    /// The backend verified a method.
    Verified(VerifiedMethod),
    /// A verified method was removed.
    Forgotten(CredentialId),
}

/// A change of a [`Profile`]. An empty text clears the member, an absent one keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileChange {
    /// [`Profile::email`].
    pub email: Option<String>,
    /// [`Profile::email_verified`].
    pub email_verified: Option<bool>,
    /// [`Profile::phone_number`].
    pub phone_number: Option<String>,
    /// [`Profile::phone_number_verified`].
    pub phone_number_verified: Option<bool>,
    /// [`Profile::username`].
    pub username: Option<String>,
    /// [`Profile::display_name`].
    pub display_name: Option<String>,
    /// [`Profile::locale`].
    pub locale: Option<String>,
    /// [`Profile::custom`].
    pub custom: Option<Custom>,
}

impl User {
    /// A user of whom nothing is stored.
    pub fn unknown(id: UserId, now: Timestamp) -> Self {
        Self {
            id,
            created_at: now,
            devices: 0,
            was_revoked: false,
            profile: Profile::default(),
            verified: Vec::new(),
            session_epoch: 0,
        }
    }

    /// How many authenticators are enrolled: devices and [`User::verified`].
    pub fn authenticators(&self) -> u32 {
        self.devices.saturating_add(u32::try_from(self.verified.len()).unwrap_or(u32::MAX))
    }

    /// Whether there is at least one authenticator.
    pub fn is_enrolled(&self) -> bool {
        self.authenticators() > 0
    }

    /// The user with one device less.
    #[must_use]
    pub fn without_device(&self, removed_by: RemovedBy) -> Self {
        let was_revoked = removed_by.is_revocation();
        Self { devices: self.devices.saturating_sub(1), was_revoked, ..self.clone() }
    }

    /// This user after `revision`. Every store follows exactly these rules.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if there are too many verified methods.
    pub fn revised(&self, revision: &Revision) -> Result<Self, Refusal> {
        let mut user = self.clone();
        match revision {
            Revision::Profile(change) => user.profile = user.profile.changed(change),
            Revision::Verified(new) => {
                if user.verified.iter().all(|old| old.channel != new.channel) {
                    if user.verified.len() >= MAX_VERIFIED {
                        return Err(Refusal::malformed("verificationMethod", "is one too many for this user"));
                    }
                    user.verified.push(new.clone());
                }
                let verified = |address: Option<&str>, own: &Option<String>| own.as_deref() == address;
                let profile = &mut user.profile;
                profile.email_verified |=
                    new.channel.email().is_some() && verified(new.channel.email(), &profile.email);
                profile.phone_number_verified |=
                    new.channel.phone_number().is_some() && verified(new.channel.phone_number(), &profile.phone_number);
            }
            Revision::Forgotten(id) => {
                user.verified.retain(|method| method.id != *id);
                user.was_revoked |= user.verified.len() < self.verified.len();
            }
        }
        Ok(user)
    }
}

impl Profile {
    fn changed(&self, change: &ProfileChange) -> Self {
        let text = |old: &Option<String>, new: &Option<String>| match new {
            None => old.clone(),
            Some(new) => (!new.is_empty()).then(|| new.clone()),
        };
        let email = text(&self.email, &change.email);
        let phone_number = text(&self.phone_number, &change.phone_number);
        // A verification does not carry over to another address or number.
        let email_verified = change.email_verified.unwrap_or(self.email_verified && email == self.email);
        let phone_number_verified =
            change.phone_number_verified.unwrap_or(self.phone_number_verified && phone_number == self.phone_number);
        Self {
            email_verified: email_verified && email.is_some(),
            phone_number_verified: phone_number_verified && phone_number.is_some(),
            email,
            phone_number,
            username: text(&self.username, &change.username),
            display_name: text(&self.display_name, &change.display_name),
            locale: text(&self.locale, &change.locale),
            custom: change.custom.clone().or_else(|| self.custom.clone()),
        }
    }
}

impl Channel {
    /// The address, if the method has one.
    pub fn email(&self) -> Option<&str> {
        match self {
            Self::EmailOtp(email) | Self::EmailMagicLink(email) => Some(email),
            _ => None,
        }
    }

    /// The number, if the method has one.
    pub fn phone_number(&self) -> Option<&str> {
        match self {
            Self::Sms(number) => Some(number),
            _ => None,
        }
    }
}

/// Which users to list. All conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Exactly this user name.
    pub username: Option<String>,
    /// Exactly this address.
    pub email: Option<String>,
    /// Exactly this number.
    pub phone_number: Option<String>,
}

/// The parameters of a list of users.
#[derive(Clone, Default)]
pub struct UserListParams {
    /// Which users.
    pub filter: UserFilter,
    /// The token of the one user to show, unread; a list if absent.
    pub token: Option<String>,
    /// The most users that one answer holds.
    pub limit: u32,
    /// The continuation that an earlier answer gave, unread.
    pub after: Option<String>,
}
redacted!(UserListParams);

/// Some users, and where the list continues.
#[derive(Clone, Debug, PartialEq)]
pub struct UserList {
    /// In the order of their ids.
    pub users: Vec<User>,
    /// The continuation; absent at the end.
    pub next: Option<String>,
    /// The claims of the token, if one was given.
    pub token_payload: Option<Value>,
}

/// The greatest [`UserListParams::limit`].
pub const MAX_USERS: u32 = 100;

impl UserFilter {
    /// Whether the filter covers a user.
    pub fn matches(&self, user: &User) -> bool {
        let is = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
        is(&self.username, &user.profile.username)
            && is(&self.email, &user.profile.email)
            && is(&self.phone_number, &user.profile.phone_number)
    }

    /// The question to which this list's continuations are bound.
    pub fn question(&self) -> Question {
        Question::of(&[self.username.as_deref(), self.email.as_deref(), self.phone_number.as_deref()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> User {
        User::unknown(UserId::parse("ann").unwrap(), Timestamp::from_millis(0))
    }

    fn profile(change: ProfileChange) -> Revision {
        Revision::Profile(Box::new(change))
    }

    fn method(n: u8, channel: Channel) -> Revision {
        let id = CredentialId::from_random([n; 16]);
        Revision::Verified(VerifiedMethod { id, channel, created_at: Timestamp::from_millis(0) })
    }

    #[test]
    fn nothing_leaves_and_an_empty_text_clears() {
        let email = |text: &str| profile(ProfileChange { email: Some(text.to_owned()), ..ProfileChange::default() });
        let ann = user().revised(&email("ann@example.com")).unwrap();
        assert_eq!(ann.revised(&profile(ProfileChange::default())).unwrap(), ann);
        assert_eq!(ann.revised(&email("")).unwrap(), user());
    }

    #[test]
    fn another_address_is_not_verified() {
        let change = |email: &str, verified| {
            profile(ProfileChange {
                email: Some(email.to_owned()),
                email_verified: verified,
                ..ProfileChange::default()
            })
        };
        let ann = user().revised(&change("ann@example.com", Some(true))).unwrap();
        assert!(ann.profile.email_verified);
        assert!(ann.revised(&change("ann@example.com", None)).unwrap().profile.email_verified);
        assert!(!ann.revised(&change("ben@example.com", None)).unwrap().profile.email_verified);
        assert!(!ann.revised(&change("", Some(true))).unwrap().profile.email_verified);
    }

    #[test]
    fn a_method_that_is_verified_again_is_the_same_method() {
        let sms = || Channel::Sms("+64211234567".to_owned());
        let once = user().revised(&method(1, sms())).unwrap();
        assert_eq!(once.revised(&method(2, sms())).unwrap(), once);
        assert_eq!((once.authenticators(), once.devices), (1, 0));
    }

    #[test]
    fn a_method_that_is_taken_away_was_revoked() {
        let once = user().revised(&method(1, Channel::AuthenticatorApp)).unwrap();
        let gone = Revision::Forgotten(CredentialId::from_random([1; 16]));
        assert_eq!(once.revised(&gone).unwrap(), User { was_revoked: true, ..user() });
        assert_eq!(user().revised(&gone).unwrap(), user());
    }
}
