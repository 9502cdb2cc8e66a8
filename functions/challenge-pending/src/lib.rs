//! `GET /client/user-authenticators/device/challenge`: a phone asks what waits for its user.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::wire::device::{PendingResponse, accept_key_query};
use scanlatch_runtime::http::{Handled, ok};
use scanlatch_runtime::{caller, edge};
use scanlatch_service::pending;

/// Answers one request.
pub async fn handle(deps: &impl pending::Deps, request: Request) -> Handled {
    let tenant = caller::tenant(&request)?;
    let key = accept_key_query(request.query_string_parameters().first("publicKey"))?;
    let found = pending::run(deps, &tenant, &key, &edge::context(&request)).await?;
    Ok(ok(&PendingResponse::new(found.challenge, &found.holder, found.user_custom)))
}
