//! The person gives up on the login page.

use scanlatch_protocol::challenge::{Proven, Withdrawal};
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::request::{BrowserSecret, RequestEvent, RequestHandle};

use crate::Result;
use crate::port::{Answers, AuthorizationRequests, Challenges, Clock, Tenants, Withdraws};
use crate::step::openid::{refused, requested};

deps!(Tenants, AuthorizationRequests, Answers, Challenges, Withdraws, Clock);

/// Where the browser goes: back to the application, which learns that nobody logged in. The challenge that the page shows
/// leads nowhere any more, so no phone approves it. It may be repeated.
///
/// # Errors
/// Those of a page that may not answer the request.
pub async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    (handle, browser): (&RequestHandle, &BrowserSecret),
    shown: Option<Proven>,
) -> Result<String> {
    let (_, request) = requested(deps, tenant, handle).await?;
    let denied = deps.answer(&request, &RequestEvent::Deny(browser.digest()), deps.now()).await?;
    if let Some((id, code)) = shown {
        let challenge = deps.challenge(tenant, &id).await?;
        if challenge.is_some_and(|challenge| challenge.check_screen(&code).is_ok()) {
            deps.withdraw(tenant, &id, Withdrawal::Cancelled).await?;
        }
    }
    let fault = OAuthError::AccessDenied.because("The person did not log in.");
    Ok(refused(issuer, &denied.asks.destination, &fault))
}
