//! The person gives up on the login page.

use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::request::{BrowserSecret, RequestEvent, RequestHandle};

use crate::Result;
use crate::port::{Answers, AuthorizationRequests, Clock, Tenants};
use crate::step::openid::{refused, requested};

deps!(Tenants, AuthorizationRequests, Answers, Clock);

/// Where the browser goes: back to the application, which learns that nobody logged in. It may be repeated.
///
/// # Errors
/// Those of a page that may not answer the request.
pub async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    (handle, browser): (&RequestHandle, &BrowserSecret),
) -> Result<String> {
    let (_, request) = requested(deps, tenant, handle).await?;
    let denied = deps.answer(&request, &RequestEvent::Deny(browser.digest()), deps.now()).await?;
    let fault = OAuthError::AccessDenied.because("The person did not log in.");
    Ok(refused(issuer, &denied.asks.destination, &fault))
}
