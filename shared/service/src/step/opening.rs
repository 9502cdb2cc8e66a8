//! Opens a challenge, for every use case that does.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::{Action, ActionName};
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Application, Challenge, ChallengeParams, Screen, State};
use scanlatch_protocol::context::{Context, Viewer};
use scanlatch_protocol::id::{ChallengeId, IdempotencyKey, TenantId};
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::short_code::ShortCode;
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_protocol::time::Timestamp;
use scanlatch_protocol::token::Issuer;

use crate::measure::{self, Measure};
use crate::port::{Actions, Before, Clock, Creates, Entropy, Tenants, Terms, Verifies};
use crate::step::authenticate;
use crate::{Result, Unavailable};

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
    /// Checks what holds for screens only. An action that has succeeded needs no further approval. Where the tenant admits only
    /// pages, a screen that no backend began must have an origin.
    ///
    /// # Errors
    /// [`Refusal::OriginMissing`] and [`Refusal::ActionSucceeded`].
    pub(crate) fn for_screen(self, origin: Option<&str>) -> Result<Self> {
        let has_origin = || Context::default().with_origin(origin).origin.is_some();
        if self.tenant.settings.origin_required && self.tracked.is_none() && !has_origin() {
            return Err(Refusal::OriginMissing.into());
        }
        self.tracked.as_ref().map_or(Ok(()), |action| action.state.check_decision_allowed())?;
        Ok(self)
    }
}

/// Refuses to bind a screen's challenge to an action that takes only those that a backend began.
///
/// # Errors
/// [`Refusal::BackendChallengeNeeded`].
pub(crate) fn check_bindable(settings: &Settings, action: &ActionName) -> Result<(), Refusal> {
    let only_backends = settings.rules(&action.code).backend_challenges_only;
    if only_backends { Err(Refusal::BackendChallengeNeeded) } else { Ok(()) }
}

/// Everything that makes a new challenge.
pub(crate) struct NewChallenge {
    pub(crate) tenant: TenantId,
    pub(crate) terms: Terms,
    pub(crate) tracked: Option<Action>,
    pub(crate) params: ChallengeParams,
    pub(crate) viewer: Viewer,
    pub(crate) screen: Screen,
    pub(crate) short_code: Option<ShortCode>,
    pub(crate) application: Option<Application>,
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
            context: self.viewer.context,
            subject: None,
            screen: self.screen,
            created_at: now,
            expires_at: now.plus(self.terms.challenge_ms),
            redeemable_ms: self.terms.redeemable_ms,
            token_ms: self.terms.token_ms,
            sight: self.viewer.sight,
            near_km: self.terms.near_km,
            shows_number: self.params.shows_number,
            is_backends: self.tracked.is_some(),
            withdrawn: None,
            successor: None,
            claim: None,
            spent: Vec::new(),
            short_code: self.short_code.as_ref().map(ShortCode::digest),
            application: self.application.map(Box::new),
            taken_for: None,
            state: State::Unclaimed,
        };
        match &self.tracked {
            None => challenge,
            Some(action) => challenge.of_action(action),
        }
    }
}

/// Draws a short code if the screen wants one. Each attempt draws another, because a live challenge may have the same.
///
/// # Errors
/// If the system has no randomness.
pub(crate) fn draw_short_code(deps: &impl Entropy, params: &ChallengeParams) -> Result<Option<ShortCode>, Unavailable> {
    Ok(if params.short_code { Some(ShortCode::from_random(deps.random()?)) } else { None })
}

/// How many short codes are drawn if others have them. Even with a million live codes the second is hardly ever needed.
const ATTEMPTS: usize = 4;

/// A challenge of a polling screen, with the two codes that only its answer tells.
pub(crate) type Polling = (Challenge, DeviceCode, Option<ShortCode>);

/// Stores a challenge for the screen that polls with the returned device code, in place of what was `before`. The short
/// code comes with it if the screen wants one.
///
/// # Errors
/// Those of [`Challenge::check_may_ask`] and [`Creates::create`].
pub(crate) async fn polling(
    deps: &(impl Creates + Clock + Entropy),
    tenant: &Tenant,
    before: &Before,
    params: ChallengeParams,
    viewer: Viewer,
    application: Option<Application>,
) -> Result<Polling> {
    let code = DeviceCode::from_random(deps.random()?);
    for _ in 0..ATTEMPTS {
        let short_code = draw_short_code(deps, &params)?;
        let new = NewChallenge {
            tenant: tenant.id,
            terms: Terms::from(&tenant.settings),
            tracked: before.action.clone(),
            params: params.clone(),
            viewer: viewer.clone(),
            screen: Screen::polling(code.digest()),
            short_code: short_code.clone(),
            application: application.clone(),
        };
        let challenge = new.into_challenge(deps.random()?, deps.random()?, deps.now());
        challenge.check_may_ask(&tenant.settings.rules(&challenge.action))?;
        if deps.create(&challenge, before).await? {
            measure::opened(&challenge.id);
            measure::count(Measure::ChallengesPolled);
            return Ok((challenge, code, short_code));
        }
    }
    Err(Unavailable::new("short codes", "others had each code that was drawn").into())
}

impl From<&Settings> for Terms {
    fn from(settings: &Settings) -> Self {
        Self {
            challenge_ms: settings.challenge_lifetime_ms,
            redeemable_ms: settings.approval_lifetime_ms,
            token_ms: settings.result_token_lifetime_ms,
            near_km: settings.near_km,
            is_choosy: settings.is_choosy(),
        }
    }
}
