//! A code becomes tokens, once (RFC 6749 section 4.1.3).

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::jwt::Token;
use scanlatch_protocol::openid::client::{ClientProof, Grant};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;
use scanlatch_protocol::openid::request::{AuthorizationRequest, Login, RequestEvent, RequestState, spent_code};
use scanlatch_protocol::openid::token::{Code, Issue};
use scanlatch_protocol::session::Session;

use crate::measure::{self, Measure};
use crate::port::{
    AuthorizationRequests, Clients, Clock, Ends, Exchanged, Exchanges, MakesRsaKeys, Signs, Tenants, Users, Verifies,
};
use crate::step::openid::{Tokens, proven, tokens};
use crate::{Error, Result};

deps!(Tenants, Clients, AuthorizationRequests, Exchanges, Ends, Users, Verifies, Signs, MakesRsaKeys, Clock);

pub(super) async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    proof: &ClientProof,
    parameters: &Parameters,
) -> Result<Tokens> {
    let code = parameters.get("code").ok_or(OAuthError::InvalidRequest.because("The code is missing."))?;
    let now = deps.now();
    let client = proven(deps, tenant, proof, Some(Grant::AuthorizationCode));
    let request = requested(deps, issuer, tenant, code);
    let (client, request) = tokio::join!(client, request);
    let ((_, client), request) = (client?, request?.ok_or(spent_code())?);
    if request.client != client.id {
        return Err(spent_code().into());
    }
    if let RequestState::Exchanged { login } = &request.state {
        return copied(deps, &request, login).await;
    }
    request.check_exchange(&client, parameters.get("redirect_uri"), parameters.get("code_verifier"))?;
    let exchanged = request.apply(&RequestEvent::Exchange, now)?;
    let RequestState::Exchanged { login } = exchanged.state else { return Err(spent_code().into()) };
    let session = Session {
        id: request.session,
        tenant: request.tenant,
        user: login.user.clone(),
        client: client.id.clone(),
        credential: login.credential,
        epoch: login.epoch,
        generation: 0,
        created_at: now,
        refreshed_at: now,
        expires_at: now.plus(client.registration.refresh_lifetime_ms),
        revoked_at: None,
    };
    let user = async { Ok(deps.user(&request.tenant, &login.user).await?) };
    let outcome = tokio::try_join!(deps.exchange(&request, &login, &session, now), user);
    let (outcome, user) = outcome.map_err(|error| match error {
        Error::Refused(Refusal::InvalidToken) => spent_code().into(),
        other => other,
    })?;
    if outcome == Exchanged::Before {
        return copied(deps, &request, &login).await;
    }
    let user = user.ok_or(spent_code())?;
    measure::count(Measure::SessionsBegun);
    measure::action(&login.action);
    measure::credential(&login.credential);
    measure::outcome("exchanged");
    let asks = &request.asks;
    let issue = Issue { issuer, client: &client, session: &session, scopes: &asks.scopes, auth_time: login.at() };
    Ok(tokens(deps, &issue, &user, asks.nonce.as_deref()).await?)
}

/// The request of a code. A text that is no code has none.
async fn requested(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    code: &str,
) -> Result<Option<AuthorizationRequest>> {
    let Ok(token) = Token::read(code) else { return Ok(None) };
    let keys = deps.verifying_keys(Some(token.kid()), deps.now()).await?;
    match Code::read(&token, &keys, issuer) {
        Ok(code) => Ok(deps.authorization_request(tenant, &code.request).await?),
        Err(_) => Ok(None),
    }
}

/// Takes back what a code gave that comes a second time.
async fn copied(deps: &(impl Ends + Clock), request: &AuthorizationRequest, login: &Login) -> Result<Tokens> {
    measure::count(Measure::CodesCopied);
    tracing::warn!(client = %request.client, "a code was used twice; its session ended");
    deps.end(&request.tenant, &login.user, &request.session, deps.now()).await?;
    Err(spent_code().into())
}
