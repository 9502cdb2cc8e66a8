//! A person logs out (OpenID Connect RP-Initiated Logout).

use scanlatch_protocol::id::{ClientId, TenantId};
use scanlatch_protocol::openid::client::Client;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;
use scanlatch_protocol::openid::redirect::answer;
use scanlatch_protocol::openid::token::{BrowserSession, IdTokenHint};

use crate::Result;
use crate::port::{Clients, Clock, Ends, Enrolments, Sessions, Users, Verifies, VerifiesRsa};
use crate::step::openid::{browser_session, hinted};

deps!(Clients, Sessions, Enrolments, Users, Ends, Verifies, VerifiesRsa, Clock);

/// What happens to the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The person is logged out, and the browser goes to this address of the application.
    Application(String),
    /// The person is logged out.
    LoggedOut,
    /// Nobody proves that the person wants it, so a page asks them.
    Ask,
}

/// Ends the browser's session, and the session of the ID token that the application brings. Without such a token of the same
/// person only the person's own `confirmed` word counts: another site could have sent the browser (section 6).
///
/// # Errors
/// If a dependency fails.
pub async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    parameters: &Parameters,
    cookie: Option<&str>,
    confirmed: bool,
) -> Result<Next> {
    let hint = hinted(deps, issuer, parameters.get("id_token_hint"));
    let (hint, session) = tokio::try_join!(hint, browser_session(deps, issuer, tenant, cookie))?;
    let is_proven = match (&hint, &session) {
        (Some(hint), Some(session)) => hint.user == session.login.user,
        (None, Some(_)) => false,
        (_, None) => true,
    };
    if !is_proven && !confirmed {
        return Ok(Next::Ask);
    }
    let now = deps.now();
    let of_browser = async {
        match &session {
            Some(BrowserSession { session, login }) => deps.end(tenant, &login.user, session, now).await,
            None => Ok(()),
        }
    };
    let of_application = async {
        match &hint {
            Some(hint) => deps.end(tenant, &hint.user, &hint.session, now).await,
            None => Ok(()),
        }
    };
    let ((), (), client) =
        tokio::try_join!(of_browser, of_application, named(deps, tenant, parameters, hint.as_ref()))?;
    Ok(client.and_then(|client| destination(&client, parameters)).map_or(Next::LoggedOut, Next::Application))
}

/// The application, by its token or by its name. If both name one, it must be the same.
async fn named(
    deps: &impl Clients,
    tenant: &TenantId,
    parameters: &Parameters,
    hint: Option<&IdTokenHint>,
) -> Result<Option<Client>, crate::Unavailable> {
    let told = parameters.get("client_id").and_then(|id| ClientId::parse(id).ok());
    match (told, hint.map(|hint| hint.client.clone())) {
        (Some(told), Some(hinted)) if told != hinted => Ok(None),
        (Some(id), _) | (None, Some(id)) => deps.client(tenant, &id).await,
        (None, None) => Ok(None),
    }
}

/// Where the browser goes: only to an address that the application has registered for it, to the letter.
fn destination(client: &Client, parameters: &Parameters) -> Option<String> {
    let uri = parameters.get("post_logout_redirect_uri")?;
    let is_registered = client.registration.logout_uris.iter().any(|registered| registered.as_str() == uri);
    let state: Vec<_> = parameters.get("state").map(|state| ("state", state)).into_iter().collect();
    is_registered.then(|| if state.is_empty() { uri.to_owned() } else { answer(uri, &state) })
}
