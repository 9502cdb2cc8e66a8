//! `/t/{tenantId}/revoke`, `…/introspect` and `…/logout`: whether a token still serves, and the end of it.

use lambda_http::{Request, RequestExt as _};
use scanlatch_protocol::openid::client::ClientProof;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::wire::openid::IntrospectionResponse;
use scanlatch_runtime::Config;
use scanlatch_runtime::http::{Handled, empty, ok};
use scanlatch_runtime::oauth::{
    cookie, page, parameters, proof, redirect, session_cookie, set_cookie, tenant, without_posting,
};
use scanlatch_service::openid::introspect::Active;
use scanlatch_service::openid::logout::{self, Next};
use scanlatch_service::openid::{introspect, revoke};

/// What the logout page posts once the person has confirmed it.
const CONFIRMED: &str = "confirmed";

/// Answers one request; the path says what is to be done.
pub async fn handle(
    deps: &(impl introspect::Deps + revoke::Deps + logout::Deps),
    config: &Config,
    request: Request,
) -> Handled {
    let path = request.raw_http_path();
    if path.ends_with("/logout") {
        return log_out(deps, config, &request)
            .await
            .or_else(|problem| if problem.is_refusal() { Ok(page(&problem, "logout")) } else { Err(problem) });
    }
    let tenant = tenant(&request)?;
    let issuer = OpenIdIssuer::of(&config.public_url, &tenant);
    let parameters = parameters(&request)?;
    if path.ends_with("/revoke") {
        revoke::run(deps, &issuer, &tenant, &proof(&request, &parameters)?, &parameters).await?;
        return Ok(empty());
    }
    let proof = proof(&request, &parameters)?;
    let active = introspect::run(deps, &issuer, &tenant, &proof, &parameters).await?;
    Ok(ok(&active.map(|active| told(active, &proof, &issuer)).unwrap_or_default()))
}

/// A person's browser comes, so a person is told what is wrong.
async fn log_out(deps: &impl logout::Deps, config: &Config, request: &Request) -> Handled {
    let tenant = tenant(request)?;
    let issuer = OpenIdIssuer::of(&config.public_url, &tenant);
    let parameters = parameters(request)?;
    if let Some(response) = without_posting(request, &issuer.at("logout"), &parameters) {
        return Ok(response);
    }
    let session = session_cookie(&tenant);
    let confirmed = request.method() == "POST" && parameters.get(CONFIRMED) == Some("yes");
    let next = logout::run(deps, &issuer, &tenant, &parameters, cookie(request, &session), confirmed).await?;
    let mut response = match &next {
        Next::Application(to) => redirect(to),
        Next::LoggedOut => redirect(&config.signed_out_page(&parameters.only("ui_locales").to_query())),
        Next::Ask => redirect(&config.sign_out_page(&tenant, &parameters.to_query())),
    };
    if next != Next::Ask {
        set_cookie(&mut response, &session, "", 0);
    }
    Ok(response)
}

fn told(active: Active, proof: &ClientProof, issuer: &OpenIdIssuer) -> IntrospectionResponse {
    IntrospectionResponse {
        active: true,
        scope: Some(active.scopes),
        client_id: Some(proof.id.clone()),
        token_type: active.token_type,
        exp: Some(active.expires_at.seconds()),
        iat: Some(active.issued_at.seconds()),
        sub: Some(active.user),
        aud: Some(proof.id.clone()),
        iss: Some(issuer.as_str().to_owned()),
        jti: active.id,
        sid: Some(active.session),
    }
}
