//! A backend is assigned a challenge for one of its users.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionName, ActionState};
use scanlatch_protocol::challenge::{Challenge, ChallengeAssignment, Event};
use scanlatch_protocol::id::TokenId;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::token::{Issuer, ResultToken, Scope, UserToken};

use crate::measure::{self, Measure};
use crate::port::{Actions, Binds, Challenges, Clock, Entropy, MakesKeys, Redeems, Tracks};
use crate::step::opening::check_bindable;
use crate::{Error, Result};

deps!(Challenges, Actions, Binds, Redeems, Tracks, MakesKeys, Clock, Entropy);

/// If the user has approved the challenge, redeems the approval and returns its result token. Otherwise, if the backend
/// asks for it, binds the open challenge to the user and the named action. The result is then a user token.
///
/// # Errors
/// [`Refusal::UnknownChallenge`], also if another user approved it, [`Refusal::OtherAction`], [`Refusal::NotApproved`],
/// [`Refusal::BackendChallengeNeeded`], and [`Refusal::NotOpen`] if it cannot be bound.
pub async fn run(deps: &impl Deps, issuer: &Issuer, tenant: &Tenant, taken: &ChallengeAssignment) -> Result<String> {
    measure::challenge(&taken.challenge);
    let found = deps.challenge(&tenant.id, &taken.challenge).await?;
    // An application's login is no login at a backend.
    let challenge = found.filter(|found| found.application.is_none()).ok_or(Refusal::UnknownChallenge)?;
    match challenge.approval() {
        Some(approval) if approval.by().user != taken.user => Err(Refusal::UnknownChallenge.into()),
        Some(_) => {
            let action = taken.action.as_ref().unwrap_or_else(|| challenge.counts_for());
            challenge.check_may_count(&tenant.settings.rules(action))?;
            result_token(deps, issuer, &challenge, taken).await
        }
        None if !taken.before_approval => Err(Refusal::NotApproved.into()),
        None => user_token(deps, issuer, tenant, &challenge, taken).await,
    }
}

/// The action must have succeeded too: it may be deleted with its user, and a backend may have set another state.
async fn result_token(
    deps: &impl Deps,
    issuer: &Issuer,
    challenge: &Challenge,
    taken: &ChallengeAssignment,
) -> Result<String> {
    let now = deps.now();
    challenge.apply(&Event::Redeem(taken.action.clone()), now)?;
    let action = deps.action(&challenge.action_of(&taken.user), now).await?;
    action.filter(|action| action.state == ActionState::ChallengeSucceeded).ok_or(Refusal::NotApproved)?;
    let redeemed = deps.redeem(&challenge.tenant, &challenge.id, taken.action.as_ref(), now);
    let key = async { deps.signing_key_or_first(now).await.map_err(Error::from) };
    let ((redeemed, first_use), key) = tokio::try_join!(redeemed, key)?;
    measure::count_if(first_use, Measure::Logins);
    Ok(ResultToken::sign(redeemed.approval().ok_or(Refusal::NotApproved)?, now, &key, issuer))
}

async fn user_token(
    deps: &impl Deps,
    issuer: &Issuer,
    tenant: &Tenant,
    challenge: &Challenge,
    taken: &ChallengeAssignment,
) -> Result<String> {
    let now = deps.now();
    let name = ActionName {
        code: taken.action.clone().unwrap_or_else(|| challenge.action.clone()),
        ..challenge.action_of(&taken.user)
    };
    check_bindable(&tenant.settings, &name)?;
    // The backend does not vouch for the screen's data, so none of it is kept.
    let (state, lifetime_ms) = (tenant.settings.default_action_state, tenant.settings.action_lifetime_ms);
    let action = Action::new(name, state, now, lifetime_ms);
    challenge.apply(&Event::Bind(Box::new(action.clone())), now)?;
    let (stored, key) = tokio::try_join!(deps.track(&action), deps.signing_key_or_first(now))?;
    // The phone shows what was tracked first under this name.
    deps.bind(challenge, &stored, now).await?;
    let token = UserToken {
        id: TokenId::from_random(deps.random()?),
        issued_at: now,
        tenant: tenant.id,
        user: stored.name.user,
        action: stored.name.code,
        idempotency_key: stored.name.idempotency_key,
        scope: Scope::accept(None)?,
    };
    Ok(token.sign(&key, issuer, tenant.settings.user_token_lifetime_ms))
}
