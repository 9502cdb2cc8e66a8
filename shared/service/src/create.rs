//! A polling screen asks for a challenge.

use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Challenge, ChallengeParams, Proven, Screen};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::short_code::ShortCode;
use scanlatch_protocol::token::Issuer;

use crate::measure::{self, Measure};
use crate::port::{Actions, Before, Clock, Creates, Entropy, Lifetimes, Tenants, Verifies};
use crate::step::opening::{NewChallenge, draw_short_code, open};
use crate::{Result, Unavailable};

deps!(Tenants, Verifies, Actions, Creates, Clock, Entropy);

/// How many short codes are drawn if others have them. Even with a million live codes the second is hardly ever needed.
const ATTEMPTS: usize = 4;

/// Stores a challenge for the screen that polls with the returned device code. It replaces the one that the screen
/// proves it showed. The short code comes with it if the screen wants one.
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
) -> Result<(Challenge, DeviceCode, Option<ShortCode>)> {
    let opened = open(deps, issuer, screen, origin).await?.for_screen()?;
    let code = DeviceCode::from_random(deps.random()?);
    let shown = replaced.map(|(id, code)| (id, code.digest()));
    let before = Before { action: opened.tracked, shown };
    for _ in 0..ATTEMPTS {
        let short_code = draw_short_code(deps, &params)?;
        let new = NewChallenge {
            tenant: opened.tenant.id,
            lifetimes: Lifetimes::from(&opened.tenant.settings),
            tracked: before.action.clone(),
            params: params.clone(),
            context: context.clone(),
            screen: Screen::polling(code.digest()),
            short_code: short_code.clone(),
        };
        let challenge = new.into_challenge(deps.random()?, deps.random()?, deps.now());
        if deps.create(&challenge, &before).await? {
            measure::challenge(&challenge.id);
            measure::count(Measure::ChallengesPolled);
            return Ok((challenge, code, short_code));
        }
    }
    Err(Unavailable::new("short codes", "others had each code that was drawn").into())
}
