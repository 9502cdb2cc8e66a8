//! The phone that claimed approves or declines.

use protocol::Refusal;
use protocol::action::Action;
use protocol::challenge::{Challenge, Decision, Event, Screen, State};
use protocol::id::TenantId;
use protocol::token::{Issuer, ResultToken};
use protocol::wire::device::Signed;

use crate::claim::tell;
use crate::port::{Challenges, Clock, Credentials, Decides, Pushes, Signs, Tenants};
use crate::{Result, caller};

/// Decides for the owner of the key that signed and tells the screen; returns the state that stands then.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::InvalidCredential`] and those of
/// [`protocol::challenge::Challenge::apply`].
pub async fn run(
    deps: &(impl Tenants + Credentials + Challenges + Decides + Signs + Pushes + Clock),
    issuer: &Issuer,
    tenant: &TenantId,
    signed: &Signed,
    decision: Decision,
) -> Result<State> {
    let thumbprint = signed.key.thumbprint();
    let (found, credential, challenge) = tokio::try_join!(
        deps.tenant(tenant),
        deps.credential(tenant, &thumbprint),
        deps.challenge(tenant, &signed.challenge)
    )?;
    let settings = caller::with_devices(found)?.settings;
    let credential = credential.ok_or(Refusal::InvalidCredential)?;
    let challenge = challenge.ok_or(Refusal::UnknownChallenge)?;
    let now = deps.now();
    let foreseen = challenge.apply(&Event::Decide(credential.holder(), decision), now)?;
    let decided = if foreseen == challenge {
        challenge
    } else {
        let action = Action {
            name: challenge.action_of(&credential.user),
            state: decision.action_state(),
            state_updated_at: now,
            created_at: now,
            expires_at: now.plus(settings.action_lifetime_ms),
            custom: challenge.custom.clone(),
            context: challenge.context.clone(),
        };
        deps.decide(&challenge, &credential, decision, &action, now).await?
    };
    let token = token_for_screen(deps, issuer, &decided).await?;
    tell(deps, &decided, token).await;
    Ok(decided.state)
}

/// The result token to push; a polling screen fetches its own.
async fn token_for_screen(deps: &impl Signs, issuer: &Issuer, challenge: &Challenge) -> Result<Option<String>> {
    if matches!(challenge.screen, Screen::Poll(_)) || challenge.state.approval().is_none() {
        return Ok(None);
    }
    let key = deps.signing_key().await?;
    Ok(ResultToken::sign(challenge, &key, issuer))
}
