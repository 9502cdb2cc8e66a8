//! Every path that is not served, in JSON that SDKs can read. Paths of backends are 401 for strangers and 404 for known
//! backends. A method that this product does not offer is named in its refusal. Everything else is 404 for all.
//! `OPTIONS` of any path is answered too, since a browser sends it before a call; API Gateway adds the CORS headers.

use lambda_http::Request;
use lambda_http::http::Method;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::wire::unserved::{Unserved, at};
use scanlatch_runtime::caller;
use scanlatch_runtime::http::{Handled, no_content};
use scanlatch_service::port::Tenants;

/// Answers one request.
///
/// # Errors
/// Always, except for `OPTIONS`: [`Refusal::MethodNotSupported`], [`Refusal::Unauthorized`] or
/// [`Refusal::UnknownRoute`].
pub async fn handle(deps: &impl Tenants, request: Request) -> Handled {
    if *request.method() == Method::OPTIONS {
        return Ok(no_content());
    }
    match at(request.uri().path()) {
        Unserved::Method(what) => return Err(Refusal::MethodNotSupported { what }.into()),
        Unserved::Backend => drop(caller::backend(deps, &request).await?),
        Unserved::Nobody => {}
    }
    Err(Refusal::UnknownRoute.into())
}
