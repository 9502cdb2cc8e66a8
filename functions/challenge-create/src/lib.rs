//! `POST /client/challenge/qr-code`: a screen asks for a challenge that it will poll.

use lambda_http::Request;
use scanlatch_protocol::wire::screen::{CreateRequest, CreateResponse};
use scanlatch_runtime::http::{Handled, body, ok};
use scanlatch_runtime::{Config, caller, edge};
use scanlatch_service::create;

/// Answers one request.
pub async fn handle(deps: &impl create::Deps, config: &Config, request: Request) -> Handled {
    let screen = caller::screen(&request)?;
    let params = body::<CreateRequest>(&request)?.accept()?;
    let viewer = edge::viewer(&request);
    let (challenge, code, short_code) =
        create::run(deps, &config.issuer, &screen, caller::origin(&request), params, viewer).await?;
    Ok(ok(&CreateResponse::new(&challenge, &code, &config.socket_url, short_code.as_ref())))
}
