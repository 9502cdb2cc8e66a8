//! A tenant and its rules.

use std::ops::RangeInclusive;

use crate::action::ActionState;
use crate::id::{ClientId, TenantId};
use crate::secret::Digest;
use crate::time::Timestamp;

/// As many secret keys may be active at once: the one in use and the one that replaces it.
pub const MAX_SECRET_KEYS: usize = 2;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// The longest that settings may let a challenge be claimed and decided, in milliseconds.
pub const MAX_CHALLENGE_LIFETIME_MS: i64 = 60 * MINUTE;
/// The longest that settings may let a user or result token serve, in milliseconds.
pub const MAX_TOKEN_LIFETIME_MS: i64 = 60 * MINUTE;
/// The longest that settings may let an access token serve, in milliseconds; no token but a refresh token lives longer.
pub const MAX_ACCESS_TOKEN_LIFETIME_MS: i64 = DAY;
/// The longest that settings may let a session be refreshed, and so a refresh token serve, in milliseconds.
pub const MAX_SESSION_LIFETIME_MS: i64 = 365 * DAY;

/// As many devices a user may have, within what settings may say.
pub const DEVICES_PER_USER: RangeInclusive<u32> = 1..=100;

/// A team that uses the service, with the settings that the rules read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its public id.
    pub id: TenantId,
    /// What operators call it; never shown to users.
    pub name: String,
    /// A disabled tenant is refused everywhere.
    pub enabled: bool,
    /// When it was set up.
    pub created_at: Timestamp,
    /// Its rules.
    pub settings: Settings,
    /// Its active secret keys, the oldest first.
    pub secret_keys: Vec<SecretKeyRecord>,
}

impl Tenant {
    /// An enabled tenant without secret keys.
    pub fn new(id: TenantId, name: impl Into<String>, settings: Settings, now: Timestamp) -> Self {
        Self { id, name: name.into(), enabled: true, created_at: now, settings, secret_keys: Vec::new() }
    }

    /// Whether `other` has the same name and settings and is enabled alike, whatever keys either has.
    pub fn reads_like(&self, other: &Self) -> bool {
        (&self.name, self.enabled, &self.settings) == (&other.name, other.enabled, &other.settings)
    }

    /// Whether this is the digest of one of its active secret keys.
    pub fn has_secret_key(&self, digest: &Digest) -> bool {
        self.secret_keys.iter().any(|key| key.digest == *digest)
    }
}

/// An active secret key, as far as anybody may still know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretKeyRecord {
    /// What was stored of it.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Timestamp,
}

impl SecretKeyRecord {
    /// What operators call it: the beginning of its digest, from which nothing of the key follows.
    pub fn name(&self) -> String {
        self.digest.to_text().chars().take(8).collect()
    }
}

/// What a tenant may set. Durations in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Settings {
    /// Whether phones may enrol, claim and decide.
    pub device_credentials: bool,
    /// Whether every enrolment needs a token with `add:authenticators`; otherwise a user's first device needs none.
    pub enrolment_needs_scope: bool,
    /// Whether enrolling a key that another user owns moves it; otherwise it is refused.
    pub key_reassignment: bool,
    /// Whether a decision may come with the signature of its claim, as from phones that sign deterministically
    /// (RFC 6979). Otherwise it counts as copied and is refused.
    pub deterministic_signatures: bool,
    /// As many devices a user may have; one of [`DEVICES_PER_USER`].
    pub max_devices: u32,
    /// Origins of pages that may open challenges; empty allows any, and callers without an origin pass always.
    pub allowed_origins: Vec<String>,
    /// The state of an action that a backend tracks for the first time.
    pub default_action_state: ActionState,
    /// Applications that sessions may be made for.
    pub session_clients: Vec<ClientId>,
    /// How long a challenge may be claimed and decided. The browser SDK refreshes after 9 minutes.
    pub challenge_lifetime_ms: i64,
    /// How long a user token serves.
    pub user_token_lifetime_ms: i64,
    /// How long an approval can be redeemed.
    pub result_token_lifetime_ms: i64,
    /// How long a session's access token serves.
    pub access_token_lifetime_ms: i64,
    /// How long a session can be refreshed, from its beginning.
    pub session_lifetime_ms: i64,
    /// How long an action is kept.
    pub action_lifetime_ms: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            device_credentials: true,
            enrolment_needs_scope: true,
            key_reassignment: false,
            deterministic_signatures: false,
            max_devices: 16,
            allowed_origins: Vec::new(),
            default_action_state: ActionState::ChallengeRequired,
            session_clients: Vec::new(),
            challenge_lifetime_ms: 10 * MINUTE,
            user_token_lifetime_ms: 10 * MINUTE,
            result_token_lifetime_ms: 10 * MINUTE,
            access_token_lifetime_ms: 15 * MINUTE,
            session_lifetime_ms: 30 * DAY,
            action_lifetime_ms: 90 * DAY,
        }
    }
}

impl Settings {
    /// Whether a page from `origin` may open challenges. Only browsers send an origin, so none passes.
    pub fn allows_origin(&self, origin: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        self.allowed_origins.is_empty() || self.allowed_origins.iter().any(|allowed| allowed == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_origin_is_allowed() {
        let settings = Settings { allowed_origins: vec!["https://good.example".to_owned()], ..Settings::default() };
        assert!(settings.allows_origin(None));
        assert!(settings.allows_origin(Some("https://good.example")));
        for bad in ["null", "https://good.example.evil", "http://good.example", "https://good.example:8443"] {
            assert!(!settings.allows_origin(Some(bad)), "{bad}");
        }
    }
}
