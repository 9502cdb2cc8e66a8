//! What the provider's use cases share.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::id::{ClientId, TenantId};
use scanlatch_protocol::jwt::{Kind, Token};
use scanlatch_protocol::openid::authorization::{Authorization, Destination};
use scanlatch_protocol::openid::client::{Client, ClientProof, Grant, unknown_client};
use scanlatch_protocol::openid::fault::OAuthError;
use scanlatch_protocol::openid::issuer::OpenIdIssuer;
use scanlatch_protocol::openid::parameters::Parameters;
use scanlatch_protocol::openid::redirect::answer;
use scanlatch_protocol::openid::request::{AuthorizationRequest, RequestHandle};
use scanlatch_protocol::openid::scope::{OFFLINE_ACCESS, OPENID};
use scanlatch_protocol::openid::signed::{Algorithm, Checked, Presented, Unsigned};
use scanlatch_protocol::openid::token::{BrowserSession, Code, IdTokenHint, Issue, OpenIdAccess, OpenIdRefresh};
use scanlatch_protocol::session::Session;
use scanlatch_protocol::signing::SigningKey;
use scanlatch_protocol::tenant::Tenant;
use scanlatch_protocol::user::User;

use crate::port::{
    AuthorizationRequests, Clients, Clock, Enrolments, MakesRsaKeys, Sessions, Signs, Tenants, Users, Verifies,
    VerifiesRsa,
};
use crate::step::authenticate;
use crate::{Error, Result, Unavailable};

/// What an application gets for a login.
#[derive(Clone)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The ID token, if the application asked for `openid`.
    pub id: Option<String>,
    /// The refresh token, if the application asked for `offline_access` and may have one.
    pub refresh: Option<String>,
    /// How long the access token serves, in seconds.
    pub expires_in_s: i64,
    /// What the application may know.
    pub scope: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A tenant that is enabled and its application, not proven.
///
/// # Errors
/// [`Refusal::UnknownTenant`], and the refusal of an application that is unknown.
pub(crate) async fn client(
    deps: &(impl Tenants + Clients),
    tenant: &TenantId,
    id: &ClientId,
) -> Result<(Tenant, Client)> {
    let (tenant, client) = tokio::try_join!(deps.tenant(tenant), deps.client(tenant, id))?;
    Ok((enabled(tenant)?, client.ok_or_else(unknown_client)?))
}

/// An application that has proven itself and may use the grant.
///
/// # Errors
/// As [`client`], and those of [`Client::check`].
pub(crate) async fn proven(
    deps: &(impl Tenants + Clients),
    tenant: &TenantId,
    proof: &ClientProof,
    grant: Option<Grant>,
) -> Result<(Tenant, Client)> {
    let (tenant, client) = client(deps, tenant, &proof.id).await?;
    client.check(proof, grant)?;
    Ok((tenant, client))
}

/// The tenant, if its users may log in by their phones.
///
/// # Errors
/// [`Refusal::UnknownTenant`] and [`Refusal::MethodDisabled`].
pub(crate) fn enabled(tenant: Option<Tenant>) -> Result<Tenant> {
    authenticate::with_devices(tenant).map_err(|error| match error {
        Error::Refused(Refusal::Unauthorized) => Refusal::UnknownTenant.into(),
        other => other,
    })
}

/// The request of a login page, however far it got, with its tenant.
///
/// # Errors
/// [`Refusal::UnknownTenant`], [`Refusal::MethodDisabled`] and [`Refusal::UnknownChallenge`].
pub(crate) async fn requested(
    deps: &(impl Tenants + AuthorizationRequests),
    tenant: &TenantId,
    handle: &RequestHandle,
) -> Result<(Tenant, AuthorizationRequest)> {
    let id = handle.digest();
    let (tenant, request) = tokio::try_join!(deps.tenant(tenant), deps.authorization_request(tenant, &id))?;
    Ok((enabled(tenant)?, request.ok_or(Refusal::UnknownChallenge)?))
}

