//! A phone claims the challenge that it scanned.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::SignedChallenge;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::proximity::Sight;

use crate::port::{Challenges, Claims, Clock, Credentials, Entropy, Pushes, Tenants, Users, Withdraws};
pub use crate::step::claiming::Claimed;
use crate::step::claiming::Claimer;
use crate::step::{authenticate, claiming};
use crate::{Result, measure};

deps!(Tenants, Credentials, Challenges, Claims, Users, Pushes, Withdraws, Clock, Entropy);

/// Claims for the owner of the key that signed, and tells the screen. `seen` is what the trusted edge saw of the phone.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::InvalidCredential`], [`Refusal::TooFar`],
/// those of [`scanlatch_protocol::challenge::Challenge::apply`], and [`Refusal::Cancelled`] if the screen has left for
/// good.
pub async fn run(
    deps: &impl Deps,
    tenant: &TenantId,
    signed: &SignedChallenge,
    seen: Option<Sight>,
) -> Result<Claimed> {
    measure::challenge(&signed.challenge);
    let thumbprint = signed.key.thumbprint();
    let (found, credential) = tokio::try_join!(deps.tenant(tenant), deps.credential(tenant, &thumbprint))?;
    let tenant = authenticate::with_devices(found)?;
    let holder = credential.ok_or(Refusal::InvalidCredential)?.holder();
    let now = deps.now();
    let claimer = Claimer { holder, r: signed.r, seen };
    let claimed = claiming::claim(deps, &tenant, &signed.challenge, claimer, now).await?;
    claiming::tell(deps, &tenant, &claimed.challenge, now).await?;
    Ok(claimed)
}
