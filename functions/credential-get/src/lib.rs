//! `GET /client/user-authenticators/{device,qr-code}`: a phone asks whether its key is still enrolled.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::wire::device::{CredentialResponse, accept_key_query};
use scanlatch_runtime::caller;
use scanlatch_runtime::http::{Handled, ok};
use scanlatch_service::credential;

/// Answers one request.
pub async fn handle(deps: &impl credential::Deps, request: Request) -> Handled {
    let tenant = caller::tenant(&request)?;
    let query = request.query_string_parameters();
    let key = accept_key_query(query.first("publicKey"))?;
    let credential = credential::run(deps, &tenant, &key).await?;
    Ok(ok(&CredentialResponse::from(&credential)))
}
