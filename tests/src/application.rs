//! An application that logs its users in by OpenID, and the browser that it sends.

use anyhow::{Context as _, Result};
use scanlatch_client::Method;
use scanlatch_protocol::id::{ClientId, TenantId};
use scanlatch_protocol::openid::client::{Client, ClientSecret, Registration};
use scanlatch_service::port::{Clock as _, Entropy as _, RegistersClients as _};
use serde_json::{Value, json};

use crate::{Answer, Api, Stack};

/// The redirect URI of every application.
pub const CALLBACK: &str = "https://app.example/callback";

/// A registered application.
#[derive(Clone, Debug)]
pub struct Application {
    api: Api,
    tenant: String,
    /// Its id.
    pub id: String,
    /// Its secret; empty if it is public.
    pub secret: String,
}

impl Application {
    /// Registers an application at the stack's demo tenant. A public one gets no secret.
    ///
    /// # Errors
    /// If the tables cannot be written.
    pub async fn register(stack: &Stack, registration: Registration, public: bool) -> Result<Self> {
        let cloud = stack.cloud();
        let tenant = TenantId::parse(stack.tenant_id())?;
        let id = ClientId::parse(format!("app-{}", TenantId::from_random(cloud.random()?).simple()))?;
        let secret = ClientSecret::from_random(cloud.random()?);
        let client = Client { tenant, id: id.clone(), created_at: cloud.now(), secrets: Vec::new(), registration };
        cloud.add_client(&client).await?;
        if !public {
            cloud.add_client_secret(&tenant, &id, &secret.digest(), cloud.now()).await?;
        }
        let secret = if public { String::new() } else { secret.expose().to_owned() };
        Ok(Self { api: stack.api(), tenant: stack.tenant_id().to_owned(), id: id.to_string(), secret })
    }

    /// A path of the provider.
    pub fn path(&self, path: &str) -> String {
        format!("/t/{}/{path}", self.tenant)
    }

    /// A form to an endpoint, with the application's proof in it.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn post(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Answer> {
        let mut all = parameters.to_vec();
        all.push(("client_id", &self.id));
        if !self.secret.is_empty() {
            all.push(("client_secret", &self.secret));
        }
        self.post_as_is(path, &all).await
    }

    /// A form to an endpoint, with nothing else in it.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn post_as_is(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Answer> {
        let call = self.api.request(Method::POST, &self.path(path)).body(form(parameters));
        Ok(call.header("content-type", "application/x-www-form-urlencoded").send().await?.into())
    }

    /// A `GET` with a bearer token.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn get(&self, path: &str, token: &str) -> Result<Answer> {
        self.api.get(&self.path(path), &format!("Bearer {token}")).await
    }
}

/// `application/x-www-form-urlencoded` text.
pub fn form(parameters: &[(&str, &str)]) -> String {
    let mut written = url::form_urlencoded::Serializer::new(String::new());
    written.extend_pairs(parameters).finish()
}

/// A parameter of an address, from its query or its fragment.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let rest = address.split_once(['?', '#'])?.1;
    url::form_urlencoded::parse(rest.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// A browser: its cookies, and the steps of the login page.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    cookies: Vec<(String, String)>,
}

impl Browser {
    /// Where the application's request leads: the page or the application itself.
    ///
    /// # Errors
    /// If the answer is no redirect.
    pub async fn open(&mut self, application: &Application, parameters: &[(&str, &str)]) -> Result<String> {
        let (status, location) = self.try_open(application, parameters).await?;
        location.with_context(|| format!("no redirect but {status}"))
    }

    /// The status, and where it leads if anywhere.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn try_open(
        &mut self,
        application: &Application,
        parameters: &[(&str, &str)],
    ) -> Result<(u16, Option<String>)> {
        let mut all = vec![("client_id", application.id.as_str())];
        all.extend_from_slice(parameters);
        let path = format!("{}?{}", application.path("authorize"), form(&all));
        self.follow(application, Method::GET, &path, &[]).await
    }

    /// The answer to a logout.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn log_out(
        &mut self,
        application: &Application,
        parameters: &[(&str, &str)],
    ) -> Result<(u16, Option<String>)> {
        let path = format!("{}?{}", application.path("logout"), form(parameters));
        self.follow(application, Method::GET, &path, &[]).await
    }

    /// The answer to a logout that is posted.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn post_log_out(
        &mut self,
        application: &Application,
        parameters: &[(&str, &str)],
    ) -> Result<(u16, Option<String>)> {
        self.follow(application, Method::POST, &application.path("logout"), form(parameters).as_bytes()).await
    }

    /// Where a link leads.
    ///
    /// # Errors
    /// If the answer is no redirect.
    pub async fn visit(&mut self, application: &Application, url: &str) -> Result<String> {
        let path = url.split_once("/v1").map(|(_, path)| path).context("another host")?;
        let (status, location) = self.follow(application, Method::GET, path, &[]).await?;
        location.with_context(|| format!("no redirect but {status}"))
    }

    async fn follow(
        &mut self,
        application: &Application,
        method: Method,
        path: &str,
        body: &[u8],
    ) -> Result<(u16, Option<String>)> {
        let call = application.api.request(method, path).header("cookie", &self.header()).body(body.to_vec());
        let answer = call.header("content-type", "application/x-www-form-urlencoded").send().await?;
        self.keep(&answer);
        let location = answer.headers.get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok((answer.status.as_u16(), location))
    }

    /// A call of the login page at this address.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn page(&mut self, application: &Application, page: &str, path: &str, body: Value) -> Result<Answer> {
        let mut body = body;
        body["request"] = json!(parameter(page, "r").context("the page has no request")?);
        let call = application.api.request(Method::POST, &application.path(path)).body(body.to_string());
        let call = call.header("content-type", "application/json").header("cookie", &self.header());
        let answer = call.send().await?;
        self.keep(&answer);
        Ok(answer.into())
    }

    fn header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, answer: &scanlatch_client::Answer) {
        for cookie in answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()) {
            let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else { continue };
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}
