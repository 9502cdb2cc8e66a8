//! A tenant and its rules.

use crate::id::TenantId;

/// A team that uses the service, with the settings that the rules read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its public id.
    pub id: TenantId,
    /// A disabled tenant is refused everywhere.
    pub enabled: bool,
    /// Its rules.
    pub settings: Settings,
}

/// What a tenant may set. Durations in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether phones may enrol, claim and decide.
    pub device_credentials: bool,
    /// Whether enrolling a key that another user owns moves it; otherwise it is refused.
    pub key_reassignment: bool,
    /// Origins of pages that may open challenges; empty allows any, and callers without an origin pass always.
    pub allowed_origins: Vec<String>,
    /// How long a challenge may be claimed and decided. The browser SDK refreshes after 9 minutes.
    pub challenge_lifetime_ms: i64,
    /// How long a user token serves.
    pub user_token_lifetime_ms: i64,
    /// How long an approval can be redeemed.
    pub result_token_lifetime_ms: i64,
    /// How long an action is kept.
    pub action_lifetime_ms: i64,
}

impl Default for Settings {
    fn default() -> Self {
        const MINUTE: i64 = 60_000;
        Self {
            device_credentials: true,
            key_reassignment: false,
            allowed_origins: Vec::new(),
            challenge_lifetime_ms: 10 * MINUTE,
            user_token_lifetime_ms: 10 * MINUTE,
            result_token_lifetime_ms: 10 * MINUTE,
            action_lifetime_ms: 90 * 24 * 60 * MINUTE,
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
