//! `scanlatch smoke`: a real login, by socket, by polling and by OpenID, with a new user and phone that it removes afterwards.

use clap::Args;
use scanlatch_protocol::base64::encode_url;
use scanlatch_protocol::id::ClientId;
use scanlatch_service::port::Entropy as _;
use scanlatch_service::system::System;
use serde_json::json;

use crate::console::failure::CommandError;
use crate::console::output::{Output, tell};
use crate::contexts::Place;
use crate::flags::id::client_id;
use crate::flags::origin;
use backend::Backend;
use openid::Application;
use page::Page;
use phone::Phone;
use screen::{PollingScreen, SocketScreen};
use site::Site;
use steps::Steps;

mod backend;
pub mod error;
mod openid;
pub mod page;
mod phone;
mod screen;
mod site;
mod steps;

/// The action that the user approves.
const ACTION: &str = "scanlatch-smoke";

/// A page that no tenant allows by name, for its host cannot exist (RFC 2606).
const ELSEWHERE: &str = "https://elsewhere.invalid";

/// `smoke`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    /// Where the socket is served, if SDKs do not find it from the base URL
    #[arg(long, value_name = "URL")]
    socket_url: Option<String>,
    /// The only origin that the tenant allows: the screens are pages there, and another origin must be refused
    #[arg(long, value_name = "ORIGIN", value_parser = origin::parse)]
    origin: Option<String>,
    /// Log in by OpenID too, as this public application, whose redirect URI is `http://127.0.0.1/callback`
    #[arg(long, value_name = "CLIENT_ID", value_parser = client_id)]
    oidc: Option<ClientId>,
}

/// Logs in.
///
/// # Errors
/// The first step that failed, and what to check.
pub async fn run(output: Output, place: Place, flags: Flags) -> Result<(), CommandError> {
    let elsewhere = flags.origin.is_some().then(|| Page(ELSEWHERE.to_owned()));
    let site = site::find(place, flags.socket_url, flags.origin).await?;
    let user = format!("smoke-{}", encode_url(&System.random::<12>()?));
    let (backend, phone) = (Backend::new(&site), Phone::new(&site));
    let mut steps = Steps::default();
    let token = steps.take("the backend names a user", "action-track", backend.user_token(&user)).await?;
    let logged_in = async {
        login(&mut steps, &site, &backend, &phone, &token, &user).await?;
        if let Some(client) = &flags.oidc {
            login_by_openid(&mut steps, &site, &phone, &user, client.as_str()).await?;
        }
        strangers_are_refused(&mut steps, &site, elsewhere).await
    };
    let logged_in = logged_in.await;
    let removed = remove(&mut steps, &backend, &phone, &user).await;
    if logged_in.is_err() && removed.is_err() {
        tell(&format!("The user {user} may be left behind."));
    }
    logged_in.and(removed)?;
    let base = &site.base_url;
    let how = if flags.oidc.is_some() { "by socket, by polling and by OpenID" } else { "by socket and by polling" };
    let sentence = format!("A login at {base} works, {how}; it took {} ms in all.", steps.millis());
    let document = json!({ "baseUrl": base, "socketUrl": site.socket_url, "steps": steps.document() });
    output.answer(&document, || sentence)
}

async fn login(
    steps: &mut Steps,
    site: &Site,
    backend: &Backend,
    phone: &Phone,
    token: &str,
    user: &str,
) -> Result<(), CommandError> {
    steps.take("the phone enrols a key", "credential-add", phone.enrol(token)).await?;

    let opened = SocketScreen::open(site);
    let mut screen = steps.take("a screen opens a socket", "socket-connect", opened).await?;
    let id = steps.take("it gets a challenge", "socket-message", screen.challenge(ACTION)).await?;
    steps.take("the phone claims it", "challenge-claim", phone.claim(&id)).await?;
    let number = steps.take("the screen hears of the claim", "challenge-claim", screen.hears_claim(&id)).await?;
    steps.take("the phone approves", "challenge-decide", phone.approve(&id, number.as_deref())).await?;
    let approved = steps.take("the screen hears a token", "challenge-decide", screen.hears_approval(&id)).await?;
    steps.take("the backend validates it", "validate", backend.validate(&approved, user, ACTION)).await?;
    screen.leave().await;

    let screen = PollingScreen::new(site);
    steps.take("a browser lets a page ask for one", "unknown-route", screen.may_call()).await?;
    let (id, code) = steps.take("a screen asks for a challenge", "challenge-create", screen.challenge(ACTION)).await?;
    steps.take("the phone claims it", "challenge-claim", phone.claim(&id)).await?;
    let number = steps.take("the screen polls the claim", "challenge-poll", screen.claimed(&id, &code)).await?;
    steps.take("the phone approves", "challenge-decide", phone.approve(&id, number.as_deref())).await?;
    let approved = steps.take("the screen polls a token", "challenge-poll", screen.token(&id, &code)).await?;
    steps.take("the backend validates it", "validate", backend.validate(&approved, user, ACTION)).await
}

/// One function of the provider answers each step.
async fn login_by_openid(
    steps: &mut Steps,
    site: &Site,
    phone: &Phone,
    user: &str,
    client: &str,
) -> Result<(), CommandError> {
    let discovered = Application::discover(site, client);
    let mut application = steps.take("an application discovers the provider", "openid-discovery", discovered).await?;
    steps.take("it sends a browser to the login page", "openid-authorize", application.ask()).await?;
    let shown = steps.take("the page shows a challenge", "openid-sign-in", application.shown()).await?;
    let id = &shown.challenge_id;
    steps.take("the phone claims it", "challenge-claim", phone.claim(id)).await?;
    let screen = PollingScreen::new(site);
    let claimed = screen.claimed(id, &shown.device_code);
    let number = steps.take("the page polls the claim", "challenge-poll", claimed).await?;
    steps.take("the phone approves", "challenge-decide", phone.approve(id, number.as_deref())).await?;
    let approved = screen.token(id, &shown.device_code);
    let approved = steps.take("the page polls a token", "challenge-poll", approved).await?;
    let code = steps.take("it sends the browser back", "openid-sign-in", application.complete(&approved)).await?;
    let exchanged = application.exchange(&code, user);
    let access = steps.take("the application exchanges the code", "openid-token", exchanged).await?;
    steps.take("it asks who logged in", "openid-userinfo", application.userinfo(&access, user)).await
}

async fn strangers_are_refused(steps: &mut Steps, site: &Site, elsewhere: Option<Page>) -> Result<(), CommandError> {
    let Some(elsewhere) = elsewhere else { return Ok(()) };
    let refused = SocketScreen::refused(site, &elsewhere);
    steps.take("a page elsewhere gets no socket", "socket-connect", refused).await?;
    let refused = PollingScreen::refused(site, elsewhere, ACTION);
    steps.take("a page elsewhere gets no challenge", "challenge-create", refused).await
}

async fn remove(steps: &mut Steps, backend: &Backend, phone: &Phone, user: &str) -> Result<(), CommandError> {
    let key = steps.take("the phone removes its key", "credential-remove", phone.remove()).await;
    let user = steps.take("the backend deletes the user", "users", backend.delete(user)).await;
    key.and(user)
}
