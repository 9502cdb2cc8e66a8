//! `GET /client/user-authenticators/device/challenge`: a phone asks what waits for its user.

use lambda_http::{Request, RequestExt as _};
use protocol::wire::device::{PendingResponse, accept_key_query};
use runtime::caller;
use runtime::http::{Handled, ok};
use service::pending;
use service::port::{Clock, Credentials, Pending, Tenants, Users};

/// Answers one request.
///
/// # Errors
/// The refusals of [`pending::run`].
pub async fn handle(deps: &(impl Tenants + Credentials + Pending + Users + Clock), request: Request) -> Handled {
    let tenant = caller::tenant(&request)?;
    let key = accept_key_query(request.query_string_parameters().first("publicKey"))?;
    let (holder, newest, user_custom) = pending::run(deps, &tenant, &key).await?;
    Ok(ok(&PendingResponse::new(newest, &holder, user_custom)))
}
