//! The names of verification methods on the wire.

use crate::user::Channel;

/// The method that every SDK's enumeration knows for a device credential.
pub const VERIFICATION_METHOD: &str = "DEVICE";

/// A channel's method.
pub(crate) fn method(channel: &Channel) -> &'static str {
    match channel {
        Channel::Sms(_) => "SMS",
        Channel::EmailOtp(_) => "EMAIL_OTP",
        Channel::EmailMagicLink(_) => "EMAIL_MAGIC_LINK",
        Channel::AuthenticatorApp => "AUTHENTICATOR_APP",
    }
}
