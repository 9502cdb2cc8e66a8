//! `/users/{userId}/authenticators…`: a backend looks after how its users prove themselves.

use lambda_http::http::Method;
use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{CredentialId, UserId};
use scanlatch_protocol::wire::authenticator::{Authenticator, EnrolRequest, EnrolResponse};
use scanlatch_protocol::wire::user::DONE;
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{caller, path};
use scanlatch_service::authenticators;
use scanlatch_service::port::Tenants;

/// Answers one request; the method says what is to be done.
pub async fn handle(deps: &(impl Tenants + authenticators::Deps), request: Request) -> Handled {
    let tenant = caller::backend(deps, &request).await?;
    path::exact(&request)?;
    let named = request.path_parameters();
    let user = UserId::parse(named.first("userId").unwrap_or_default())?;
    match (request.method(), named.first("userAuthenticatorId")) {
        (&Method::GET, None) => {
            let (devices, verified) = authenticators::list(deps, &tenant, &user).await?;
            let verified = verified.iter().map(|method| Authenticator::verified(&user, method));
            Ok(ok(&devices.iter().map(Authenticator::from).chain(verified).collect::<Vec<_>>()))
        }
        (&Method::POST, None) => {
            let channel = body::<EnrolRequest>(&request)?.accept()?;
            let method = authenticators::enrol(deps, &tenant, &user, channel).await?;
            Ok(ok(&EnrolResponse { authenticator: Authenticator::verified(&user, &method) }))
        }
        (&Method::DELETE, Some(id)) => {
            let id = CredentialId::parse(id).map_err(|_| Refusal::UnknownAuthenticator)?;
            authenticators::delete(deps, &tenant, &user, &id).await?;
            Ok(ok(&DONE))
        }
        _ => Err(Refusal::UnknownRoute.into()),
    }
}
