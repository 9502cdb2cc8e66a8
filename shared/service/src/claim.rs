//! A phone claims the challenge that it scanned.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, SignedChallenge};
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::TenantId;

use crate::port::{Claims, Clock, Credentials, Pushes, Tenants, Users, Withdraws};
use crate::step::{authenticate, claiming};
use crate::{Result, measure};

deps!(Tenants, Credentials, Claims, Users, Pushes, Withdraws, Clock);

/// Claims for the owner of the key that signed, and tells the screen. Returns the challenge and the claimer's own
/// custom data.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::InvalidCredential`], those of
/// [`scanlatch_protocol::challenge::Challenge::apply`], and [`Refusal::Cancelled`] if the screen has left for good.
pub async fn run(deps: &impl Deps, tenant: &TenantId, signed: &SignedChallenge) -> Result<(Challenge, Option<Custom>)> {
    measure::challenge(&signed.challenge);
    let thumbprint = signed.key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    authenticate::with_devices(found)?;
    let holder = credential.ok_or(Refusal::InvalidCredential)?.holder();
    let now = deps.now();
    let claimed = claiming::claim(deps, tenant, &signed.challenge, &holder, signed.r, now).await?;
    claiming::tell(deps, &claimed.0, now).await?;
    Ok(claimed)
}
