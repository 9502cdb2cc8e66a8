//! Applications, browsers, login pages and devices of the provider.

use std::fmt::Write as _;

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::Proven;
use scanlatch_protocol::id::{ChallengeId, ClientId, UserId};
use scanlatch_protocol::openid::claims::UserClaims;
use scanlatch_protocol::openid::client::{Client, ClientProof, ClientSecret, Grant, Registration};
use scanlatch_protocol::openid::device::DeviceGrant;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;
use scanlatch_protocol::openid::redirect::RedirectUri;
use scanlatch_protocol::openid::request::{BrowserSecret, RequestHandle};
use scanlatch_protocol::openid::signed::Algorithm;
use scanlatch_service::Result;
use scanlatch_service::openid::authorize::{Cookie, Next, Visit};
use scanlatch_service::openid::introspect::Active;
use scanlatch_service::openid::sign_in::SignIn;
use scanlatch_service::openid::token::Tokens;
use scanlatch_service::openid::{
    authorize, complete, deny, device, introspect, logout, push, revoke, sign_in, token, userinfo,
};
use scanlatch_service::port::{Clients as _, Clock as _, RegistersClients as _};
use scanlatch_testkit::scene::fresh;
use serde_json::Value;

use crate::world::{Phone, World, text, viewer};

pub const BASE: &str = "https://login.example/v1";
pub const CALLBACK: &str = "https://grafana.example/cb";
pub const AFTERWARDS: &str = "https://grafana.example/bye";

/// A registered application.
pub struct App {
    pub id: ClientId,
    secret: Option<ClientSecret>,
}

impl App {
    pub fn proof(&self) -> ClientProof {
        ClientProof { id: self.id.clone(), secret: self.secret.as_ref().map(|secret| secret.expose().to_owned()) }
    }

    /// Anybody who names it.
    pub fn unproven(&self) -> Self {
        Self { id: self.id.clone(), secret: None }
    }
}

/// A browser's cookies.
#[derive(Clone, Default)]
pub struct Browser {
    pub secret: Option<BrowserSecret>,
    pub session: Option<String>,
}

/// A login page in a browser.
#[derive(Clone)]
pub struct Page {
    pub handle: RequestHandle,
    pub browser: BrowserSecret,
}

/// An answer on its way to an application.
pub struct Answer {
    pub uri: String,
    query: Parameters,
}

impl Answer {
    pub fn read(url: &str) -> Self {
        let (uri, query) = url.split_once('?').unwrap();
        Self { uri: uri.to_owned(), query: Parameters::read(query.as_bytes()).unwrap() }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.query.get(name)
    }

    pub fn code(&self) -> String {
        self.get("code").unwrap().to_owned()
    }
}

/// Parameters as a form; `over` replaces those of the same names, and an empty value removes one.
pub fn form(base: &[(&str, &str)], over: &[(&str, &str)]) -> Parameters {
    let kept = base.iter().filter(|(name, _)| !over.iter().any(|(other, _)| other == name));
    let mut written = String::new();
    for (name, value) in kept.chain(over) {
        let separator = if written.is_empty() { "" } else { "&" };
        write!(written, "{separator}{name}=").unwrap();
        for byte in value.bytes() {
            write!(written, "%{byte:02X}").unwrap();
        }
    }
    Parameters::read(written.as_bytes()).unwrap()
}

/// The login page that comes next.
pub fn shown(browser: &mut Browser, next: Next) -> Page {
    let Next::Page { handle, browser: secret, .. } = next else { panic!("no page: {next:?}") };
    browser.secret = Some(secret.clone());
    Page { handle, browser: secret }
}

/// The code with which the provider refuses.
pub fn fault<T>(result: Result<T>) -> OAuthError {
    match scanlatch_testkit::scene::refusal(result) {
        Refusal::OAuth { error, .. } => error,
        other => panic!("another refusal: {other:?}"),
    }
}

/// What a token says, unchecked.
pub fn claims(token: &str) -> Value {
    let body = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&scanlatch_protocol::base64::decode(body).unwrap()).unwrap()
}

/// Signs with ES256, because RSA keys take long to make.
fn usual(registration: &mut Registration) {
    "Grafana".clone_into(&mut registration.name);
    registration.redirect_uris = vec![RedirectUri::parse(CALLBACK).unwrap()];
    registration.logout_uris = vec![RedirectUri::parse(AFTERWARDS).unwrap()];
    registration.grants = Grant::ALL.to_vec();
    registration.id_token_algorithm = Algorithm::Es256;
    registration.access_token_algorithm = Algorithm::Es256;
}

