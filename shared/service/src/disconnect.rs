//! A screen's socket has closed. The service may never hear of it, so nothing relies on it.

use scanlatch_protocol::id::ConnectionId;

use crate::port::{Clock, Disconnects, Leaves};
use crate::{Result, measure};

deps!(Disconnects, Leaves, Clock);

/// Deletes the connection. The challenge that it showed is cancelled, or waits if its screen can come back. One that
/// another socket shows by now stays as it is.
pub async fn run(deps: &impl Deps, id: &ConnectionId) -> Result<()> {
    let Some(connection) = deps.disconnect(id).await? else { return Ok(()) };
    measure::tenant(&connection.tenant);
    if let Some(shown) = connection.shows {
        measure::challenge(&shown.challenge);
        deps.leave(&connection, deps.now()).await?;
    }
    Ok(())
}
