//! A polling screen asks for a challenge.

use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{ChallengeParams, Proven};
use scanlatch_protocol::context::Viewer;
use scanlatch_protocol::token::Issuer;

use crate::Result;
use crate::port::{Actions, Before, Clock, Creates, Entropy, Tenants, Verifies};
use crate::step::opening::{Polling, open, polling};

deps!(Tenants, Verifies, Actions, Creates, Clock, Entropy);

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
    viewer: Viewer,
) -> Result<Polling> {
    let opened = open(deps, issuer, screen, origin).await?.for_screen(origin)?;
    let shown = replaced.map(|(id, code)| (id, code.digest()));
    let before = Before { action: opened.tracked, shown };
    polling(deps, &opened.tenant, &before, params, viewer, None).await
}
