//! An application sends a browser to log its person in.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{ClientId, SessionId, TenantId};
use scanlatch_protocol::openid::authorization::{Authorization, Destination, Prompt};
use scanlatch_protocol::openid::client::{Client, unknown_client};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;
use scanlatch_protocol::openid::request::{
    AuthorizationRequest, BrowserSecret, Login, OPEN_MS, RequestEvent, RequestHandle, RequestState,
};
use scanlatch_protocol::openid::token::BrowserSession;
use scanlatch_protocol::time::Timestamp;

use crate::port::{
    Answers, Asks, AuthorizationRequests, Clients, Clock, Enrolments, Entropy, Sessions, Signs, Tenants, Users,
    Verifies, VerifiesRsa,
};
use crate::step::openid::{accepted, browser_session, client, expected, granted, refused};
use crate::{Error, Result, Unavailable};

deps!(
    Tenants,
    Clients,
    AuthorizationRequests,
    Asks,
    Answers,
    Sessions,
    Enrolments,
    Users,
    Verifies,
    VerifiesRsa,
    Signs,
    Clock,
    Entropy,
);

/// Unlike [`unknown_client`], it names no secret, for none comes here.
const UNREGISTERED: Refusal =
    OAuthError::InvalidClient.because("No application with this client_id is registered for this tenant.");

/// What a browser brings.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// Its own secret, if it has one.
    pub browser: Option<BrowserSecret>,
    /// The cookie of its session with the provider.
    pub session: Option<Cookie>,
}

/// A cookie's value.
#[derive(Clone)]
pub struct Cookie(pub String);

impl std::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Where the browser goes.
#[derive(Debug)]
pub enum Next {
    /// Back to the application, with a code or an error.
    Application(String),
    /// To the login page.
    Page {
        /// The request.
        handle: RequestHandle,
        /// The browser's secret, which it is to keep.
        browser: BrowserSecret,
        /// The languages that the person reads.
        locales: Option<String>,
    },
}

/// Where the browser goes next. A person who has logged in lately is not asked again, unless the application wants it.
///
/// # Errors
/// Those that a person is told, because the application or its address is not certain: [`Refusal::UnknownTenant`],
/// [`Refusal::MethodDisabled`], those of [`Destination::of`], and those of a `request_uri`. All others go to the
/// application.
pub async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    parameters: &Parameters,
    visit: Visit,
) -> Result<Next> {
    let id = parameters.get("client_id").ok_or(OAuthError::InvalidRequest.because("The client_id is missing."))?;
    let id = ClientId::parse(id).map_err(|_| UNREGISTERED)?;
    let cookie = visit.session.as_ref().map(|cookie| cookie.0.as_str());
    let session = async { Ok(browser_session(deps, issuer, tenant, cookie).await?) };
    let known = async {
        let known = client(deps, tenant, &id).await;
        known.map_err(|error| match error {
            Error::Refused(refusal) if refusal == unknown_client() => UNREGISTERED.into(),
            other => other,
        })
    };
    let ((_, client), session, pushed) = tokio::try_join!(known, session, pushed(deps, tenant, parameters))?;
    let browser = match visit.browser {
        Some(browser) => browser,
        None => BrowserSecret::from_random(deps.random()?),
    };
    let asked = match pushed {
        Some(asked) if asked.request.client == client.id => asked,
        Some(_) => {
            return Err(OAuthError::InvalidRequestUri.because("The request_uri is another application's.").into());
        }
        None => {
            let destination = Destination::of(parameters, &client)?;
            match accepted(deps, issuer, parameters, &client, destination.clone()).await {
                Ok(asks) => Asked::fresh(deps, &client, asks, &browser)?,
                Err(Error::Refused(refusal)) => {
                    return Ok(Next::Application(refused(issuer, &destination, &refusal)));
                }
                Err(unavailable) => return Err(unavailable),
            }
        }
    };
    let opened = asked.opened(&browser, deps.now())?;
    let login = serving(deps, session, tenant, &opened.asks).await?;
    match (opened.asks.prompt, login) {
        (Prompt::Never | Prompt::IfNeeded, Some(login)) => {
            let authorized = asked.authorized(deps, &browser, login).await?;
            let key = deps.signing_key(deps.now()).await?;
            Ok(Next::Application(granted(issuer, &authorized, &key).ok_or(Refusal::NotApproved)?))
        }
        (Prompt::Never, None) => {
            let fault =
                OAuthError::LoginRequired.because("Nobody who fits is logged in, and prompt=none lets nobody ask.");
            Ok(Next::Application(refused(issuer, &opened.asks.destination, &fault)))
        }
        _ if is_unreachable(deps, tenant, &opened.asks).await? => {
            let fault = OAuthError::LoginRequired.because("The user of the id_token_hint has no phone to log in with.");
            Ok(Next::Application(refused(issuer, &opened.asks.destination, &fault)))
        }
        _ => {
            let locales = opened.asks.ui_locales.clone();
            let handle = asked.handle.clone();
            asked.stored(deps, &browser).await?;
            Ok(Next::Page { handle, browser, locales })
        }
    }
}