/// The user whom the application expects, if they are known and have a device. Any other hint is ignored.
///
/// # Errors
/// If a dependency fails.
pub(crate) async fn expected(
    deps: &impl Users,
    tenant: &TenantId,
    asks: &Authorization,
) -> Result<Option<User>, Unavailable> {
    let Some(hint) = asks.expected() else { return Ok(None) };
    Ok(deps.user(tenant, hint).await?.filter(|user| user.devices > 0))
}

/// What these parameters ask, with the user of the ID token that they bring as a hint.
///
/// # Errors
/// Those of [`Authorization::accept`] and of [`Authorization::hinted`].
pub(crate) async fn accepted(
    deps: &(impl Verifies + VerifiesRsa + Clock),
    issuer: &OpenIdIssuer,
    parameters: &Parameters,
    client: &Client,
    destination: Destination,
) -> Result<Authorization> {
    let asks = Authorization::accept(parameters, client, destination)?;
    let Some(hint) = parameters.get("id_token_hint") else { return Ok(asks) };
    Ok(asks.hinted(hinted(deps, issuer, Some(hint)).await?.map(|hint| hint.user))?)
}

/// Checks the signature of a token that an application presents.
///
/// # Errors
/// [`Refusal::InvalidToken`].
pub(crate) async fn checked(deps: &(impl Verifies + VerifiesRsa + Clock), token: &Presented<'_>) -> Result<Checked> {
    let now = deps.now();
    Ok(match token.algorithm() {
        Algorithm::Es256 => token.check_es256(&*deps.verifying_keys(Some(token.kid()), now).await?)?,
        Algorithm::Rs256 => {
            let keys = deps.verifying_rsa_keys(Some(token.kid()), now).await?;
            token.check_rs256(&keys, |key, message, signature| deps.has_signed(key, message, signature))?
        }
    })
}

/// The live session of a browser, if its cookie names one and the device that approved is still enrolled.
///
/// # Errors
/// If a dependency fails. A cookie that does not serve is none.
pub(crate) async fn browser_session(
    deps: &(impl Verifies + Sessions + Users + Enrolments + Clock),
    issuer: &OpenIdIssuer,
    tenant: &TenantId,
    cookie: Option<&str>,
) -> Result<Option<BrowserSession>, Unavailable> {
    let Some(token) = cookie.and_then(|cookie| Token::read(cookie).ok()).filter(|token| token.kind() == Kind::Browser)
    else {
        return Ok(None);
    };
    let now = deps.now();
    let keys = deps.verifying_keys(Some(token.kid()), now).await?;
    let Ok(session) = BrowserSession::read(&token, &keys, issuer, now) else { return Ok(None) };
    let login = &session.login;
    let (stored, user, is_enrolled) = tokio::try_join!(
        deps.session(tenant, &login.user, &session.session),
        deps.user(tenant, &login.user),
        deps.is_enrolled(tenant, &login.user, &login.credential)
    )?;
    let is_live = stored.is_some_and(|stored| stored.check_live(user.as_ref(), now).is_ok());
    Ok((is_live && is_enrolled).then_some(session))
}

/// The tokens of a session's current generation. A refresh token comes only where the application asked for one.
///
/// # Errors
/// If a dependency fails.
pub(crate) async fn tokens(
    deps: &(impl Signs + MakesRsaKeys + Clock),
    issue: &Issue<'_>,
    user: &User,
    nonce: Option<&str>,
) -> Result<Tokens, Unavailable> {
    let now = deps.now();
    let id_token = issue.scopes.has(OPENID).then(|| issue.id_token(user, nonce));
    let may_refresh = issue.scopes.has(OFFLINE_ACCESS) && issue.client.may(Grant::RefreshToken);
    let (access, id, refresh) = tokio::try_join!(
        signed(deps, issue.access_token()),
        async {
            match id_token {
                Some(token) => signed(deps, token).await.map(Some),
                None => Ok(None),
            }
        },
        async { Ok(if may_refresh { Some(issue.refresh_token(&*deps.signing_key(now).await?)) } else { None }) },
    )?;
    let expires_in_s = issue.expires_at().seconds() - now.seconds();
    Ok(Tokens { access, id, refresh, expires_in_s: expires_in_s.max(0), scope: issue.scopes.to_text() })
}

