//! `/t/{tenantId}/authorize`: an application sends a browser to log its person in.

use lambda_http::Request;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::request::BrowserSecret;
use scanlatch_runtime::Config;
use scanlatch_runtime::http::Handled;
use scanlatch_runtime::oauth::{
    BROWSER_COOKIE, cookie, page, parameters, redirect, session_cookie, set_cookie, tenant, without_posting,
};
use scanlatch_service::openid::authorize::{self, Cookie, Next, Visit};

/// How long a browser keeps its secret, in seconds.
const BROWSER_S: i64 = 365 * 24 * 3_600;

/// Answers one request. A fault that no application can be told is told to the person.
pub async fn handle(deps: &impl authorize::Deps, config: &Config, request: Request) -> Handled {
    answer(deps, config, &request)
        .await
        .or_else(|problem| if problem.is_refusal() { Ok(page(&problem, "login")) } else { Err(problem) })
}

async fn answer(deps: &impl authorize::Deps, config: &Config, request: &Request) -> Handled {
    let tenant = tenant(request)?;
    let issuer = OpenIdIssuer::of(&config.public_url, &tenant);
    let parameters = parameters(request)?;
    if let Some(response) = without_posting(request, &issuer.at("authorize"), &parameters) {
        return Ok(response);
    }
    let visit = Visit {
        browser: cookie(request, BROWSER_COOKIE).and_then(BrowserSecret::parse),
        session: cookie(request, &session_cookie(&tenant)).map(|value| Cookie(value.to_owned())),
    };
    let next = authorize::run(deps, &issuer, &tenant, &parameters, visit).await?;
    Ok(match next {
        Next::Application(to) => redirect(&to),
        Next::Page { handle, browser, locales } => {
            let mut response = redirect(&config.sign_in_page(&tenant, &handle, locales.as_deref()));
            set_cookie(&mut response, BROWSER_COOKIE, browser.expose(), BROWSER_S);
            response
        }
    })
}
