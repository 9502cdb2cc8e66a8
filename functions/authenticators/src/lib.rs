//! `/users/{userId}/authenticators…`: a backend looks after how its users prove themselves.

use lambda_http::http::Method;
use lambda_http::{Request, RequestExt as _};
use protocol::Refusal;
use protocol::id::{CredentialId, UserId};
use protocol::wire::authenticator::EnrolRequest;
use protocol::wire::user::DONE;
use runtime::http::{Handled, body, ok};
use runtime::{caller, path};
use service::authenticators;
use service::port::{Clock, Entropy, ListsCredentials, Revises, Revokes, Tenants, Users};

/// Answers one request; the method says what is to be done.
///
/// # Errors
/// The refusals of [`authenticators`].
pub async fn handle(
    deps: &(impl Tenants + Users + Revises + ListsCredentials + Revokes + Clock + Entropy),
    request: Request,
) -> Handled {
    let tenant = service::caller::backend(deps, &caller::backend(&request)?).await?;
    path::exact(&request)?;
    let named = request.path_parameters();
    let user = UserId::parse(named.first("userId").unwrap_or_default())?;
    match (request.method(), named.first("userAuthenticatorId")) {
        (&Method::GET, None) => Ok(ok(&authenticators::list(deps, &tenant, &user).await?)),
        (&Method::POST, None) => {
            let channel = body::<EnrolRequest>(&request)?.accept()?;
            Ok(ok(&authenticators::enrol(deps, &tenant, &user, channel).await?))
        }
        (&Method::DELETE, Some(id)) => {
            let id = CredentialId::parse(id).map_err(|_| Refusal::UnknownAuthenticator)?;
            authenticators::delete(deps, &tenant, &user, &id).await?;
            Ok(ok(&DONE))
        }
        _ => Err(Refusal::UnknownRoute.into()),
    }
}
