//! A polling screen asks how its challenge stands.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Standing};
use scanlatch_protocol::id::{ChallengeId, TenantId};
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::token::Issuer;

use crate::port::{Challenges, Clock, Polls, Signs, Tenants};
use crate::step::{authenticate, notify};
use crate::{Result, measure};

deps!(Tenants, Challenges, Polls, Signs, Clock);

/// How the challenge stands. An approved one comes with the result token, the same each time.
///
/// # Errors
/// [`Refusal::Unauthorized`]; [`Refusal::UnknownChallenge`] for a wrong id, tenant or device code alike;
/// [`Refusal::Expired`] to the challenge's own screen.
pub async fn run(
    deps: &impl Deps,
    issuer: &Issuer,
    tenant: &TenantId,
    id: &ChallengeId,
    code: &DeviceCode,
) -> Result<Standing> {
    measure::challenge(id);
    let (tenant, challenge) = tokio::try_join!(deps.tenant(tenant), deps.challenge(tenant, id))?;
    let settings = authenticate::enabled(tenant)?.settings;
    let challenge = challenge.filter(Challenge::is_screens).ok_or(Refusal::UnknownChallenge)?;
    challenge.check_screen(code)?;
    let now = deps.now();
    if challenge.state.is_open() && challenge.is_expired(now) {
        return Err(Refusal::Expired.into());
    }
    if challenge.screen.is_away() && challenge.state.is_open() {
        deps.polled(&challenge, now).await?;
    }
    notify::standing(deps, issuer, &challenge, &settings, now).await
}
