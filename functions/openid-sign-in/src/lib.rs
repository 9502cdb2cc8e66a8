//! `POST /t/{tenantId}/sign-in…`: the login page shows a code, and brings the approval or a refusal.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::request::BrowserSecret;
use scanlatch_protocol::wire::openid::{AnswerRequest, AnswerResponse, SignInRequest, SignInResponse};
use scanlatch_protocol::wire::screen::CreateResponse;
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::oauth::{BROWSER_COOKIE, cookie, session_cookie, set_cookie, tenant};
use scanlatch_runtime::{Config, edge};
use scanlatch_service::openid::{complete, deny, sign_in};

/// Answers one request; the path says what is to be done.
pub async fn handle(
    deps: &(impl sign_in::Deps + complete::Deps + deny::Deps),
    config: &Config,
    request: Request,
) -> Handled {
    let tenant = tenant(&request)?;
    let browser = cookie(&request, BROWSER_COOKIE).and_then(BrowserSecret::parse).ok_or(Refusal::UnknownChallenge)?;
    let provider = OpenIdIssuer::of(&config.public_url, &tenant);
    let path = request.raw_http_path();
    if path.ends_with("/complete") {
        let asked = body::<AnswerRequest>(&request)?;
        let by = (&config.issuer, &provider);
        let done = complete::run(deps, by, &tenant, (&asked.handle()?, &browser), &asked.token).await?;
        let mut response = ok(&AnswerResponse { redirect_to: done.to });
        set_cookie(&mut response, &session_cookie(&tenant), &done.cookie, done.max_age_s);
        return Ok(response);
    }
    if path.ends_with("/deny") {
        let asked = body::<AnswerRequest>(&request)?;
        let handle = asked.handle()?;
        let redirect_to = deny::run(deps, &provider, &tenant, (&handle, &browser), asked.shown()?).await?;
        return Ok(ok(&AnswerResponse { redirect_to }));
    }
    let (handle, replaced, short_code) = body::<SignInRequest>(&request)?.accept()?;
    let viewer = edge::viewer(&request);
    let shown = sign_in::run(deps, &tenant, (&handle, &browser), replaced, short_code, viewer).await?;
    let (challenge, code, short_code) = &shown.polling;
    let created = CreateResponse::new(challenge, code, &config.socket_url, short_code.as_ref());
    Ok(ok(&SignInResponse::new(created, &shown.application)))
}
