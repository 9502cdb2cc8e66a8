//! A phone claims the challenge that it scanned.

use scanlatch_protocol::challenge::SignedChallenge;
use scanlatch_protocol::credential::conduct::Mark;
use scanlatch_protocol::id::{CallId, TenantId};
use scanlatch_protocol::proximity::Sight;

use crate::port::{Challenges, Claims, Clock, CountsClaims, Entropy, Pushes, Tenants, Users, Withdraws};
use crate::step::claiming;
pub use crate::step::claiming::Claimed;
use crate::step::claiming::Claimer;
use crate::{Result, measure};

deps!(Tenants, CountsClaims, Challenges, Claims, Users, Pushes, Withdraws, Clock, Entropy);

/// Claims for the owner of the key that signed, and tells the screen. `seen` is what the trusted edge saw of the phone.
///
/// # Errors
/// [`scanlatch_protocol::Refusal::Unauthorized`], [`scanlatch_protocol::Refusal::MethodDisabled`], [`scanlatch_protocol::Refusal::InvalidCredential`], [`scanlatch_protocol::Refusal::Paused`],
/// [`scanlatch_protocol::Refusal::TooFar`], those of [`scanlatch_protocol::challenge::Challenge::apply`], and [`scanlatch_protocol::Refusal::Cancelled`] if the
/// screen has left for good.
pub async fn run(
    deps: &impl Deps,
    tenant: &TenantId,
    signed: &SignedChallenge,
    seen: Option<Sight>,
) -> Result<Claimed> {
    measure::challenge(&signed.challenge);
    let (key, now) = (signed.key.thumbprint(), deps.now());
    let mark = Mark { at: now, challenge: signed.challenge, call: Some(CallId::from_random(deps.random()?)) };
    let (tenant, credential) = claiming::counted(deps, tenant, &key, mark).await?;
    let claimer = Claimer { key, holder: credential.holder(), r: signed.r, seen };
    let claimed = claiming::claim(deps, &tenant, mark, claimer).await?;
    claiming::tell(deps, &tenant, &claimed.challenge, now).await?;
    Ok(claimed)
}
