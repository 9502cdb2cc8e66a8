//! A phone approves or declines.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, Decision, Screen, SignedChallenge, State};
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::tenant::Settings;
use scanlatch_protocol::token::Issuer;
use scanlatch_protocol::verification_code::TypedCode;

use crate::measure::{self, Measure};
use crate::port::{Challenges, Clock, Credentials, Decided, Decides, Entropy, Pushes, Settles, Signs, Tenants};
use crate::step::decision::Asked;
use crate::step::{authenticate, decision, notify};
use crate::{Error, Result, Unavailable};

deps!(Tenants, Credentials, Challenges, Decides, Settles, Signs, Pushes, Clock, Entropy);

/// How often a decision is tried if its screen keeps moving to another socket.
const ATTEMPTS: usize = 4;

/// Decides for the owner of the key that signed, with the number that the user typed, and tells the screen. Returns the
/// state of the challenge: an approval with a wrong number declines.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::InvalidCredential`], [`Refusal::ActionBlocked`],
/// [`Refusal::ActionSucceeded`], those of [`Challenge::judged`] and [`Challenge::apply`], and [`Refusal::Cancelled`] for an approval that the screen could not hear.
pub async fn run(
    deps: &impl Deps,
    issuer: &Issuer,
    tenant: &TenantId,
    signed: &SignedChallenge,
    decision: Decision,
    typed: Option<TypedCode>,
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
    let asked = Asked { decision, r, typed };
    let mut read = challenge;
    for _ in 0..ATTEMPTS {
        // `verify` decides the challenges that trusted devices open for themselves.
        let challenge =
            read.filter(|challenge| challenge.screen != Screen::TrustedDevice).ok_or(Refusal::UnknownChallenge)?;
        let decided = match decision::make(deps, &challenge, &credential, asked, &settings).await {
            Err(Error::Refused(Refusal::Lapsed)) => {
                tell_lapse(deps, &challenge).await;
                return Err(Refusal::Lapsed.into());
            }
            decided => decided?,
        };
        match decided {
            Decided::Made(challenge) => return tell(deps, issuer, &settings, challenge, true).await,
            Decided::Stands(challenge) => return tell(deps, issuer, &settings, challenge, false).await,
            Decided::Moved => read = deps.challenge(tenant, &signed.challenge).await?,
        }
    }
    Err(Unavailable::new("the screen", "it moves from socket to socket").into())
}

/// Tells the screen of a claim that lapsed, so that screens of the official SDKs offer to try again.
async fn tell_lapse(deps: &(impl Pushes + Clock), read: &Challenge) {
    measure::count(Measure::ClaimsLapsed);
    if matches!(read.state, State::Claimed { .. }) && read.is_over_for_screen(deps.now()) {
        notify::rejected(deps, read).await;
    }
}

async fn tell(
    deps: &impl Deps,
    issuer: &Issuer,
    settings: &Settings,
    challenge: Challenge,
    made: bool,
) -> Result<State> {
    if challenge.state.approval().is_some() {
        notify::approved(deps, issuer, &challenge, settings, made).await?;
    } else {
        notify::rejected(deps, &challenge).await;
    }
    Ok(challenge.state)
}
