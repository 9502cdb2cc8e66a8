//! A screen has left; perhaps nobody tells, so nothing relies on it.

use protocol::challenge::Withdrawal;
use protocol::id::ConnectionId;

use crate::port::{Disconnects, Withdraws};
use crate::{Result, measure};

/// Forgets the connection and cancels the challenge that it showed, unless a phone has claimed it.
///
/// # Errors
/// Only if the store is unavailable.
pub async fn run(deps: &(impl Disconnects + Withdraws), id: &ConnectionId) -> Result<()> {
    let Some(connection) = deps.disconnect(id).await? else { return Ok(()) };
    measure::tenant(&connection.tenant);
    if let Some(shown) = connection.shows {
        measure::challenge(&shown.challenge);
        deps.withdraw(&connection.tenant, &shown.challenge, Withdrawal::Cancelled).await?;
    }
    Ok(())
}
