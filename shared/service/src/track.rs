//! A backend tracks an action and gets a user token.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionName};
use scanlatch_protocol::challenge::{Challenge, Event};
use scanlatch_protocol::id::{ChallengeId, IdempotencyKey, TenantId, TokenId};
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::token::{Issuer, UserToken};
use scanlatch_protocol::tracking::Tracked;
use scanlatch_protocol::user::{ProfileChange, Revision, User};

use crate::port::{Binds, Challenges, Clock, Entropy, MakesKeys, Revises, Tenants, Tracks, Users};
use crate::step::authenticate;
use crate::step::opening::check_bindable;
use crate::{Result, Unavailable, measure};

deps!(Tenants, Users, Revises, Challenges, Binds, Tracks, MakesKeys, Clock, Entropy);

/// The result of tracking.
pub struct Tracking {
    /// The action; an earlier one if the idempotency key was used before.
    pub action: Action,
    /// The user token.
    pub token: String,
    /// The user, as the backend describes them now.
    pub user: User,
}

/// Stores the action and signs a user token for it. A challenge that the request names is bound to the action.
///
/// # Errors
/// [`Refusal::Unauthorized`]; [`Refusal::NotOpen`] if the challenge cannot be bound, and
/// [`Refusal::BackendChallengeNeeded`] if its action takes none that a screen opened.
pub async fn run(deps: &impl Deps, issuer: &Issuer, key: &SecretKey, tracked: Tracked) -> Result<Tracking> {
    let id = key.tenant();
    if let Some(challenge) = &tracked.challenge {
        measure::challenge(challenge);
    }
    let found = async { tokio::try_join!(deps.user(&id, &tracked.user), named(deps, &id, tracked.challenge)) };
    let (tenant, (user, challenge)) = authenticate::backend_and(deps, key, found).await?;
    let now = deps.now();
    let idempotency_key = match (tracked.idempotency_key, &challenge) {
        (Some(key), _) => key,
        // A retry finds the challenge bound under the same key.
        (None, Some(challenge)) => challenge.idempotency_key.clone(),
        (None, None) => IdempotencyKey::from_random(deps.random()?),
    };
    let name = ActionName { tenant: tenant.id, user: tracked.user, code: tracked.action, idempotency_key };
    if tracked.challenge.is_some() {
        check_bindable(&tenant.settings, &name)?;
    }
    let (state, lifetime_ms) = (tenant.settings.default_action_state, tenant.settings.action_lifetime_ms);
    let action =
        Action { custom: tracked.custom, context: tracked.context, ..Action::new(name, state, now, lifetime_ms) };
    if tracked.challenge.is_some() && challenge.is_none() {
        return Err(Refusal::NotOpen.into());
    }
    if let Some(challenge) = &challenge {
        challenge.apply(&Event::Bind(Box::new(action.clone())), now)?;
    }
    let told = tell_profile(deps, &tenant.id, &action.name, user, tracked.profile, now);
    let stored = async { Ok(tokio::try_join!(deps.track(&action), deps.signing_key_or_first(now))?) };
    let ((action, signing), user) = tokio::try_join!(stored, told)?;
    // The phone shows what was tracked first under this name.
    if let Some(challenge) = challenge {
        deps.bind(&challenge, &action, now).await?;
    }
    let token = UserToken {
        id: TokenId::from_random(deps.random()?),
        issued_at: now,
        tenant: tenant.id,
        user: action.name.user.clone(),
        action: action.name.code.clone(),
        idempotency_key: action.name.idempotency_key.clone(),
        scope: tracked.scope,
    };
    let token = token.sign(&signing, issuer, tenant.settings.user_token_lifetime_ms);
    Ok(Tracking { action, token, user })
}

async fn named(
    deps: &impl Challenges,
    tenant: &TenantId,
    id: Option<ChallengeId>,
) -> Result<Option<Challenge>, Unavailable> {
    match id {
        Some(id) => deps.challenge(tenant, &id).await,
        None => Ok(None),
    }
}

/// Stores what the request says of the user, if that is new.
async fn tell_profile(
    deps: &impl Revises,
    tenant: &TenantId,
    name: &ActionName,
    user: Option<User>,
    profile: ProfileChange,
    now: scanlatch_protocol::time::Timestamp,
) -> Result<User> {
    let revision = Revision::Profile(Box::new(profile));
    match user {
        Some(user) if user.revised(&revision)? == user => Ok(user),
        user => deps.revise(tenant, &name.user, user.as_ref(), &revision, now).await,
    }
}
