//! A polling screen asks for a challenge.

use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Challenge, ChallengeParams, Proven, Screen};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::token::Issuer;

use crate::Result;
use crate::measure::{self, Measure};
use crate::port::{Actions, Before, Clock, Creates, Entropy, Lifetimes, Tenants, Verifies};
use crate::step::opening::{NewChallenge, open};

deps!(Tenants, Verifies, Actions, Creates, Clock, Entropy);

/// Stores a challenge for the screen that polls with the returned code. It replaces the one that the screen proves it
/// showed.
///
/// # Errors
/// The refusals of a screen that may not ask, and [`scanlatch_protocol::Refusal::ActionSucceeded`].
pub async fn run(
    deps: &impl Deps,
    issuer: &Issuer,
    screen: &Identity,
    origin: Option<&str>,
    (params, replaced): (ChallengeParams, Option<Proven>),
    context: Context,
) -> Result<(Challenge, DeviceCode)> {
    let opened = open(deps, issuer, screen, origin).await?.for_screen()?;
    let code = DeviceCode::from_random(deps.random()?);
    let new = NewChallenge {
        tenant: opened.tenant.id,
        lifetimes: Lifetimes::from(&opened.tenant.settings),
        tracked: opened.tracked.clone(),
        params,
        context,
        screen: Screen::polling(code.digest()),
    };
    let challenge = new.into_challenge(deps.random()?, deps.random()?, deps.now());
    let shown = replaced.map(|(id, code)| (id, code.digest()));
    deps.create(&challenge, &Before { action: opened.tracked, shown }).await?;
    measure::challenge(&challenge.id);
    measure::count(Measure::ChallengesPolled);
    Ok((challenge, code))
}
