//! Ids as people type them.

use scanlatch_protocol::id::{ChallengeId, CredentialId, TenantId, UserId};

/// Reads a user's id.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn user_id(text: &str) -> Result<UserId, String> {
    UserId::parse(text).map_err(|refusal| refusal.to_string())
}

/// Reads a device's id.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn device_id(text: &str) -> Result<CredentialId, String> {
    CredentialId::parse(text).map_err(|_| "a device's id is a UUID; `scanlatch device list` shows it".to_owned())
}

/// Reads a challenge's id.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn challenge_id(text: &str) -> Result<ChallengeId, String> {
    ChallengeId::parse(text).map_err(|_| "a challenge's id is the UUID that its QR code shows".to_owned())
}

/// Reads a tenant's id where a name would not do, since it may be lost.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn tenant_id(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|_| "a tenant's id is a UUID".to_owned())
}
