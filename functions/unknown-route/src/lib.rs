//! Every path that is not served: a stranger is told 401, a known backend 404, in JSON that SDKs can read.

use lambda_http::Request;
use protocol::Refusal;
use runtime::caller::backend;
use runtime::http::Handled;
use service::caller;
use service::port::Tenants;

/// Answers one request.
///
/// # Errors
/// Always: [`Refusal::UnknownRoute`] under `/client` and to known backends, [`Refusal::Unauthorized`] to the rest.
pub async fn handle(deps: &impl Tenants, request: Request) -> Handled {
    if !request.uri().path().contains("/client/") {
        caller::backend(deps, &backend(&request)?).await?;
    }
    Err(Refusal::UnknownRoute.into())
}
