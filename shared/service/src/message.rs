//! A screen asks on its socket for its first challenge or a newer one.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, ChallengeParams, Screen};
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::short_code::ShortCode;

use crate::measure::{self, Measure};
use crate::port::{Clock, Connection, Connections, Entropy, Renews, Replaces, Tenants};
use crate::step::authenticate;
use crate::step::opening::{NewChallenge, draw_short_code};
use crate::{Error, Result};

deps!(Connections, Tenants, Renews, Replaces, Clock, Entropy);

const ATTEMPTS: usize = 4;

/// Stores a challenge that replaces the one that the connection shows. Returns it with the device code and the short
/// code, as far as the screen wants them.
///
/// # Errors
/// [`Refusal::Unauthorized`] if the connection is not known. [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`],
/// [`Refusal::InvalidToken`] and [`Refusal::ActionBlocked`] if tenant or action have changed since the handshake.
/// [`Refusal::AlreadyClaimed`] for a renewal that comes after a claim. [`Refusal::TooManyRequests`] if the screen asks faster than it may, or does not wait for answers.
pub async fn run(
    deps: &impl Deps,
    id: &ConnectionId,
    params: ChallengeParams,
    resumable: bool,
) -> Result<(Challenge, Option<DeviceCode>, Option<ShortCode>)> {
    let code = if resumable { Some(DeviceCode::from_random(deps.random()?)) } else { None };
    for _ in 0..ATTEMPTS {
        let connection = deps.connection(id).await?.ok_or(Refusal::Unauthorized)?;
        let now = deps.now();
        connection.bucket.take(now)?;
        let short_code = draw_short_code(deps, &params)?;
        let new = NewChallenge {
            tenant: connection.tenant,
            terms: connection.terms,
            tracked: connection.tracked.clone(),
            params: params.clone(),
            viewer: connection.viewer.clone(),
            screen: match &code {
                Some(code) => Screen::resumable(code.digest(), id.clone()),
                None => Screen::Socket(id.clone()),
            },
            short_code: short_code.clone(),
            application: None,
        };
        let challenge = new.into_challenge(deps.random()?, deps.random()?, now);
        // The rules are read beside the write, which saves a round, where none of them refused anything when the socket
        // was opened. Nobody learns the id of a challenge that is refused after all.
        let may_ask = async {
            let tenant = deps.tenant(&connection.tenant).await?;
            let settings = authenticate::with_devices(tenant)?.settings;
            challenge.check_may_ask(&settings.rules(&challenge.action)).map_err(Error::from)
        };
        let stored = async {
            if may_overlap(&connection, &challenge, &params) {
                deps.renew(&connection, &challenge).await
            } else {
                deps.replace(&connection, &challenge).await
            }
        };
        let replaced = if connection.terms.is_choosy {
            may_ask.await?;
            stored.await?
        } else {
            let (replaced, may_ask) = tokio::join!(stored, may_ask);
            may_ask.and(replaced)?
        };
        if replaced {
            measure::opened(&challenge.id);
            measure::count(Measure::ChallengesOnSockets);
            return Ok((challenge, code, short_code));
        }
    }
    Err(Refusal::TooManyRequests.into())
}

/// Whether the screen may go on following the code that it shows. Both codes must have device codes, by which it finds out
/// which of them was claimed, and be anybody's: a known user decides without a claim.
fn may_overlap(connection: &Connection, challenge: &Challenge, params: &ChallengeParams) -> bool {
    let is_resumable = matches!(challenge.screen, Screen::Resumable(_));
    let shows = connection.shows.is_some_and(|shown| shown.resumable && challenge.created_at < shown.expires_at);
    params.overlaps && !params.short_code && connection.tracked.is_none() && is_resumable && shows
}
