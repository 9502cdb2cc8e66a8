//! Every path that is not served, in JSON that SDKs can read: what backends may call is 401 to strangers and 404 to known
//! backends, everything else 404 to all, and methods that are not this product's are called by their name.

use lambda_http::Request;
use protocol::Refusal;
use protocol::wire::unserved::{Unserved, at};
use runtime::caller::backend;
use runtime::http::Handled;
use service::caller;
use service::port::Tenants;

/// Answers one request.
///
/// # Errors
/// Always: [`Refusal::MethodNotSupported`], [`Refusal::Unauthorized`] or [`Refusal::UnknownRoute`].
pub async fn handle(deps: &impl Tenants, request: Request) -> Handled {
    match at(request.uri().path()) {
        Unserved::Method(what) => return Err(Refusal::MethodNotSupported { what }.into()),
        Unserved::Backend => drop(caller::backend(deps, &backend(&request)?).await?),
        Unserved::Nobody => {}
    }
    Err(Refusal::UnknownRoute.into())
}