impl World {
    pub fn provider(&self) -> OpenIdIssuer {
        OpenIdIssuer::of(BASE, &self.tenant)
    }

    /// An application without a secret.
    pub async fn public_application(&self, id: &str, change: impl FnOnce(&mut Registration)) -> App {
        let mut registration = Registration::default();
        usual(&mut registration);
        change(&mut registration);
        let (tenant, created_at) = (self.tenant, self.store.now());
        let client = Client { tenant, id: ClientId::parse(id).unwrap(), created_at, secrets: Vec::new(), registration };
        assert!(self.store.add_client(&client).await.unwrap());
        App { id: client.id, secret: None }
    }

    pub async fn application(&self, id: &str, change: impl FnOnce(&mut Registration)) -> App {
        let app = self.public_application(id, change).await;
        let secret = ClientSecret::from_random(fresh());
        self.store.add_client_secret(&self.tenant, &app.id, &secret.digest(), self.store.now()).await.unwrap();
        App { secret: Some(secret), ..app }
    }

    /// Changes what is registered of an application.
    pub async fn register(&self, app: &App, change: impl FnOnce(&mut Registration)) {
        let seen = self.store.client(&self.tenant, &app.id).await.unwrap().unwrap();
        let mut to = seen.registration.clone();
        change(&mut to);
        assert!(self.store.change_client(&seen, &to).await.unwrap());
    }

