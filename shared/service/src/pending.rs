//! A phone asks what waits for its user.

use protocol::Refusal;
use protocol::challenge::Challenge;
use protocol::id::{TenantId, UserId};
use protocol::key::PublicKey;

use crate::port::{Clock, Credentials, Pending, Tenants};
use crate::{Result, caller};

/// The user of the key, and the newest challenge that is for them and pending.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`] and [`Refusal::InvalidCredential`].
pub async fn run(
    deps: &(impl Tenants + Credentials + Pending + Clock),
    tenant: &TenantId,
    key: &PublicKey,
) -> Result<(UserId, Option<Challenge>)> {
    let thumbprint = key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    caller::with_devices(found)?;
    let user = credential.ok_or(Refusal::InvalidCredential)?.user;
    let newest = deps.pending(tenant, &user, deps.now()).await?.into_iter().next();
    Ok((user, newest))
}
