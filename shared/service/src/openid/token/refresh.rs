//! A refresh token becomes new tokens (RFC 6749 section 6).

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::TenantId;
use scanlatch_protocol::jwt::Token;
use scanlatch_protocol::openid::client::{ClientProof, Grant};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;
use scanlatch_protocol::openid::scope::Scopes;
use scanlatch_protocol::openid::token::{Issue, OpenIdRefresh};

use crate::measure::{self, Measure};
use crate::port::{Clients, Clock, MakesRsaKeys, Refreshes, Signs, Tenants, Users, Verifies};
use crate::step::openid::{Tokens, proven, tokens};
use crate::{Error, Result};

deps!(Tenants, Clients, Refreshes, Users, Verifies, Signs, MakesRsaKeys, Clock);

const WRONG: Refusal =
    OAuthError::InvalidGrant.because("The refresh_token is wrong, spent, expired, revoked, or another application's.");

pub(super) async fn run(
    deps: &impl Deps,
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    proof: &ClientProof,
    parameters: &Parameters,
) -> Result<Tokens> {
    let presented = parameters.get("refresh_token");
    let presented = presented.ok_or(OAuthError::InvalidRequest.because("The refresh_token is missing."))?;
    let now = deps.now();
    let (_, client) = proven(deps, tenant, proof, Some(Grant::RefreshToken)).await?;
    let token = Token::read(presented).map_err(|_| WRONG)?;
    let keys = deps.verifying_keys(Some(token.kid()), now).await?;
    let token = OpenIdRefresh::read(&token, &keys, issuer).map_err(|_| WRONG)?;
    // A stranger's attempt must not spend it.
    if token.client != client.id {
        return Err(WRONG.into());
    }
    let scopes = narrowed(&token.scopes, parameters.get("scope"))?;
    let refreshed = deps.refresh(tenant, &token.user, &token.session, token.generation, now);
    let user = async { Ok(deps.user(tenant, &token.user).await?) };
    let (session, user) = tokio::try_join!(refreshed, user).map_err(|error| match error {
        Error::Refused(_) => WRONG.into(),
        unavailable @ Error::Unavailable(_) => unavailable,
    })?;
    if session.revoked_at.is_some() {
        measure::count(Measure::RefreshTokensCopied);
        tracing::warn!(session = %session.id, "a refresh token was used twice; its session ended");
        return Err(WRONG.into());
    }
    let user = user.ok_or(WRONG)?;
    measure::count(Measure::SessionsRefreshed);
    let issue = Issue { issuer, client: &client, session: &session, scopes: &scopes, auth_time: token.auth_time };
    let mut renewed = tokens(deps, &issue, &user, None).await?;
    if scopes != token.scopes {
        // What a narrower request leaves out may be asked for again (RFC 6749 section 6).
        let whole = Issue { scopes: &token.scopes, ..issue };
        renewed.refresh = Some(whole.refresh_token(&*deps.signing_key(now).await?));
    }
    Ok(renewed)
}

fn narrowed(granted: &Scopes, asked: Option<&str>) -> Result<Scopes, Refusal> {
    let Some(asked) = asked else { return Ok(granted.clone()) };
    let asked = Scopes::parse(asked)?;
    if asked.is_within(granted) {
        Ok(asked)
    } else {
        Err(OAuthError::InvalidScope.because("The scope is more than the refresh_token allows."))
    }
}