/// Whether the application insists on a user who has no phone. Nobody else may log in then (OpenID Connect Core section
/// 3.1.2.2).
async fn is_unreachable(deps: &impl Users, tenant: &TenantId, asks: &Authorization) -> Result<bool, Unavailable> {
    Ok(asks.id_token_hint.is_some() && expected(deps, tenant, asks).await?.is_none())
}

/// A request, and whether it is stored already.
struct Asked {
    handle: RequestHandle,
    request: AuthorizationRequest,
    is_stored: bool,
}

impl Asked {
    fn fresh(
        deps: &(impl Clock + Entropy),
        client: &Client,
        asks: Authorization,
        browser: &BrowserSecret,
    ) -> Result<Self, Unavailable> {
        let handle = RequestHandle::from_random(deps.random()?);
        let request = AuthorizationRequest {
            id: handle.digest(),
            tenant: client.tenant,
            client: client.id.clone(),
            name: client.registration.name.clone(),
            asks,
            session: SessionId::from_random(deps.random()?),
            expires_at: deps.now().plus(OPEN_MS),
            state: RequestState::Open { browser: browser.digest().to_text() },
        };
        Ok(Self { handle, request, is_stored: false })
    }

    /// The request, taken up by the browser.
    fn opened(&self, browser: &BrowserSecret, now: Timestamp) -> Result<AuthorizationRequest, Refusal> {
        if self.is_stored {
            self.request.apply(&RequestEvent::Open(browser.digest()), now)
        } else {
            Ok(self.request.clone())
        }
    }

    async fn stored(
        self,
        deps: &(impl Asks + Answers + Clock),
        browser: &BrowserSecret,
    ) -> Result<AuthorizationRequest> {
        if self.is_stored {
            deps.answer(&self.request, &RequestEvent::Open(browser.digest()), deps.now()).await
        } else {
            deps.ask(&self.request).await?;
            Ok(self.request)
        }
    }

    /// The request with the login that the browser has already. A fresh one is stored only then.
    async fn authorized(
        self,
        deps: &(impl Asks + Answers + Clock),
        browser: &BrowserSecret,
        login: Login,
    ) -> Result<AuthorizationRequest> {
        let authorize = RequestEvent::Authorize(browser.digest(), login);
        if self.is_stored {
            let opened = self.stored(deps, browser).await?;
            return deps.answer(&opened, &authorize, deps.now()).await;
        }
        let authorized = self.request.apply(&authorize, deps.now())?;
        deps.ask(&authorized).await?;
        Ok(authorized)
    }
}

/// The request that the application pushed, if it names one.
async fn pushed(
    deps: &impl AuthorizationRequests,
    tenant: &TenantId,
    parameters: &Parameters,
) -> Result<Option<Asked>> {
    const WRONG: Refusal = OAuthError::InvalidRequestUri.because("The request_uri is wrong, spent or expired.");
    let Some(uri) = parameters.get("request_uri") else { return Ok(None) };
    let handle = RequestHandle::from_uri(uri).ok_or(WRONG)?;
    let request = deps.authorization_request(tenant, &handle.digest()).await?.ok_or(WRONG)?;
    Ok(Some(Asked { handle, request, is_stored: true }))
}

/// The browser's login, if it serves this request and is of the user whom the application expects.
async fn serving(
    deps: &(impl Users + Clock),
    session: Option<BrowserSession>,
    tenant: &TenantId,
    asks: &Authorization,
) -> Result<Option<Login>, Unavailable> {
    let Some(login) = session.map(|session| session.login) else { return Ok(None) };
    let login_hint = match &asks.login_hint {
        Some(named) if *named != login.user => expected(deps, tenant, asks).await?.map(|user| user.id),
        _ => None,
    };
    Ok(login.serves(&Authorization { login_hint, ..asks.clone() }, deps.now()).then_some(login))
}
