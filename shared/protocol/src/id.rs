//! Identifiers. Every value is well formed, because texts are parsed.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::Refusal;

/// The random bytes of one UUID.
pub type Randomness = [u8; 16];

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id (UUID version 4, RFC 9562 section 5.4) from the caller's randomness.
            pub fn from_random(bytes: Randomness) -> Self {
                Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }

            /// Parses the 36-character form in either case. White space around it is ignored, because scanners and
            /// clipboards add line feeds.
            ///
            /// # Errors
            /// [`Refusal::Malformed`] for anything else, braces, URNs and the short form included.
            pub fn parse(text: &str) -> Result<Self, Refusal> {
                let text = text.trim();
                if text.len() != 36 {
                    return Err(Refusal::malformed($field, "is not a UUID"));
                }
                Uuid::try_parse(text).map(Self).map_err(|_| Refusal::malformed($field, "is not a UUID"))
            }

            /// The value without dashes, for texts that embed it.
            pub fn simple(&self) -> String {
                self.0.simple().to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        /// The stored form is its text.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(D::Error::custom)
            }
        }
    };
}

uuid_id! {
    /// A tenant. It is public: every client call carries it.
    TenantId, "tenantId"
}
uuid_id! {
    /// A challenge. It is public: the QR code shows it, so it must never suffice to read a result.
    ChallengeId, "challengeId"
}
uuid_id! {
    /// A call with which a phone repeats its approval. It never leaves the service.
    CallId, "call"
}
uuid_id! {
    /// One enrolment of a device's key (`userAuthenticatorId` on the wire). A key that is enrolled again gets a new id.
    CredentialId, "userAuthenticatorId"
}

uuid_id! {
    /// A user's session. It is the id of the challenge that began it, so one approval begins one session.
    SessionId, "sessionId"
}

uuid_id! {
    /// A user token (`jti`).
    TokenId, "jti"
}

impl SessionId {
    /// The session that the approval of this challenge begins.
    pub fn of(challenge: &ChallengeId) -> Self {
        Self(challenge.0)
    }
}

impl TenantId {
    /// Parses the dashless form that secret keys embed.
    pub(crate) fn parse_simple(text: &str) -> Option<Self> {
        if text.len() != 32 {
            return None;
        }
        Uuid::try_parse(text).ok().map(Self)
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $field:literal, $why:expr, $accepts:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            ///
            /// # Errors
            /// [`Refusal::Malformed`] if the text is outside the format above.
            pub fn parse(text: impl Into<String>) -> Result<Self, Refusal> {
                let text = text.into();
                let accepts: fn(&str) -> bool = $accepts;
                if accepts(&text) { Ok(Self(text)) } else { Err(Refusal::malformed($field, $why)) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        /// The stored form is its text.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(text).map_err(D::Error::custom)
            }
        }
    };
}

/// Whether the text may stand in a path. API Gateway decodes a path and cuts it at `?`, so an id with a `?` would
/// become another id. Decoders replace invalid UTF-8 by U+FFFD, so two ids could become one.
fn is_plain_text(text: &str) -> bool {
    let is_plain = |c: char| !c.is_control() && c != '?' && c != char::REPLACEMENT_CHARACTER;
    (1..=256).contains(&text.len()) && text.chars().all(is_plain)
}

const NOT_PLAIN: &str = "must be 1 to 256 bytes of text without `?` and control characters";

text_id! {
    /// The integrator's own id of a user: 1 to 256 bytes without `?`, U+FFFD and control characters.
    UserId, "userId", NOT_PLAIN, is_plain_text
}
text_id! {
    /// The name of one use of an action: 1 to 256 bytes without `?`, U+FFFD and control characters.
    IdempotencyKey, "idempotencyKey", NOT_PLAIN, is_plain_text
}
text_id! {
    /// What the user is asked to do, in the integrator's words: `^[a-zA-Z0-9_-]{1,64}$`.
    ActionCode, "action", "must match ^[a-zA-Z0-9_-]{1,64}$", |text| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    }
}
text_id! {
    /// An application with sessions, as the tenant registers it: `^[a-zA-Z0-9._-]{1,64}$`.
    ClientId, "clientId", "must match ^[a-zA-Z0-9._-]{1,64}$", |text| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    }
}
text_id! {
    /// A socket, as API Gateway names it: 1 to 128 visible ASCII characters.
    ConnectionId, "connectionId", "must be 1 to 128 visible ASCII characters", |text| {
        (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
    }
}

impl IdempotencyKey {
    /// A fresh key from the caller's randomness.
    pub fn from_random(bytes: Randomness) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid().hyphenated().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_36_character_form_is_a_challenge_id() {
        let id = ChallengeId::from_random([7; 16]);
        assert_eq!(ChallengeId::parse(&id.to_string()), Ok(id));
        assert_eq!(ChallengeId::parse(&id.to_string().to_uppercase()), Ok(id));
        for bad in ["", " ", "2966600.0", &id.simple(), &format!("{{{id}}}"), &format!("urn:uuid:{id}")] {
            assert!(ChallengeId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_stored_is_parsed_again() {
        let stored = serde_json::to_string(&[TenantId::from_random([7; 16])]).unwrap();
        assert_eq!(serde_json::from_str::<Vec<TenantId>>(&stored).unwrap(), [TenantId::from_random([7; 16])]);
        assert_eq!(serde_json::to_string(&UserId::parse("ann").unwrap()).unwrap(), "\"ann\"");
        assert!(serde_json::from_str::<ClientId>("\"a b\"").is_err());
        assert!(serde_json::from_str::<TenantId>("\"acme\"").is_err());
    }

    #[test]
    fn white_space_around_an_id_is_no_part_of_it_and_within_it_is() {
        let id = ChallengeId::from_random([7; 16]);
        for around in [format!(" {id}"), format!("{id}\r\n"), format!("\t{id}\u{a0}\u{3000}")] {
            assert_eq!(ChallengeId::parse(&around), Ok(id), "{around:?}");
        }
        let within = id.to_string().replacen('-', " ", 1);
        assert!(ChallengeId::parse(&within).is_err());
    }

    #[test]
    fn an_action_code_keeps_to_its_alphabet() {
        assert!(ActionCode::parse("login-with_QR-1").is_ok());
        for bad in ["", "a b", "a#b", "ü", &"a".repeat(65)] {
            assert!(ActionCode::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_user_id_may_hold_whatever_identity_providers_invent() {
        for good in ["auth0|abc", "a/b c+d:e", "a#b", "a%b", "用户"] {
            assert!(UserId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a\nb", "a\u{fffd}", "a?b", "?", &"u".repeat(257)] {
            assert!(UserId::parse(bad).is_err(), "{bad:?}");
        }
    }
}
