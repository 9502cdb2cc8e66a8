//! A backend looks at challenges, and takes them for its users.

use protocol::Refusal;
use protocol::action::{Action, ActionName, ActionState};
use protocol::challenge::{Challenge, Event};
use protocol::context::Context;
use protocol::id::TokenId;
use protocol::tenant::Tenant;
use protocol::token::{Issuer, ResultToken, Scope, UserToken};
use protocol::wire::challenge::{By, Sought, Taken};

use crate::port::{Actions, Binds, Challenges, Clock, Entropy, MakesKeys, Pending, Tracks};
use crate::{Result, Unavailable, measure};

/// The newest pending challenge that is sought.
///
/// # Errors
/// Only if the store is unavailable.
pub async fn find(
    deps: &(impl Challenges + Pending + Clock),
    tenant: &Tenant,
    sought: &Sought,
) -> Result<Option<Challenge>> {
    if !sought.method_is_device {
        return Ok(None);
    }
    let now = deps.now();
    let found = match &sought.by {
        By::Id(id) => {
            measure::challenge(id);
            deps.challenge(&tenant.id, id).await?.into_iter().collect()
        }
        By::User(user) => deps.pending(&tenant.id, user, now).await?,
    };
    Ok(found.into_iter().find(|challenge| challenge.is_pending(now) && sought.covers(challenge)))
}

/// A token of a challenge for a user: the result token if they approved it. Before that, if the backend wants so, an
/// open challenge is bound to them, and the token acts for them.
///
/// # Errors
/// [`Refusal::UnknownChallenge`] also for one that another user approved, [`Refusal::NotApproved`], and
/// [`Refusal::NotOpen`] if it cannot be bound.
pub async fn take(
    deps: &(impl Challenges + Actions + Binds + Tracks + MakesKeys + Clock + Entropy),
    issuer: &Issuer,
    tenant: &Tenant,
    taken: &Taken,
) -> Result<String> {
    measure::challenge(&taken.challenge);
    let found = deps.challenge(&tenant.id, &taken.challenge).await?;
    let challenge = found.ok_or(Refusal::UnknownChallenge)?;
    let now = deps.now();
    let token = match challenge.state.approval() {
        Some((by, _)) if by.user != taken.user => return Err(Refusal::UnknownChallenge.into()),
        Some((_, at)) if now >= at.plus(challenge.redeemable_ms) => return Err(Refusal::Expired.into()),
        Some((by, _)) => {
            // The action goes with its user, and a backend may have judged it otherwise.
            let name = challenge.action_of(&by.user);
            let (action, key) = tokio::try_join!(deps.action(&name, now), deps.signing_key_or_first(now))?;
            action.filter(|action| action.state == ActionState::ChallengeSucceeded).ok_or(Refusal::NotApproved)?;
            ResultToken::sign(&challenge, &key, issuer)
        }
        None if !taken.before_approval => return Err(Refusal::NotApproved.into()),
        None => {
            let name = challenge.action_of(&taken.user);
            challenge.apply(&Event::Bind(name.clone(), None), now)?;
            deps.bind(&challenge, &name, None, now).await?;
            let tracked = action(&challenge, name, tenant, now);
            let (stored, key) = tokio::try_join!(deps.track(&tracked), deps.signing_key_or_first(now))?;
            let token = UserToken {
                id: TokenId::from_random(deps.random()?),
                issued_at: now,
                tenant: tenant.id,
                user: stored.name.user,
                action: stored.name.code,
                idempotency_key: stored.name.idempotency_key,
                scope: Scope::accept(None)?,
            };
            token.sign(&key, issuer, tenant.settings.user_token_lifetime_ms)
        }
    };
    token.ok_or_else(|| Unavailable::new("signing key", "it cannot sign").into())
}

fn action(challenge: &Challenge, name: ActionName, tenant: &Tenant, now: protocol::time::Timestamp) -> Action {
    Action {
        name,
        state: tenant.settings.default_action_state,
        state_updated_at: now,
        created_at: now,
        expires_at: now.plus(tenant.settings.action_lifetime_ms),
        custom: challenge.custom.clone(),
        context: Context::default(),
        verified_by: None,
    }
}
