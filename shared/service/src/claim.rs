//! A phone claims the challenge that it scanned.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, SignedChallenge, State};
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::TenantId;

use crate::measure::{self, Measure};
use crate::port::{Claims, Clock, Credentials, Pushes, Tenants, Users, Withdraws};
use crate::step::{authenticate, notify};
use crate::{Error, Result};

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
    let claim = deps.claim(tenant, &signed.challenge, &holder, signed.r, now);
    let user = async { deps.user(tenant, &holder.user).await.map_err(Error::from) };
    let (challenge, user) = tokio::try_join!(claim, user)?;
    notify::claimed(deps, &challenge).await?;
    let is_new = matches!(challenge.state, State::Claimed { at, .. } if at == now);
    measure::count_if(is_new, Measure::Claims);
    Ok((challenge, user.and_then(|user| user.profile.custom)))
}