    pub async fn try_authorize(&self, app: &App, browser: &Browser, over: &[(&str, &str)]) -> Result<Next> {
        let base = [
            ("client_id", app.id.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile email offline_access"),
            ("state", "s-1 &?#"),
            ("nonce", "n-1"),
        ];
        self.try_visit(browser, &form(&base, over)).await
    }

    /// A browser comes with exactly these parameters.
    pub async fn try_visit(&self, browser: &Browser, parameters: &Parameters) -> Result<Next> {
        let visit = Visit { browser: browser.secret.clone(), session: browser.session.clone().map(Cookie) };
        authorize::run(&self.store, &self.provider(), &self.tenant, parameters, visit).await
    }

    /// The login page to which an application sends a browser.
    pub async fn page(&self, app: &App, browser: &mut Browser, over: &[(&str, &str)]) -> Page {
        shown(browser, self.try_authorize(app, browser, over).await.unwrap())
    }

    /// What an application hears at once.
    pub async fn answered(&self, app: &App, browser: &Browser, over: &[(&str, &str)]) -> Answer {
        match self.try_authorize(app, browser, over).await.unwrap() {
            Next::Application(url) => Answer::read(&url),
            page @ Next::Page { .. } => panic!("a page comes: {page:?}"),
        }
    }

    pub async fn is_asked(&self, app: &App, browser: &Browser, over: &[(&str, &str)]) -> bool {
        matches!(self.try_authorize(app, browser, over).await.unwrap(), Next::Page { .. })
    }

    pub async fn try_push(&self, app: &App, over: &[(&str, &str)]) -> Result<RequestHandle> {
        let base = [("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", "openid"), ("state", "pushed")];
        push::run(&self.store, &self.provider(), &self.tenant, &app.proof(), &form(&base, over)).await
    }

    pub async fn try_sign_in(&self, page: &Page) -> Result<SignIn> {
        sign_in::run(&self.store, &self.tenant, (&page.handle, &page.browser), None, false, viewer()).await
    }

    pub async fn sign_in(&self, page: &Page) -> SignIn {
        self.try_sign_in(page).await.unwrap()
    }

    /// The token of a phone's approval on a login page.
    pub async fn approval(&self, page: &Page, phone: &Phone) -> String {
        let (challenge, code, _) = self.sign_in(page).await.polling;
        self.claim(phone, &challenge.id).await;
        self.approve(phone, &challenge.id).await;
        text(&self.poll(&challenge.id, &code).await["accessToken"])
    }

    /// Where the browser goes, and its cookie.
    pub async fn try_complete(&self, page: &Page, token: &str) -> Result<(Answer, String)> {
        let (issuers, page) = ((&self.issuer, &self.provider()), (&page.handle, &page.browser));
        let completed = complete::run(&self.store, issuers, &self.tenant, page, token).await?;
        Ok((Answer::read(&completed.to), completed.cookie))
    }

    pub async fn try_deny(&self, page: &Page) -> Result<Answer> {
        self.try_deny_shown(page, None).await
    }

    pub async fn try_deny_shown(&self, page: &Page, shown: Option<Proven>) -> Result<Answer> {
        let page = (&page.handle, &page.browser);
        deny::run(&self.store, &self.provider(), &self.tenant, page, shown).await.map(|url| Answer::read(&url))
    }

    /// The answer to a login on the page.
    pub async fn sign_in_by(&self, phone: &Phone, app: &App, browser: &mut Browser, over: &[(&str, &str)]) -> Answer {
        let page = self.page(app, browser, over).await;
        let token = self.approval(&page, phone).await;
        let (answer, cookie) = self.try_complete(&page, &token).await.unwrap();
        browser.session = Some(cookie);
        answer
    }

    pub async fn try_tokens(&self, app: &App, parameters: &Parameters) -> Result<Tokens> {
        token::run(&self.store, &self.provider(), &self.tenant, &app.proof(), parameters).await
    }

    pub async fn try_exchange(&self, app: &App, code: &str, over: &[(&str, &str)]) -> Result<Tokens> {
        let base = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        self.try_tokens(app, &form(&base, over)).await
    }

    pub async fn try_renew(&self, app: &App, refresh: &str, over: &[(&str, &str)]) -> Result<Tokens> {
        let base = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        self.try_tokens(app, &form(&base, over)).await
    }

    /// The tokens of a login in a browser.
    pub async fn tokens(&self, phone: &Phone, app: &App, browser: &mut Browser) -> Tokens {
        let code = self.sign_in_by(phone, app, browser, &[]).await.code();
        self.try_exchange(app, &code, &[]).await.unwrap()
    }

    pub async fn try_userinfo(&self, token: &str) -> Result<(UserId, UserClaims)> {
        userinfo::run(&self.store, &self.provider(), &self.tenant, token).await
    }

    pub async fn try_introspect(&self, app: &App, token: &str) -> Result<Option<Active>> {
        let parameters = form(&[("token", token)], &[]);
        introspect::run(&self.store, &self.provider(), &self.tenant, &app.proof(), &parameters).await
    }

    pub async fn introspect(&self, app: &App, token: &str) -> Option<Active> {
        self.try_introspect(app, token).await.unwrap()
    }

    pub async fn try_give_back(&self, app: &App, token: &str) -> Result<()> {
        let parameters = form(&[("token", token)], &[]);
        revoke::run(&self.store, &self.provider(), &self.tenant, &app.proof(), &parameters).await
    }

    pub async fn log_out(&self, browser: &Browser, parameters: &[(&str, &str)], confirmed: bool) -> logout::Next {
        let (provider, parameters, cookie) = (self.provider(), form(parameters, &[]), browser.session.as_deref());
        logout::run(&self.store, &provider, &self.tenant, &parameters, cookie, confirmed).await.unwrap()
    }

    pub async fn try_open_device(&self, app: &App, scope: &str) -> Result<DeviceGrant> {
        let parameters = form(&[("scope", scope)], &[]);
        let opened = device::run(&self.store, &self.tenant, &app.proof(), &parameters, viewer()).await?;
        Ok(DeviceGrant { challenge: opened.0.id, code: opened.1 })
    }

    /// The grant of a device that shows its code.
    pub async fn open_device(&self, app: &App) -> DeviceGrant {
        self.try_open_device(app, "openid offline_access").await.unwrap()
    }

    pub async fn try_device(&self, app: &App, device_code: &str) -> Result<Tokens> {
        let grant = Grant::DeviceCode.as_str();
        self.try_tokens(app, &form(&[("grant_type", grant), ("device_code", device_code)], &[])).await
    }

    /// A phone's user approves.
    pub async fn claim_and_approve(&self, phone: &Phone, challenge: &ChallengeId) {
        self.claim(phone, challenge).await;
        self.approve(phone, challenge).await;
    }
}

/// A world with Ann's phone and an application.
pub async fn scene() -> (World, Phone, App) {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let app = world.application("grafana", |_| {}).await;
    (world, phone, app)
}

/// The same, with Ann logged in.
pub async fn logged_in() -> (World, Phone, App, Browser, Tokens) {
    let (world, phone, app) = scene().await;
    let mut browser = Browser::default();
    let tokens = world.tokens(&phone, &app, &mut browser).await;
    (world, phone, app, browser, tokens)
}
