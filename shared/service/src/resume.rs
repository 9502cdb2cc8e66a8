//! A screen that lost its socket resumes its challenge on a new one.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Event, Standing};
use scanlatch_protocol::id::{ChallengeId, ConnectionId};
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::token::Issuer;

use crate::Result;
use crate::measure::{self, Measure};
use crate::port::{Challenges, Clock, Connections, Resumes, Signs, Tenants};
use crate::step::{authenticate, notify};

deps!(Connections, Tenants, Challenges, Resumes, Signs, Clock);

const ATTEMPTS: usize = 4;

/// Makes the challenge report to this connection, and returns how it stands. It may be repeated.
///
/// # Errors
/// [`Refusal::Unauthorized`] and [`Refusal::MethodDisabled`] as for a new challenge. [`Refusal::UnknownChallenge`] for
/// a wrong id, tenant or device code alike. [`Refusal::Expired`], [`Refusal::Superseded`] and [`Refusal::Cancelled`].
/// [`Refusal::TooManyRequests`] if the screen asks faster than it may, or does not wait for answers.
pub async fn run(
    deps: &impl Deps,
    issuer: &Issuer,
    id: &ConnectionId,
    challenge: &ChallengeId,
    code: &DeviceCode,
) -> Result<(Challenge, Standing)> {
    measure::challenge(challenge);
    for _ in 0..ATTEMPTS {
        let connection = deps.connection(id).await?.ok_or(Refusal::Unauthorized)?;
        connection.bucket.take(deps.now())?;
        let (tenant, found) =
            tokio::try_join!(deps.tenant(&connection.tenant), deps.challenge(&connection.tenant, challenge))?;
        let settings = authenticate::with_devices(tenant)?.settings;
        let now = deps.now();
        let found = found.filter(Challenge::is_screens).ok_or(Refusal::UnknownChallenge)?;
        found.apply(&Event::Resume(code.digest(), Some(id.clone())), now)?;
        if let Some(resumed) = deps.resume(&connection, &found, now).await? {
            measure::count(Measure::ChallengesResumed);
            let standing = notify::standing(deps, issuer, &resumed, &settings, deps.now()).await?;
            return Ok((resumed, standing));
        }
    }
    Err(Refusal::TooManyRequests.into())
}
