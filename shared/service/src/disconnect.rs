//! A screen has left; perhaps nobody tells, so nothing relies on it.

use protocol::challenge::Withdrawal;
use protocol::id::ConnectionId;

use crate::Result;
use crate::port::{Disconnects, Withdraws};

/// Forgets the connection and cancels the challenge that it showed, unless a phone has claimed it.
///
/// # Errors
/// Only if the store is unavailable.
pub async fn run(deps: &(impl Disconnects + Withdraws), id: &ConnectionId) -> Result<()> {
    if let Some(connection) = deps.disconnect(id).await?
        && let Some(shown) = connection.shows
    {
        deps.withdraw(&connection.tenant, &shown.challenge, Withdrawal::Cancelled).await?;
    }
    Ok(())
}
