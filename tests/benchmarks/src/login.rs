//! Whole logins on a local stack, step by step, for whoever counts or times the steps.

use anyhow::{Context as _, Result};
use scanlatch_protocol::openid::client::{Grant, Registration};
use scanlatch_protocol::openid::redirect::RedirectUri;
use scanlatch_tests::{Application, Backend, Browser, CALLBACK, Phone, PollingScreen, Stack, parameter};
use serde_json::json;

/// From the phone's claim until its screen hears of it.
pub const CLAIM_HEARD: &str = "claim heard";

/// Who watches the steps of a login.
pub trait Observer {
    /// One step.
    ///
    /// # Errors
    /// If it fails.
    async fn step<T>(&mut self, name: &'static str, call: impl Future<Output = Result<T>>) -> Result<T>;

    /// A call of the phone, and what the screen hears of it meanwhile.
    ///
    /// # Errors
    /// If one of them fails.
    async fn heard<T, U>(
        &mut self,
        names: (&'static str, &'static str),
        call: impl Future<Output = Result<T>>,
        hears: impl Future<Output = Result<U>>,
    ) -> Result<(T, U)> {
        self.step(names.0, async { tokio::try_join!(call, hears) }).await
    }
}

/// The kinds of login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A screen on a socket.
    Socket,
    /// A screen that polls twice.
    Polling,
    /// An application by OpenID, whose login page polls once.
    OpenId,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Socket, Self::Polling, Self::OpenId];

    /// Its name in the tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Socket => "by socket",
            Self::Polling => "by polling",
            Self::OpenId => "by OpenID",
        }
    }
}

/// A person with a phone, a screen, a backend and an application.
#[derive(Clone, Debug)]
pub struct Person {
    ws_url: String,
    tenant: String,
    phone: Phone,
    screen: PollingScreen,
    backend: Backend,
    application: Application,
}

impl Person {
    /// Enrols a person.
    ///
    /// # Errors
    /// If the stack refuses it.
    pub async fn enrol(stack: &Stack, name: &str, application: &Application) -> Result<Self> {
        Ok(Self {
            ws_url: stack.ws_url().to_owned(),
            tenant: stack.tenant_id().to_owned(),
            phone: stack.phone_of(name).await?,
            screen: stack.polling_screen(),
            backend: stack.backend(),
            application: application.clone(),
        })
    }

    /// Logs the person in.
    ///
    /// # Errors
    /// If a step is refused or fails.
    pub async fn login(&self, kind: Kind, observer: &mut impl Observer) -> Result<()> {
        match kind {
            Kind::Socket => self.by_socket(observer).await,
            Kind::Polling => self.by_polling(observer).await,
            Kind::OpenId => self.by_openid(observer).await,
        }
    }

    async fn by_polling(&self, observer: &mut impl Observer) -> Result<()> {
        let (id, code) = observer.step("challenge", self.screen.open()).await?;
        observer.step("poll, unclaimed", self.screen.poll(&id, &code)).await?.assert_ok();
        observer.step("claim", self.phone.claim(&id)).await?.assert_ok();
        observer.step("decide", self.phone.decide(&id, true)).await?.assert_ok();
        let polled = observer.step("poll, approved", self.screen.poll(&id, &code)).await?;
        self.validate(&polled.text("accessToken"), observer).await
    }

    async fn by_socket(&self, observer: &mut impl Observer) -> Result<()> {
        let connect = scanlatch_tests::SocketScreen::open(&self.ws_url, &self.tenant);
        let mut screen = observer.step("connect", connect).await?;
        let id = observer.step("challenge", screen.challenge()).await?;
        let (claimed, _) = observer.heard(("claim", CLAIM_HEARD), self.phone.claim(&id), screen.next()).await?;
        claimed.assert_ok();
        let decide = self.phone.decide(&id, true);
        let (decided, told) = observer.heard(("decide", "approval heard"), decide, screen.next()).await?;
        decided.assert_ok();
        let token = told["data"]["accessToken"].as_str().context("the screen was told no token")?;
        self.validate(token, observer).await?;
        observer.step("disconnect", screen.close()).await
    }

    async fn validate(&self, token: &str, observer: &mut impl Observer) -> Result<()> {
        observer.step("validate", self.backend.validate(&json!({ "token": token }))).await?.assert_ok();
        Ok(())
    }

    async fn by_openid(&self, observer: &mut impl Observer) -> Result<()> {
        let (mut browser, application) = (Browser::default(), &self.application);
        let asked = [("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", "openid"), ("state", "s")];
        let page = observer.step("authorize", browser.open(application, &asked)).await?;
        let shown = observer.step("sign-in", browser.page(application, &page, "sign-in", json!({}))).await?;
        let (id, code) = (shown.assert_ok().text("challengeId"), shown.text("deviceCode"));
        observer.step("claim", self.phone.claim(&id)).await?.assert_ok();
        observer.step("decide", self.phone.decide(&id, true)).await?.assert_ok();
        let polled = observer.step("poll, approved", self.screen.poll(&id, &code)).await?;
        let token = json!({ "token": polled.text("accessToken") });
        let done = observer.step("complete", browser.page(application, &page, "sign-in/complete", token)).await?;
        let to = done.assert_ok().text("redirectTo");
        let code = parameter(&to, "code").context("no code")?;
        let asked = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
        let tokens = observer.step("token", application.post("token", &asked)).await?;
        let access = tokens.assert_ok().text("access_token");
        observer.step("userinfo", application.get("userinfo", &access)).await?.assert_ok();
        Ok(())
    }
}

/// Registers the application of logins by OpenID.
///
/// # Errors
/// If the tables cannot be written.
pub async fn application(stack: &Stack) -> Result<Application> {
    Application::register(stack, registration()?, false).await
}

/// What an application of these logins registers.
///
/// # Errors
/// Never, unless its redirect URI is none.
pub fn registration() -> Result<Registration> {
    Ok(Registration {
        name: "Benchmark".to_owned(),
        redirect_uris: vec![RedirectUri::parse(CALLBACK).map_err(|_| anyhow::anyhow!("no redirect URI"))?],
        grants: Grant::ALL.to_vec(),
        ..Registration::default()
    })
}

/// Watches nothing.
#[derive(Debug)]
pub struct Nobody;

impl Observer for Nobody {
    async fn step<T>(&mut self, _: &'static str, call: impl Future<Output = Result<T>>) -> Result<T> {
        call.await
    }
}