async fn signed(deps: &(impl Signs + MakesRsaKeys + Clock), token: Unsigned) -> Result<String, Unavailable> {
    match token.algorithm() {
        Algorithm::Es256 => Ok(token.signed_by(&*deps.signing_key(deps.now()).await?)),
        Algorithm::Rs256 => {
            let key = deps.signing_rsa_key_or_first(deps.now()).await?;
            token.signed_by_rsa(&key).ok_or_else(|| Unavailable::new("RSA", "the library did not sign"))
        }
    }
}

/// Whether a session may give tokens for the first time: it is as it began, and its application's.
pub(crate) fn has_just_begun(session: &Session, client: &Client) -> bool {
    session.client == client.id && session.generation == 0
}

/// Where the browser takes a request's code (RFC 6749 section 4.1.2, RFC 9207).
pub(crate) fn granted(issuer: &OpenIdIssuer, request: &AuthorizationRequest, key: &SigningKey) -> Option<String> {
    let code = Code::sign(request, key, issuer)?;
    Some(back(issuer, &request.asks.destination, &[("code", &code)]))
}

/// Where the browser takes an error (RFC 6749 section 4.1.2.1, RFC 9207).
pub(crate) fn refused(issuer: &OpenIdIssuer, destination: &Destination, refusal: &Refusal) -> String {
    let (error, why) = match refusal {
        Refusal::OAuth { error, why } => (error.as_str(), *why),
        _ => ("server_error", "The request was refused."),
    };
    back(issuer, destination, &[("error", error), ("error_description", why)])
}

fn back(issuer: &OpenIdIssuer, destination: &Destination, told: &[(&str, &str)]) -> String {
    let mut parameters = told.to_vec();
    parameters.extend(destination.state.as_deref().map(|state| ("state", state)));
    parameters.push(("iss", issuer.as_str()));
    answer(&destination.redirect_uri, &parameters)
}

/// What an ID token says that an application brings back as a hint. A text that is none is no hint.
///
/// # Errors
/// If a dependency fails.
pub(crate) async fn hinted(
    deps: &(impl Verifies + VerifiesRsa + Clock),
    issuer: &OpenIdIssuer,
    hint: Option<&str>,
) -> Result<Option<IdTokenHint>, Unavailable> {
    let Some(token) = hint.and_then(|hint| Presented::read(hint).ok()) else { return Ok(None) };
    match checked(deps, &token).await {
        Ok(checked) => Ok(IdTokenHint::read(&token, checked, issuer).ok()),
        Err(Error::Refused(_)) => Ok(None),
        Err(Error::Unavailable(unavailable)) => Err(unavailable),
    }
}

/// A token that an application holds.
pub(crate) enum Held {
    Access(OpenIdAccess),
    Refresh(OpenIdRefresh),
}

/// `token`, of a request about a token.
///
/// # Errors
/// [`OAuthError::InvalidRequest`].
pub(crate) fn token_of(parameters: &Parameters) -> Result<&str, Refusal> {
    parameters.get("token").ok_or(OAuthError::InvalidRequest.because("The token is missing."))
}

/// The access token or refresh token that a text is; `None` for any other.
///
/// # Errors
/// If a dependency fails.
pub(crate) async fn held(
    deps: &(impl Verifies + VerifiesRsa + Clock),
    issuer: &OpenIdIssuer,
    text: &str,
) -> Result<Option<Held>, Unavailable> {
    if let Ok(token) = Token::read(text)
        && token.kind() == Kind::OpenIdRefresh
    {
        let keys = deps.verifying_keys(Some(token.kid()), deps.now()).await?;
        return Ok(OpenIdRefresh::read(&token, &keys, issuer).ok().map(Held::Refresh));
    }
    let Ok(token) = Presented::read(text) else { return Ok(None) };
    match checked(deps, &token).await {
        Ok(checked) => Ok(OpenIdAccess::read(&token, checked, issuer).ok().map(Held::Access)),
        Err(Error::Refused(_)) => Ok(None),
        Err(Error::Unavailable(unavailable)) => Err(unavailable),
    }
}
