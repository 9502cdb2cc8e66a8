//! A polling screen asks for a challenge.

use protocol::Refusal;
use protocol::action::Action;
use protocol::challenge::{Challenge, Screen, State};
use protocol::context::Context;
use protocol::id::{ChallengeId, IdempotencyKey, TenantId};
use protocol::secret::DeviceCode;
use protocol::tenant::{Settings, Tenant};
use protocol::time::Timestamp;
use protocol::token::Issuer;
use protocol::wire::display::Wish;
use protocol::wire::socket::Identity;

use crate::measure::{self, Measure};
use crate::port::{Actions, Clock, Creates, Entropy, Lifetimes, Tenants, Verifies};
use crate::{Result, caller};

/// Stores a challenge for whoever polls with the returned code.
///
/// # Errors
/// The refusals of [`open`].
pub async fn run(
    deps: &(impl Tenants + Verifies + Actions + Creates + Clock + Entropy),
    issuer: &Issuer,
    screen: &Identity,
    origin: Option<&str>,
    wish: Wish,
    context: Context,
) -> Result<(Challenge, DeviceCode)> {
    let opened = open(deps, issuer, screen, origin).await?;
    let code = DeviceCode::from_random(deps.random()?);
    let asked = Asked {
        tenant: opened.tenant.id,
        lifetimes: Lifetimes::from(&opened.tenant.settings),
        tracked: opened.tracked,
        wish,
        context,
        screen: Screen::Poll(code.digest()),
    };
    let challenge = asked.into_challenge(deps.random()?, deps.random()?, deps.now());
    deps.create(&challenge).await?;
    measure::challenge(&challenge.id);
    measure::count(Measure::ChallengesPolled);
    Ok((challenge, code))
}

/// A screen that may ask, with the action that its user token names.
pub(crate) struct Opened {
    pub(crate) tenant: Tenant,
    pub(crate) tracked: Option<Action>,
}

/// Finds out whether a screen may ask, by polling or on a socket.
///
/// # Errors
/// [`Refusal::Unauthorized`], [`Refusal::MethodDisabled`], [`Refusal::OriginNotAllowed`], [`Refusal::InvalidToken`],
/// [`Refusal::ExpiredToken`] and [`Refusal::ActionBlocked`].
pub(crate) async fn open(
    deps: &(impl Tenants + Verifies + Actions + Clock),
    issuer: &Issuer,
    screen: &Identity,
    origin: Option<&str>,
) -> Result<Opened> {
    let (tenant, tracked) = match screen {
        Identity::Tenant(id) => (deps.tenant(id).await?, None),
        Identity::Token(token) => {
            let user = caller::user(deps, issuer, token).await?;
            let name = user.action_name();
            let (tenant, action) = tokio::try_join!(deps.tenant(&name.tenant), deps.action(&name, deps.now()))?;
            let action = action.ok_or(Refusal::InvalidToken)?;
            action.state.admits_challenge()?;
            (tenant, Some(action))
        }
    };
    let tenant = caller::with_devices(tenant)?;
    if !tenant.settings.allows_origin(origin) {
        return Err(Refusal::OriginNotAllowed.into());
    }
    Ok(Opened { tenant, tracked })
}

/// All that a new challenge is made of.
pub(crate) struct Asked {
    pub(crate) tenant: TenantId,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) tracked: Option<Action>,
    pub(crate) wish: Wish,
    pub(crate) context: Context,
    pub(crate) screen: Screen,
}

impl Asked {
    /// The unclaimed challenge. What the backend tracked wins over what the screen says; an address that the
    /// backend tracked is not in the place where the screen's own address is.
    pub(crate) fn into_challenge(self, id: [u8; 16], idempotency: [u8; 16], now: Timestamp) -> Challenge {
        let Self { tenant, lifetimes, tracked, wish, context, screen } = self;
        let (action, idempotency_key, custom, subject, context) = match tracked {
            None => (wish.action, IdempotencyKey::from_random(idempotency), wish.custom, None, context),
            Some(action) => {
                let same_place = action.context.ip_address.is_none() || action.context.ip_address == context.ip_address;
                let context = Context {
                    location: context.location.filter(|_| same_place),
                    ip_address: action.context.ip_address.or(context.ip_address),
                    user_agent: action.context.user_agent.or(context.user_agent),
                    device_id: action.context.device_id,
                };
                (action.name.code, action.name.idempotency_key, action.custom, Some(action.name.user), context)
            }
        };
        Challenge {
            id: ChallengeId::from_random(id),
            tenant,
            action,
            idempotency_key,
            custom,
            context,
            subject,
            screen,
            created_at: now,
            expires_at: now.plus(lifetimes.challenge_ms),
            redeemable_ms: lifetimes.redeemable_ms,
            withdrawn: None,
            state: State::Unclaimed,
        }
    }
}

impl From<&Settings> for Lifetimes {
    fn from(settings: &Settings) -> Self {
        Self { challenge_ms: settings.challenge_lifetime_ms, redeemable_ms: settings.result_token_lifetime_ms }
    }
}
