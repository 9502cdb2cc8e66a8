//! A backend looks for a pending challenge.

use scanlatch_protocol::challenge::{By, Challenge, ChallengeFilter};
use scanlatch_protocol::tenant::Tenant;

use crate::port::{Challenges, Clock, Pending};
use crate::{Result, measure};

deps!(Challenges, Pending, Clock);

/// The pending challenge that a filter matches: the oldest, if a user has several.
pub async fn run(deps: &impl Deps, tenant: &Tenant, filter: &ChallengeFilter) -> Result<Option<Challenge>> {
    let now = deps.now();
    let found = match &filter.by {
        By::Id(id) => {
            measure::challenge(id);
            deps.challenge(&tenant.id, id).await?.into_iter().collect()
        }
        By::User(user) => deps.pending(&tenant.id, user, None, now).await?,
    };
    Ok(found.into_iter().find(|challenge| challenge.is_pending(now) && filter.matches(challenge)))
}
