//! `POST /client/user-authenticators/{device,qr-code,in-app}`: a phone enrols its key for the user of its token.

use lambda_http::Request;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::credential::CredentialKind;
use scanlatch_protocol::json::MAX_ENROLMENT_BYTES;
use scanlatch_protocol::wire::device::{AddRequest, CredentialResponse};
use scanlatch_runtime::http::{Handled, body_within, ok};
use scanlatch_runtime::{Config, caller};
use scanlatch_service::enrol;

/// Answers one request.
pub async fn handle(deps: &impl enrol::Deps, config: &Config, request: Request) -> Handled {
    let token = caller::bearer(&request)?;
    let (_, kind) = request.uri().path().rsplit_once('/').ok_or(Refusal::UnknownRoute)?;
    let kind = CredentialKind::from_text(kind).ok_or(Refusal::UnknownRoute)?;
    let (key, device) = body_within::<AddRequest>(&request, MAX_ENROLMENT_BYTES)?.accept()?;
    let credential = enrol::run(deps, &config.issuer, &token, kind, key, device).await?;
    Ok(ok(&CredentialResponse::from(&credential)))
}
