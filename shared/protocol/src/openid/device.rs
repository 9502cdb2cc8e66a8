//! The grant for what has no keyboard (RFC 8628). The device code is the id of a challenge with its device code, so the
//! challenge itself is the grant.

use crate::Refusal;
use crate::id::ChallengeId;
use crate::secret::{DeviceCode, redacted};

use super::fault::OAuthError;

/// How long a device waits between two polls, in seconds (section 3.2).
pub const INTERVAL_S: u32 = 5;

/// A poll that comes earlier after the one before is told to slow down, in milliseconds. It leaves a second for the network.
pub const TOO_SOON_MS: i64 = 4_000;

/// What a device polls with.
#[derive(Clone)]
pub struct DeviceGrant {
    /// The challenge.
    pub challenge: ChallengeId,
    /// Proves its screen.
    pub code: DeviceCode,
}
redacted!(DeviceGrant);

impl DeviceGrant {
    /// Reads `device_code`.
    ///
    /// # Errors
    /// [`OAuthError::InvalidGrant`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let parts = text.split_once('.');
        let read = parts.and_then(|(id, code)| Some((ChallengeId::parse(id).ok()?, DeviceCode::parse(code).ok()?)));
        let (challenge, code) = read.ok_or(unknown_device_code())?;
        Ok(Self { challenge, code })
    }

    /// `device_code`, for the one answer that hands it out.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.challenge, self.code.expose())
    }
}

/// The refusal of a device code that is unknown, spent or another application's.
pub const fn unknown_device_code() -> Refusal {
    OAuthError::InvalidGrant.because("The device_code is wrong, spent, or another application's.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_code_is_read_as_it_was_written() {
        let grant =
            DeviceGrant { challenge: ChallengeId::from_random([1; 16]), code: DeviceCode::from_random([2; 32]) };
        let read = DeviceGrant::parse(&grant.expose()).unwrap();
        assert_eq!((read.challenge, read.code.expose()), (grant.challenge, grant.code.expose()));
    }

    #[test]
    fn any_other_text_is_no_device_code() {
        for bad in ["", ".", "x.y", "948e03cc-1a2b-4c3d-8e4f-5a6b7c8d9e0f", "948e03cc-1a2b-4c3d-8e4f-5a6b7c8d9e0f."] {
            assert_eq!(DeviceGrant::parse(bad).err(), Some(unknown_device_code()), "{bad}");
        }
    }
}
