//! A trusted device opens a challenge for itself, to verify its user without a screen.

use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Challenge, ChallengeParams, Screen};
use scanlatch_protocol::context::Viewer;
use scanlatch_protocol::token::Issuer;

use crate::Result;
use crate::measure::{self, Measure};
use crate::port::{Actions, Before, Clock, Creates, Entropy, Tenants, Terms, Verifies};
use crate::step::opening::{NewChallenge, open};

deps!(Tenants, Verifies, Actions, Creates, Clock, Entropy);

/// Stores a challenge that no screen shows.
///
/// # Errors
/// Those of a screen that asks for a challenge. An app has no origin; a page's must be allowed.
pub async fn run(
    deps: &impl Deps,
    issuer: &Issuer,
    device: &Identity,
    origin: Option<&str>,
    params: ChallengeParams,
    viewer: Viewer,
) -> Result<Challenge> {
    let opened = open(deps, issuer, device, origin).await?;
    let new = NewChallenge {
        tenant: opened.tenant.id,
        terms: Terms::from(&opened.tenant.settings),
        tracked: opened.tracked,
        params,
        viewer,
        screen: Screen::TrustedDevice,
        short_code: None,
        application: None,
    };
    let challenge = new.into_challenge(deps.random()?, deps.random()?, deps.now());
    challenge.check_may_ask(&opened.tenant.settings.rules(&challenge.action))?;
    deps.create(&challenge, &Before::default()).await?;
    measure::opened(&challenge.id);
    measure::count(Measure::ChallengesOwn);
    Ok(challenge)
}
