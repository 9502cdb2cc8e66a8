//! A backend names a user and gets the token that acts for them.

use protocol::action::{Action, ActionName, ActionState};
use protocol::id::IdempotencyKey;
use protocol::secret::SecretKey;
use protocol::token::{Issuer, UserToken};
use protocol::wire::backend::Tracked;

use crate::port::{Clock, Entropy, SecretKeys, Signs, Tenants, Tracks, Users};
use crate::{Result, Unavailable, caller};

/// What tracking gives.
#[derive(Debug)]
pub struct Outcome {
    /// The action; an earlier one if the idempotency key was used before.
    pub action: Action,
    /// The user token.
    pub token: String,
    /// Whether the user has a device.
    pub is_enrolled: bool,
}

/// Stores the action and signs a token for it.
///
/// # Errors
/// [`protocol::Refusal::Unauthorized`].
pub async fn run(
    deps: &(impl Tenants + SecretKeys + Users + Tracks + Signs + Clock + Entropy),
    issuer: &Issuer,
    key: &SecretKey,
    tracked: Tracked,
) -> Result<Outcome> {
    let id = key.tenant();
    let (tenant, user) = caller::backend_and(deps, key, deps.user(&id, &tracked.user)).await?;
    let now = deps.now();
    let idempotency_key = match tracked.idempotency_key {
        Some(key) => key,
        None => IdempotencyKey::from_random(deps.random()?),
    };
    let action = Action {
        name: ActionName { tenant: tenant.id, user: tracked.user, code: tracked.action, idempotency_key },
        state: ActionState::ChallengeRequired,
        state_updated_at: now,
        created_at: now,
        expires_at: now.plus(tenant.settings.action_lifetime_ms),
        custom: tracked.custom,
        context: tracked.context,
    };
    let (action, signing) = tokio::try_join!(deps.track(&action), deps.signing_key())?;
    let token = UserToken {
        tenant: tenant.id,
        user: action.name.user.clone(),
        action: action.name.code.clone(),
        idempotency_key: action.name.idempotency_key.clone(),
        scope: tracked.scope,
    };
    let token = token
        .sign(&signing, issuer, now, tenant.settings.user_token_lifetime_ms)
        .ok_or_else(|| Unavailable::new("signing key", "it cannot sign"))?;
    Ok(Outcome { action, token, is_enrolled: user.is_some_and(|user| user.is_enrolled()) })
}
