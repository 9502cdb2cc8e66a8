//! A screen asks for a challenge on its socket, first or to refresh.

use protocol::Refusal;
use protocol::challenge::{Challenge, Screen};
use protocol::id::ConnectionId;
use protocol::wire::display::Wish;

use crate::create::Asked;
use crate::measure::{self, Measure};
use crate::port::{Clock, Connections, Entropy, Replaces, Tenants};
use crate::{Result, caller};

const ATTEMPTS: usize = 4;

/// Stores a challenge in place of the one that the connection shows.
///
/// # Errors
/// [`Refusal::Unauthorized`] if the connection is not known or its tenant was disabled since the handshake,
/// [`Refusal::MethodDisabled`] likewise, [`Refusal::TooManyRequests`] if it asks again and again without waiting for an
/// answer.
pub async fn run(
    deps: &(impl Connections + Tenants + Replaces + Clock + Entropy),
    id: &ConnectionId,
    wish: Wish,
) -> Result<Challenge> {
    for _ in 0..ATTEMPTS {
        let connection = deps.connection(id).await?.ok_or(Refusal::Unauthorized)?;
        let asked = Asked {
            tenant: connection.tenant,
            lifetimes: connection.lifetimes,
            tracked: connection.tracked.clone(),
            wish: wish.clone(),
            context: connection.context.clone(),
            screen: Screen::Socket(id.clone()),
        };
        let challenge = asked.into_challenge(deps.random()?, deps.random()?, deps.now());
        // The tenant is looked at beside the write, not before it, which saves a round. Nobody can use what was stored
        // for a tenant that is disabled.
        let (replaced, tenant) =
            tokio::try_join!(deps.replace(&connection, &challenge), deps.tenant(&connection.tenant))?;
        caller::with_devices(tenant)?;
        if replaced {
            measure::challenge(&challenge.id);
            measure::count(Measure::ChallengesOnSockets);
            return Ok(challenge);
        }
    }
    Err(Refusal::TooManyRequests.into())
}
