//! A backend manages its users' authenticators.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::credential::Credential;
use scanlatch_protocol::id::{CredentialId, UserId};
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::user::{Channel, Revision, VerifiedMethod};

use crate::port::{Clock, Entropy, ListsCredentials, Revises, Revokes, Users};
use crate::{Result, Unavailable, measure};

deps!(ListsCredentials, Users, Revises, Clock, Entropy, Revokes);

/// A user's devices, and the methods that the backend verified.
pub async fn list(deps: &impl Deps, tenant: &Tenant, user: &UserId) -> Result<(Vec<Credential>, Vec<VerifiedMethod>)> {
    let (devices, known) = tokio::try_join!(deps.credentials_of(&tenant.id, user), deps.user(&tenant.id, user))?;
    Ok((devices, known.map(|known| known.verified).unwrap_or_default()))
}

/// Enrols a method that the backend verified, or returns it if it was enrolled before.
///
/// # Errors
/// [`Refusal::Malformed`] if the user has too many methods.
pub async fn enrol(deps: &impl Deps, tenant: &Tenant, id: &UserId, channel: Channel) -> Result<VerifiedMethod> {
    let now = deps.now();
    let new = VerifiedMethod { id: CredentialId::from_random(deps.random()?), channel, created_at: now };
    let current = deps.user(&tenant.id, id).await?;
    let user = deps.revise(&tenant.id, id, current.as_ref(), &Revision::Verified(new.clone()), now).await?;
    let stands = user.verified.into_iter().find(|method| method.channel == new.channel);
    Ok(stands.ok_or_else(|| Unavailable::new("the store", "it lost what was enrolled"))?)
}

/// Revokes a device, or forgets a method that the backend verified. Once this returns, the device can neither claim nor
/// decide.
///
/// # Errors
/// [`Refusal::UnknownAuthenticator`] if the user does not have it and no trace of it is left.
pub async fn delete(deps: &impl Deps, tenant: &Tenant, user: &UserId, id: &CredentialId) -> Result<()> {
    measure::credential(id);
    let (was_device, known) = tokio::try_join!(deps.revoke(&tenant.id, user, id), deps.user(&tenant.id, user))?;
    let was_verified = known.filter(|known| known.verified.iter().any(|method| method.id == *id));
    if let Some(known) = was_verified {
        deps.revise(&tenant.id, user, Some(&known), &Revision::Forgotten(*id), deps.now()).await?;
        measure::outcome("revoked");
        return Ok(());
    }
    if !was_device {
        return Err(Refusal::UnknownAuthenticator.into());
    }
    measure::outcome("revoked");
    Ok(())
}
