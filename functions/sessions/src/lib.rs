//! `/sessions…`: a backend keeps its users logged in.

use lambda_http::Request;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::wire::session::{
    CreateRequest, RefreshRequest, RevokeAllRequest, RevokeRequest, TokensResponse, ValidateRequest, ValidateResponse,
};
use scanlatch_protocol::wire::user::DONE;
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller};
use scanlatch_service::port::Tenants;
use scanlatch_service::sessions::{self, Issuing};

/// Answers one request; the path says what is to be done.
pub async fn handle(deps: &(impl Tenants + sessions::Deps), config: &Config, request: Request) -> Handled {
    let tenant = caller::backend(deps, &request).await?;
    let by = Issuing { issuer: &config.issuer, base_url: &config.public_url };
    let (_, what) = request.uri().path().split_once("/sessions").ok_or(Refusal::UnknownRoute)?;
    match what {
        "" => {
            let tokens = sessions::begin(deps, by, &tenant, body::<CreateRequest>(&request)?.accept()?).await?;
            Ok(ok(&TokensResponse::from(tokens)))
        }
        "/validate" => {
            let ValidateRequest { access_token, client_ids } = body(&request)?;
            let live = sessions::validate(deps, by, &tenant, &access_token, client_ids.as_deref()).await?;
            Ok(ok(&ValidateResponse::from(&live)))
        }
        "/refresh" => {
            let token = body::<RefreshRequest>(&request)?.refresh_token;
            Ok(ok(&TokensResponse::from(sessions::refresh(deps, by, &tenant, &token).await?)))
        }
        "/revoke" => {
            sessions::end(deps, by, &tenant, &body::<RevokeRequest>(&request)?.access_token).await?;
            Ok(ok(&DONE))
        }
        "/user/revoke" => {
            sessions::end_all(deps, &tenant, &body::<RevokeAllRequest>(&request)?.accept()?).await?;
            Ok(ok(&DONE))
        }
        _ => Err(Refusal::UnknownRoute.into()),
    }
}
