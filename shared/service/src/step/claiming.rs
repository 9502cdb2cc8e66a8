//! Claims a challenge, for every use case that does.

use scanlatch_protocol::challenge::{Challenge, State};
use scanlatch_protocol::credential::Holder;
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::{ChallengeId, TenantId};
use scanlatch_protocol::key::SignatureR;
use scanlatch_protocol::time::Timestamp;

use crate::measure::{self, Measure};
use crate::port::{Claims, Pushes, Users, Withdraws};
use crate::step::notify;
use crate::{Error, Result};

/// The claimed challenge, and the claimer's own custom data.
pub(crate) type Claimed = (Challenge, Option<Custom>);

/// Claims for a holder. Its screen is still to be told.
///
/// # Errors
/// Those of [`scanlatch_protocol::challenge::Challenge::apply`].
pub(crate) async fn claim(
    deps: &(impl Claims + Users),
    tenant: &TenantId,
    id: &ChallengeId,
    by: &Holder,
    r: SignatureR,
    now: Timestamp,
) -> Result<Claimed> {
    let claim = deps.claim(tenant, id, by, r, now);
    let user = async { deps.user(tenant, &by.user).await.map_err(Error::from) };
    let (challenge, user) = tokio::try_join!(claim, user)?;
    Ok((challenge, user.and_then(|user| user.profile.custom)))
}

/// Tells the screen of a claim at `now`.
///
/// # Errors
/// [`scanlatch_protocol::Refusal::Cancelled`] if the screen has left for good.
pub(crate) async fn tell(deps: &(impl Pushes + Withdraws), challenge: &Challenge, now: Timestamp) -> Result<()> {
    notify::claimed(deps, challenge).await?;
    let is_new = matches!(challenge.state, State::Claimed { at, .. } if at == now);
    measure::count_if(is_new, Measure::Claims);
    Ok(())
}
