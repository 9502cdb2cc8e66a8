//! Every path that is not served, in JSON that SDKs can read: what backends may call is 401 to strangers and 404 to known
//! backends, everything else 404 to all, and methods that are not this product's are called by their name.
//! `OPTIONS` of any path is answered too, since a browser asks before it calls; API Gateway adds the headers that it is
//! looking for.

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
/// But for `OPTIONS` always: [`Refusal::MethodNotSupported`], [`Refusal::Unauthorized`] or [`Refusal::UnknownRoute`].
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
