//! `/users` and `/users/{userId}`: a backend looks after its users.

use lambda_http::http::Method;
use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::UserId;
use scanlatch_protocol::wire::user::{Attributes, DONE, UserRequest, UserResponse, UsersQuery, UsersResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller, path};
use scanlatch_service::authenticate;
use scanlatch_service::port::Tenants;
use scanlatch_service::users;

/// Answers one request; the method says what is to be done.
pub async fn handle(deps: &(impl Tenants + users::Deps), config: &Config, request: Request) -> Handled {
    let key = caller::secret_key(&request)?;
    let tenant = authenticate::backend(deps, &key).await?;
    let Some(user) = request.path_parameters().first("userId").map(UserId::parse).transpose()? else {
        let found = users::list(deps, &config.issuer, &key, &tenant, query(&request).accept()?).await?;
        return Ok(ok(&UsersResponse::from(found)));
    };
    path::exact(&request)?;
    match *request.method() {
        Method::GET => Ok(ok(&UserResponse::from(&users::show(deps, &tenant, user).await?))),
        // `POST /users/authenticators` enrols passkeys, which are not served; it names no user.
        Method::POST if user.as_str() == "authenticators" => Err(Refusal::UnknownRoute.into()),
        Method::PATCH | Method::POST => {
            let change = body::<UserRequest>(&request)?.accept()?;
            Ok(ok(&Attributes::from(&users::update(deps, &tenant, &user, change).await?.profile)))
        }
        Method::DELETE => {
            users::delete(deps, &tenant, &user).await?;
            Ok(ok(&DONE))
        }
        _ => Err(Refusal::UnknownRoute.into()),
    }
}

fn query(request: &Request) -> UsersQuery {
    let query = request.query_string_parameters();
    let text = |name: &str| query.first(name).map(str::to_owned);
    UsersQuery {
        username: text("username"),
        email: text("email"),
        phone_number: text("phoneNumber"),
        token: text("token").map(|token| token.trim().to_owned()),
        limit: text("limit"),
        last_evaluated_user_id: text("lastEvaluatedUserId"),
    }
}
