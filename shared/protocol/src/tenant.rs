//! A tenant and its rules.

use crate::id::TenantId;
use crate::secret::Digest;
use crate::time::Timestamp;

pub mod settings;

pub use settings::{
    MAX_ACCESS_TOKEN_LIFETIME_MS, MAX_CHALLENGE_LIFETIME_MS, MAX_SESSION_LIFETIME_MS, MAX_TOKEN_LIFETIME_MS, Settings,
};

/// How many secret keys may be active at once: the one in use and its replacement.
pub const MAX_SECRET_KEYS: usize = 2;

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

    /// Whether `other` has the same name, settings and `enabled`. Keys are not compared.
    pub fn reads_like(&self, other: &Self) -> bool {
        (&self.name, self.enabled, &self.settings) == (&other.name, other.enabled, &other.settings)
    }

    /// Whether this is the digest of one of its active secret keys.
    pub fn has_secret_key(&self, digest: &Digest) -> bool {
        self.secret_keys.iter().any(|key| key.digest == *digest)
    }
}

/// An active secret key. The service knows only its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretKeyRecord {
    /// Its digest, which is all that is stored of it.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Timestamp,
}

impl SecretKeyRecord {
    /// What operators call it: the first 8 characters of its digest, which reveal nothing of the key.
    pub fn name(&self) -> String {
        self.digest.to_text().chars().take(8).collect()
    }
}
