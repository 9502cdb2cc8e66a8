//! `POST /client/user-authenticators/{device,qr-code,in-app}`: a phone enrols its key for the user of its token.

use lambda_http::Request;
use protocol::Refusal;
use protocol::credential::CredentialKind;
use protocol::json::MAX_ENROLMENT_BYTES;
use protocol::wire::device::{AddRequest, CredentialResponse};
use runtime::http::{Handled, body_within, ok};
use runtime::{Config, caller};
use service::enrol;
use service::port::{Clock, Credentials, Enrols, Entropy, Tenants, Verifies};

/// Answers one request.
///
/// # Errors
/// The refusals of [`enrol::run`].
pub async fn handle(
    deps: &(impl Tenants + Verifies + Credentials + Enrols + Clock + Entropy),
    config: &Config,
    request: Request,
) -> Handled {
    let token = caller::bearer(&request)?;
    let (_, kind) = request.uri().path().rsplit_once('/').ok_or(Refusal::UnknownRoute)?;
    let kind = CredentialKind::from_text(kind).ok_or(Refusal::UnknownRoute)?;
    let (key, device) = body_within::<AddRequest>(&request, MAX_ENROLMENT_BYTES)?.accept()?;
    let credential = enrol::run(deps, &config.issuer, &token, kind, key, device).await?;
    Ok(ok(&CredentialResponse::from(&credential)))
}
