//! A phone asks what waits for its user.

use protocol::Refusal;
use protocol::challenge::Challenge;
use protocol::context::Context;
use protocol::id::{TenantId, UserId};
use protocol::key::PublicKey;

use crate::port::{Actions, Clock, Credentials, Pending, Tenants};
use crate::{Result, caller};

/// The user of the key, and a challenge that is for them and pending: the oldest one that was opened from `near`, else
/// the oldest. What the user has approved in another challenge is not asked again.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`] and [`Refusal::InvalidCredential`].
pub async fn run(
    deps: &(impl Tenants + Credentials + Pending + Actions + Clock),
    tenant: &TenantId,
    key: &PublicKey,
    near: &Context,
) -> Result<(UserId, Option<Challenge>)> {
    let thumbprint = key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    caller::with_devices(found)?;
    let user = credential.ok_or(Refusal::InvalidCredential)?.user;
    let now = deps.now();
    let mut pending = deps.pending(tenant, &user, now).await?;
    // Stable, so that each part stays in the order of age.
    pending.sort_by_key(|challenge| near.ip_address.is_none() || challenge.context.ip_address != near.ip_address);
    for challenge in pending {
        let action = deps.action(&challenge.action_of(&user), now).await?;
        if action.is_some_and(|action| action.state.admits_decision().is_ok()) {
            return Ok((user, Some(challenge)));
        }
    }
    Ok((user, None))
}
