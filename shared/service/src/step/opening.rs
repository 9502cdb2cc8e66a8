//! Opens a challenge, for every use case that does.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::Action;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Challenge, ChallengeParams, Screen, State};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::id::{ChallengeId, IdempotencyKey, TenantId};
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::token::Issuer;

use crate::Result;
use crate::port::{Actions, Clock, Lifetimes, Tenants, Verifies};
use crate::step::authenticate;

/// A screen or device that may ask, with the action that its user token names.
pub(crate) struct Opened {
    pub(crate) tenant: Tenant,
    pub(crate) tracked: Option<Action>,
}

/// Checks that a screen or device may ask.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::OriginNotAllowed`], [`Refusal::InvalidToken`],
/// [`Refusal::ExpiredToken`] and [`Refusal::ActionBlocked`].
pub(crate) async fn open(
    deps: &(impl Tenants + Verifies + Actions + Clock),
    issuer: &Issuer,
    who: &Identity,
    origin: Option<&str>,
) -> Result<Opened> {
    let (tenant, tracked) = match who {
        Identity::Tenant(id) => (deps.tenant(id).await?, None),
        Identity::Token(token) => {
            let user = authenticate::user(deps, issuer, token).await?;
            let name = user.action_name();
            let (tenant, action) = tokio::try_join!(deps.tenant(&name.tenant), deps.action(&name, deps.now()))?;
            let action = action.ok_or(Refusal::InvalidToken)?;
            action.state.check_challenge_allowed()?;
            (tenant, Some(action))
        }
    };
    let tenant = authenticate::with_devices(tenant)?;
    if !tenant.settings.allows_origin(origin) {
        return Err(Refusal::OriginNotAllowed.into());
    }
    Ok(Opened { tenant, tracked })
}

impl Opened {
    /// For a screen, refuses an action that has succeeded, which needs no further approval.
    ///
    /// # Errors
    /// [`Refusal::ActionSucceeded`].
    pub(crate) fn for_screen(self) -> Result<Self> {
        self.tracked.as_ref().map_or(Ok(()), |action| action.state.check_decision_allowed())?;
        Ok(self)
    }
}

/// Everything that makes a new challenge.
pub(crate) struct NewChallenge {
    pub(crate) tenant: TenantId,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) tracked: Option<Action>,
    pub(crate) params: ChallengeParams,
    pub(crate) context: Context,
    pub(crate) screen: Screen,
}

impl NewChallenge {
    /// The unclaimed challenge. The backend's tracked data replaces the screen's.
    pub(crate) fn into_challenge(self, id: [u8; 16], idempotency: [u8; 16], now: Timestamp) -> Challenge {
        let challenge = Challenge {
            id: ChallengeId::from_random(id),
            tenant: self.tenant,
            action: self.params.action,
            idempotency_key: IdempotencyKey::from_random(idempotency),
            custom: self.params.custom,
            context: self.context,
            subject: None,
            screen: self.screen,
            created_at: now,
            expires_at: now.plus(self.lifetimes.challenge_ms),
            redeemable_ms: self.lifetimes.redeemable_ms,
            withdrawn: None,
            spent: Vec::new(),
            taken_for: None,
            state: State::Unclaimed,
        };
        match &self.tracked {
            None => challenge,
            Some(action) => challenge.of_action(action),
        }
    }
}

impl From<&Settings> for Lifetimes {
    fn from(settings: &Settings) -> Self {
        Self { challenge_ms: settings.challenge_lifetime_ms, redeemable_ms: settings.result_token_lifetime_ms }
    }
}
