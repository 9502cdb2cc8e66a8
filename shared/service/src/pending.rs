//! A phone asks for its user's pending challenge.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::context::Context;
use scanlatch_protocol::credential::Holder;
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::key::PublicKey;

use crate::Result;
use crate::port::{Actions, Clock, Credentials, Pending, Tenants, Users};
use crate::step::authenticate;

deps!(Tenants, Credentials, Pending, Actions, Users, Clock);

/// What the phone is told.
#[derive(Debug)]
pub struct Waiting {
    /// Who holds the key.
    pub holder: Holder,
    /// Their pending challenge.
    pub challenge: Option<Challenge>,
    /// The custom data that their backend attached to them.
    pub user_custom: Option<Custom>,
}

/// The pending challenge of the key's user: the oldest from the address of `near`, else the oldest. One whose action is
/// gone, barred or already approved is left out.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`] and [`Refusal::InvalidCredential`].
pub async fn run(deps: &impl Deps, tenant: &TenantId, key: &PublicKey, near: &Context) -> Result<Waiting> {
    let thumbprint = key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    authenticate::with_devices(found)?;
    let holder = credential.ok_or(Refusal::InvalidCredential)?.holder();
    let now = deps.now();
    let pending = deps.pending(tenant, &holder.user, near.ip_address.as_deref(), now);
    let (mut pending, user) = tokio::try_join!(pending, deps.user(tenant, &holder.user))?;
    let user_custom = user.and_then(|user| user.profile.custom);
    // The sort is stable, so each part stays in the order of age.
    pending.sort_by_key(|challenge| near.ip_address.is_none() || challenge.context.ip_address != near.ip_address);
    for challenge in pending {
        let action = deps.action(&challenge.action_of(&holder.user), now).await?;
        if action.is_some_and(|action| action.state.check_decision_allowed().is_ok()) {
            return Ok(Waiting { holder, challenge: Some(challenge), user_custom });
        }
    }
    Ok(Waiting { holder, challenge: None, user_custom })
}
