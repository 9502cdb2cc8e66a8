//! A phone asks what waits for its user.

use protocol::Refusal;
use protocol::challenge::Challenge;
use protocol::credential::Holder;
use protocol::custom::Custom;
use protocol::id::TenantId;
use protocol::key::PublicKey;

use crate::port::{Clock, Credentials, Pending, Tenants, Users};
use crate::{Result, caller};

/// Who holds the key, the newest challenge that is for them and pending, and their own custom data.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`] and [`Refusal::InvalidCredential`].
pub async fn run(
    deps: &(impl Tenants + Credentials + Pending + Users + Clock),
    tenant: &TenantId,
    key: &PublicKey,
) -> Result<(Holder, Option<Challenge>, Option<Custom>)> {
    let thumbprint = key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    caller::with_devices(found)?;
    let holder = credential.ok_or(Refusal::InvalidCredential)?.holder();
    let waiting = deps.pending(tenant, &holder.user, deps.now());
    let (waiting, user) = tokio::try_join!(waiting, deps.user(tenant, &holder.user))?;
    Ok((holder, waiting.into_iter().next(), user.and_then(|user| user.profile.custom)))
}
