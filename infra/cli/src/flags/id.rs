//! Ids as people type them.

use scanlatch_protocol::id::{ActionCode, ChallengeId, ClientId, CredentialId, TenantId, UserId};
use scanlatch_protocol::openid::client::BROWSER;

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

/// Reads an application's id.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn client_id(text: &str) -> Result<ClientId, String> {
    if text == BROWSER {
        return Err("the provider keeps its own sessions under this id; choose another".to_owned());
    }
    ClientId::parse(text).map_err(|refusal| refusal.to_string())
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

/// Reads an action's code.
///
/// # Errors
/// One sentence that says what is wrong with it.
pub fn action_code(text: &str) -> Result<ActionCode, String> {
    ActionCode::parse(text).map_err(|refusal| refusal.to_string())
}
