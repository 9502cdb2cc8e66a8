//! A screen opens its socket. Refusals belong here, because later the SDK ignores error messages.

use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::bucket::Bucket;
use scanlatch_protocol::context::Viewer;
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::token::Issuer;

use crate::Result;
use crate::port::{Actions, Clock, Connection, Connects, Tenants, Terms, Verifies};
use crate::step::opening::open;

deps!(Tenants, Verifies, Actions, Connects, Clock);

/// Stores what only the handshake says.
///
/// # Errors
/// Those of a screen that may not ask: [`scanlatch_protocol::Refusal::Unauthorized`],
/// [`scanlatch_protocol::Refusal::MethodDisabled`], [`scanlatch_protocol::Refusal::OriginNotAllowed`],
/// [`scanlatch_protocol::Refusal::InvalidToken`], [`scanlatch_protocol::Refusal::ExpiredToken`],
/// [`scanlatch_protocol::Refusal::ActionBlocked`] and [`scanlatch_protocol::Refusal::ActionSucceeded`].
pub async fn run(
    deps: &impl Deps,
    issuer: &Issuer,
    screen: &Identity,
    origin: Option<&str>,
    id: ConnectionId,
    viewer: Viewer,
) -> Result<()> {
    let opened = open(deps, issuer, screen, origin).await?.for_screen(origin)?;
    let connection = Connection {
        id,
        tenant: opened.tenant.id,
        viewer,
        tracked: opened.tracked,
        terms: Terms::from(&opened.tenant.settings),
        connected_at: deps.now(),
        shows: None,
        bucket: Bucket::FULL,
    };
    Ok(deps.connect(&connection).await?)
}
