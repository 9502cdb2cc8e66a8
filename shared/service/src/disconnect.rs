//! A screen's socket has closed. The service may never hear of it, so nothing relies on it.

use scanlatch_protocol::id::ConnectionId;

use crate::port::{Challenges, Clock, Disconnects, Leaves};
use crate::{Result, measure};

deps!(Disconnects, Challenges, Leaves, Clock);

/// Deletes the connection. The challenge that it showed is cancelled, or waits if its screen can come back. One that
/// another socket shows by now stays as it is.
///
/// Most challenges are decided by then, so it looks first: a read costs a fifth of a write. What changes after the look
/// does no harm. No challenge opens again or moves to a socket that is gone, and [`Leaves`] checks the socket itself.
pub async fn run(deps: &impl Deps, id: &ConnectionId) -> Result<()> {
    let Some(connection) = deps.disconnect(id).await? else { return Ok(()) };
    measure::tenant(&connection.tenant);
    let Some(shown) = connection.shows else { return Ok(()) };
    measure::challenge(&shown.challenge);
    let challenge = deps.challenge(&connection.tenant, &shown.challenge).await?;
    let now = deps.now();
    if challenge.is_some_and(|challenge| challenge.is_lost_with(id, now)) {
        deps.leave(&connection, now).await?;
    }
    Ok(())
}
