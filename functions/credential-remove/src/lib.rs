//! `POST /client/user-authenticators/{device,qr-code}/remove`: a phone removes its own key.

use lambda_http::Request;
use scanlatch_protocol::wire::device::{RemoveRequest, RemoveResponse};
use scanlatch_runtime::caller;
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_service::remove;

/// Answers one request.
pub async fn handle(deps: &impl remove::Deps, request: Request) -> Handled {
    let tenant = caller::tenant(&request)?;
    let (key, signature) = body::<RemoveRequest>(&request)?.accept()?;
    let removed = remove::run(deps, &tenant, &key, &signature).await?;
    Ok(ok(&RemoveResponse { removed_authenticator_id: removed.map(|id| id.to_string()) }))
}
