//! A phone approves or declines.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Decision, Screen, SignedChallenge, State};
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::token::Issuer;

use crate::port::{Challenges, Clock, Credentials, Decided, Decides, Entropy, Pushes, Settles, Signs, Tenants};
use crate::step::{authenticate, decision, notify};
use crate::{Result, Unavailable, measure};

deps!(Tenants, Credentials, Challenges, Decides, Settles, Signs, Pushes, Clock, Entropy);

/// How often a decision is tried if its screen keeps moving to another socket.
const ATTEMPTS: usize = 4;

/// Decides for the owner of the key that signed, and tells the screen. Returns the state of the challenge.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::InvalidCredential`], [`Refusal::ActionBlocked`],
/// [`Refusal::ActionSucceeded`], those of [`scanlatch_protocol::challenge::Challenge::apply`], and
/// [`Refusal::Cancelled`] for an approval that the screen could not hear.
pub async fn run(
    deps: &impl Deps,
    issuer: &Issuer,
    tenant: &TenantId,
    signed: &SignedChallenge,
    decision: Decision,
) -> Result<State> {
    measure::challenge(&signed.challenge);
    let thumbprint = signed.key.thumbprint();
    let (found, credential, challenge) = tokio::try_join!(
        deps.tenant(tenant),
        deps.credential(tenant, &thumbprint),
        deps.challenge(tenant, &signed.challenge)
    )?;
    let settings = authenticate::with_devices(found)?.settings;
    let credential = credential.ok_or(Refusal::InvalidCredential)?;
    let r = (!settings.deterministic_signatures).then_some(signed.r);
    let mut read = challenge;
    for _ in 0..ATTEMPTS {
        // `verify` decides the challenges that trusted devices open for themselves.
        let challenge =
            read.filter(|challenge| challenge.screen != Screen::TrustedDevice).ok_or(Refusal::UnknownChallenge)?;
        match decision::make(deps, &challenge, &credential, decision, r, settings.action_lifetime_ms).await? {
            Decided::Made(challenge) => return tell(deps, issuer, challenge, true).await,
            Decided::Stands(challenge) => return tell(deps, issuer, challenge, false).await,
            Decided::Moved => read = deps.challenge(tenant, &signed.challenge).await?,
        }
    }
    Err(Unavailable::new("the screen", "it moves from socket to socket").into())
}

async fn tell(deps: &impl Deps, issuer: &Issuer, challenge: Challenge, made: bool) -> Result<State> {
    if challenge.state.approval().is_some() {
        notify::approved(deps, issuer, &challenge, made).await?;
    } else {
        notify::rejected(deps, &challenge).await;
    }
    Ok(challenge.state)
}
