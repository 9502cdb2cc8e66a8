//! Every path that is not served: a stranger is told 401, a known backend 404, in JSON that SDKs can read. `OPTIONS` of any
//! path is answered too, since a browser asks before it calls; API Gateway adds the headers that it is looking for.

use lambda_http::Request;
use lambda_http::http::Method;
use protocol::Refusal;
use runtime::caller::backend;
use runtime::http::{Handled, no_content};
use service::caller;
use service::port::Tenants;

/// Answers one request.
///
/// # Errors
/// [`Refusal::UnknownRoute`] under `/client` and to known backends, [`Refusal::Unauthorized`] to the rest.
pub async fn handle(deps: &impl Tenants, request: Request) -> Handled {
    if *request.method() == Method::OPTIONS {
        return Ok(no_content());
    }
    if !request.uri().path().contains("/client/") {
        caller::backend(deps, &backend(&request)?).await?;
    }
    Err(Refusal::UnknownRoute.into())
}
