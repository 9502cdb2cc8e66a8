//! The phone that claimed approves or declines.

use protocol::Refusal;
use protocol::action::Action;
use protocol::challenge::{Challenge, Decision, Event, Screen, State};
use protocol::credential::Credential;
use protocol::id::TenantId;
use protocol::time::Timestamp;
use protocol::token::{Issuer, ResultToken};
use protocol::wire::device::Signed;

use crate::claim::tell;
use crate::measure::{self, Measure};
use crate::port::{Challenges, Clock, Credentials, Decides, Pushes, Signs, Tenants};
use crate::{Result, caller};

/// Decides for the owner of the key that signed and tells the screen; returns the state that stands then.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::InvalidCredential`], [`Refusal::ActionBlocked`]
/// and those of [`protocol::challenge::Challenge::apply`].
pub async fn run(
    deps: &(impl Tenants + Credentials + Challenges + Decides + Signs + Pushes + Clock),
    issuer: &Issuer,
    tenant: &TenantId,
    signed: &Signed,
    decision: Decision,
) -> Result<State> {
    measure::challenge(&signed.challenge);
    let thumbprint = signed.key.thumbprint();
    let (found, credential, challenge) = tokio::try_join!(
        deps.tenant(tenant),
        deps.credential(tenant, &thumbprint),
        deps.challenge(tenant, &signed.challenge)
    )?;
    let settings = caller::with_devices(found)?.settings;
    let credential = credential.ok_or(Refusal::InvalidCredential)?;
    // What a trusted device opened for itself is not decided here; see `verify`.
    let challenge = challenge.filter(|challenge| challenge.screen != Screen::Own).ok_or(Refusal::UnknownChallenge)?;
    let decided = decided(deps, challenge, &credential, decision, settings.action_lifetime_ms).await?;
    let token = token_for_screen(deps, issuer, &decided).await?;
    tell(deps, &decided, token).await;
    Ok(decided.state)
}

/// The challenge as the holder of `credential` decides it, with its action on record.
///
/// # Errors
/// Those of [`protocol::challenge::Challenge::apply`], [`Refusal::InvalidCredential`] and [`Refusal::ActionBlocked`].
pub(crate) async fn decided(
    deps: &(impl Decides + Clock),
    challenge: Challenge,
    credential: &Credential,
    decision: Decision,
    action_lifetime_ms: i64,
) -> Result<Challenge> {
    let now = deps.now();
    let foreseen = challenge.apply(&Event::Decide(credential.holder(), decision), now)?;
    if foreseen == challenge {
        return Ok(challenge);
    }
    let action = Action {
        name: challenge.action_of(&credential.user),
        state: decision.action_state(),
        state_updated_at: now,
        created_at: now,
        expires_at: now.plus(action_lifetime_ms),
        custom: challenge.custom.clone(),
        context: challenge.context.clone(),
        verified_by: Some(credential.id),
    };
    let decided = deps.decide(&challenge, credential, decision, &action, now).await?;
    measure_decision(&challenge.state, &decided.state, now);
    Ok(decided)
}

/// Of a decision that was made before, nothing is measured again.
fn measure_decision(read: &State, then: &State, now: Timestamp) {
    let made = match then {
        State::Approved { at, .. } if *at == now => Measure::Approvals,
        State::Rejected { at, .. } if *at == now => Measure::Rejections,
        _ => return,
    };
    measure::count(made);
    if let State::Claimed { at, .. } = read {
        measure::took(Measure::ClaimToDecision, *at, now);
    }
}

/// The result token to push; a polling screen fetches its own.
async fn token_for_screen(
    deps: &(impl Signs + Clock),
    issuer: &Issuer,
    challenge: &Challenge,
) -> Result<Option<String>> {
    if !matches!(challenge.screen, Screen::Socket(_)) || challenge.state.approval().is_none() {
        return Ok(None);
    }
    let key = deps.signing_key(deps.now()).await?;
    Ok(ResultToken::sign(challenge, &key, issuer))
}
