//! The login page shows a code.

use scanlatch_protocol::action::{Action, ActionName};
use scanlatch_protocol::challenge::{Application, ChallengeParams, Door, Proven};
use scanlatch_protocol::context::Viewer;
use scanlatch_protocol::id::{ActionCode, IdempotencyKey, TenantId};
use scanlatch_protocol::openid::OPENID_ACTION;
use scanlatch_protocol::openid::request::{AuthorizationRequest, BrowserSecret, RequestHandle};
use scanlatch_protocol::tenant::Tenant;

use crate::Result;
use crate::port::{AuthorizationRequests, Before, Clock, Creates, Entropy, Tenants, Tracks, Users};
use crate::step::openid::{self, requested};
use crate::step::opening::{Polling, polling};

deps!(Tenants, AuthorizationRequests, Users, Tracks, Creates, Clock, Entropy);

/// What the login page shows.
#[derive(Debug)]
pub struct SignIn {
    /// The challenge with its codes.
    pub polling: Polling,
    /// The application.
    pub application: Application,
}

/// Makes a challenge for the request, in place of the one that the page showed before. If the application expects a user
/// who is known, only they can claim it, and their phone lists it as pending.
///
/// # Errors
/// Those of a page that may not answer the request, and those of [`Creates::create`].
pub async fn run(
    deps: &impl Deps,
    tenant: &TenantId,
    (handle, browser): (&RequestHandle, &BrowserSecret),
    replaced: Option<Proven>,
    short_code: bool,
    viewer: Viewer,
) -> Result<SignIn> {
    let (tenant, request) = requested(deps, tenant, handle).await?;
    request.check_open(&browser.digest(), deps.now())?;
    let application = Application {
        client: request.client.clone(),
        name: request.name.clone(),
        door: Door::Login { request: request.id.to_text() },
    };
    let expected = expected(deps, &tenant, &request, &application).await?;
    let before = Before { action: expected, shown: replaced.map(|(id, code)| (id, code.digest())) };
    let action = ActionCode::parse(OPENID_ACTION)?;
    // The provider's own page shows numbers.
    let params =
        ChallengeParams { action, custom: application.as_custom(), short_code, shows_number: true, overlaps: false };
    let polling = polling(deps, &tenant, &before, params, viewer, Some(application.clone())).await?;
    Ok(SignIn { polling, application })
}

/// The tracked action of the user whom the application expects, the same for each code that the page shows.
async fn expected(
    deps: &(impl Users + Tracks + Clock),
    tenant: &Tenant,
    request: &AuthorizationRequest,
    application: &Application,
) -> Result<Option<Action>> {
    let Some(user) = openid::expected(deps, &tenant.id, &request.asks).await? else { return Ok(None) };
    let name = ActionName {
        tenant: tenant.id,
        user: user.id,
        code: ActionCode::parse(OPENID_ACTION)?,
        idempotency_key: IdempotencyKey::parse(request.session.to_string())?,
    };
    let (state, lifetime_ms) = (tenant.settings.default_action_state, tenant.settings.action_lifetime_ms);
    let new = Action::new(name, state, deps.now(), lifetime_ms);
    let action = Action { custom: application.as_custom(), ..new };
    Ok(Some(deps.track(&action).await?))
}
