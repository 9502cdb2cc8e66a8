//! A backend's view of a user's authenticators: `users/{userId}/authenticators`.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::credential::{Credential, UNATTESTED};
use crate::id::UserId;
use crate::user::{Channel, VerifiedMethod};
use crate::wire::method::{VERIFICATION_METHOD, method};
use crate::wire::text::{given, profile_text};

/// `POST /users/{userId}/authenticators`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolRequest {
    verification_method: String,
    email: Option<String>,
    phone_number: Option<String>,
}

impl EnrolRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for an unknown method, one that needs a device or a ceremony, and a missing address.
    pub fn accept(self) -> Result<Channel, Refusal> {
        let email =
            || profile_text("email", given(self.email.clone()))?.ok_or(Refusal::malformed("email", "is missing"));
        let number = || {
            profile_text("phoneNumber", given(self.phone_number.clone()))?
                .ok_or(Refusal::malformed("phoneNumber", "is missing"))
        };
        Ok(match self.verification_method.as_str() {
            "SMS" => Channel::Sms(number()?),
            "EMAIL_OTP" => Channel::EmailOtp(email()?),
            "EMAIL_MAGIC_LINK" => Channel::EmailMagicLink(email()?),
            "AUTHENTICATOR_APP" => Channel::AuthenticatorApp,
            _ => {
                const WHY: &str = "is none of SMS, EMAIL_OTP, EMAIL_MAGIC_LINK and AUTHENTICATOR_APP";
                return Err(Refusal::malformed("verificationMethod", WHY));
            }
        })
    }
}

/// An authenticator; timestamps are ISO 8601 text.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Authenticator {
    user_id: String,
    user_authenticator_id: String,
    verification_method: &'static str,
    created_at: String,
    verified_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_verified_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_platform: Option<String>,
    /// A device's alone. Official SDKs ignore it.
    #[serde(skip_serializing_if = "Option::is_none")]
    attestation: Option<&'static str>,
}

impl From<&Credential> for Authenticator {
    fn from(credential: &Credential) -> Self {
        Self {
            user_id: credential.user.to_string(),
            user_authenticator_id: credential.id.to_string(),
            verification_method: VERIFICATION_METHOD,
            created_at: credential.verified_at.iso(),
            verified_at: credential.verified_at.iso(),
            last_verified_at: credential.last_verified_at.map(crate::time::Timestamp::iso),
            email: None,
            phone_number: None,
            display_name: credential.device.name.clone(),
            device_platform: credential.device.platform.clone(),
            attestation: Some(UNATTESTED),
        }
    }
}

impl Authenticator {
    /// A method that the backend of `user` verified.
    pub fn verified(user: &UserId, verified: &VerifiedMethod) -> Self {
        Self {
            user_id: user.to_string(),
            user_authenticator_id: verified.id.to_string(),
            verification_method: method(&verified.channel),
            created_at: verified.created_at.iso(),
            verified_at: verified.created_at.iso(),
            last_verified_at: None,
            email: verified.channel.email().map(str::to_owned),
            phone_number: verified.channel.phone_number().map(str::to_owned),
            display_name: None,
            device_platform: None,
            attestation: None,
        }
    }
}

/// Answer to [`EnrolRequest`].
#[derive(Clone, Debug, Serialize)]
pub struct EnrolResponse {
    /// The authenticator, enrolled now or before.
    pub authenticator: Authenticator,
}
