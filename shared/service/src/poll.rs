//! A polling screen asks how its challenge stands.

use protocol::Refusal;
use protocol::challenge::State;
use protocol::id::{ChallengeId, TenantId};
use protocol::secret::DeviceCode;
use protocol::token::{Issuer, ResultToken};

use crate::port::{Challenges, Clock, Signs, Tenants};
use crate::{Result, caller, measure};

/// How the challenge stands, with the result token once it is approved: the same token each time.
///
/// # Errors
/// [`Refusal::Unauthorized`]; [`Refusal::UnknownChallenge`] for a wrong id, tenant or code alike;
/// [`Refusal::Expired`] to the screen that owns it.
pub async fn run(
    deps: &(impl Tenants + Challenges + Signs + Clock),
    issuer: &Issuer,
    tenant: &TenantId,
    id: &ChallengeId,
    code: &DeviceCode,
) -> Result<(State, Option<String>)> {
    measure::challenge(id);
    let (tenant, challenge) = tokio::try_join!(deps.tenant(tenant), deps.challenge(tenant, id))?;
    caller::enabled(tenant)?;
    let challenge = challenge.ok_or(Refusal::UnknownChallenge)?;
    challenge.proves_screen(code)?;
    let now = deps.now();
    let Some((_, approved_at)) = challenge.state.approval() else {
        let open = matches!(challenge.state, State::Unclaimed | State::Claimed { .. });
        if open && challenge.is_expired(now) {
            return Err(Refusal::Expired.into());
        }
        return Ok((challenge.state, None));
    };
    if now >= approved_at.plus(challenge.redeemable_ms) {
        return Err(Refusal::Expired.into());
    }
    let key = deps.signing_key(now).await?;
    let token = ResultToken::sign(&challenge, &key, issuer);
    Ok((challenge.state, token))
}
