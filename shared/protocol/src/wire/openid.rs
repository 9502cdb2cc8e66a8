//! The OpenID provider's documents and answers. Their members have the names of the RFCs.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::challenge::{Application, Proven};
use crate::id::{ChallengeId, ClientId, SessionId, UserId};
use crate::openid::claims::UserClaims;
use crate::openid::client::Grant;
use crate::openid::device::{DeviceGrant, INTERVAL_S};
use crate::openid::issuer::OpenIdIssuer;
use crate::openid::request::{PUSHED_MS, RequestHandle};
use crate::openid::scope::{self, Scopes};
use crate::secret::{DeviceCode, redacted};
use crate::time::Timestamp;
use crate::wire::screen::CreateResponse;

/// What a provider's discovery document says (OpenID Connect Discovery section 3, RFC 8414 section 2).
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the standards have a member for each")]
pub struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    pushed_authorization_request_endpoint: String,
    device_authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    end_session_endpoint: String,
    jwks_uri: String,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 3],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 2],
    token_endpoint_auth_methods_supported: [&'static str; 3],
    revocation_endpoint_auth_methods_supported: [&'static str; 3],
    introspection_endpoint_auth_methods_supported: [&'static str; 2],
    code_challenge_methods_supported: [&'static str; 1],
    scopes_supported: [&'static str; 5],
    claims_supported: [&'static str; 16],
    prompt_values_supported: [&'static str; 4],
    ui_locales_supported: [&'static str; 2],
    authorization_response_iss_parameter_supported: bool,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    require_pushed_authorization_requests: bool,
}

impl Discovery {
    /// The document of a tenant's provider.
    pub fn of(issuer: &OpenIdIssuer) -> Self {
        Self {
            issuer: issuer.as_str().to_owned(),
            authorization_endpoint: issuer.at("authorize"),
            pushed_authorization_request_endpoint: issuer.at("par"),
            device_authorization_endpoint: issuer.at("device_authorization"),
            token_endpoint: issuer.at("token"),
            userinfo_endpoint: issuer.at("userinfo"),
            revocation_endpoint: issuer.at("revoke"),
            introspection_endpoint: issuer.at("introspect"),
            end_session_endpoint: issuer.at("logout"),
            jwks_uri: issuer.at("jwks.json"),
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: Grant::ALL.map(Grant::as_str),
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["RS256", "ES256"],
            token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
            revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
            introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
            code_challenge_methods_supported: ["S256"],
            scopes_supported: scope::STANDARD,
            claims_supported: [
                "sub",
                "iss",
                "aud",
                "exp",
                "iat",
                "auth_time",
                "nonce",
                "amr",
                "sid",
                "name",
                "preferred_username",
                "locale",
                "email",
                "email_verified",
                "phone_number",
                "phone_number_verified",
            ],
            prompt_values_supported: ["none", "login", "consent", "select_account"],
            ui_locales_supported: ["en", "de"],
            authorization_response_iss_parameter_supported: true,
            claims_parameter_supported: false,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
            require_pushed_authorization_requests: false,
        }
    }
}

/// The discovery document of the issuer of the SDKs' access tokens. Gateways and IAM find the key set by it; nobody can log
/// in there.
#[derive(Clone, Debug, Serialize)]
pub struct SessionDiscovery {
    issuer: String,
    jwks_uri: String,
    response_types_supported: [&'static str; 1],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
    claims_supported: [&'static str; 8],
}

impl SessionDiscovery {
    /// The document of this issuer.
    pub fn of(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            jwks_uri: format!("{issuer}/.well-known/jwks"),
            response_types_supported: ["id_token"],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["ES256"],
            claims_supported: ["sub", "iss", "aud", "exp", "iat", "jti", "sid", "client_id"],
        }
    }
}

/// Answer of the token endpoint (RFC 6749 section 5.1).
#[derive(Clone, Serialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// In seconds.
    pub expires_in: i64,
    /// The refresh token, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The ID token, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was granted.
    pub scope: String,
}
redacted!(TokenResponse);

/// Answer of the device authorization endpoint (RFC 8628 section 3.2).
#[derive(Clone, Serialize)]
pub struct DeviceAuthorizationResponse {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: i64,
    interval: u32,
}
redacted!(DeviceAuthorizationResponse);

impl DeviceAuthorizationResponse {
    /// The answer for a challenge that expires in so many seconds. Its phone page is at `phone`, and the page on which people
    /// type the code at `device`.
    pub fn new(grant: &DeviceGrant, user_code: String, (phone, device): (&str, &str), expires_in: i64) -> Self {
        Self {
            device_code: grant.expose(),
            verification_uri: device.to_owned(),
            // The page shows the letters, so that people compare them (section 3.3.1).
            verification_uri_complete: format!("{phone}?c={}&user_code={user_code}", grant.challenge),
            user_code,
            expires_in,
            interval: INTERVAL_S,
        }
    }
}

/// Answer of the endpoint for pushed requests (RFC 9126 section 2.2).
#[derive(Clone, Serialize)]
pub struct PushedResponse {
    request_uri: String,
    expires_in: i64,
}
redacted!(PushedResponse);

impl From<&RequestHandle> for PushedResponse {
    fn from(handle: &RequestHandle) -> Self {
        Self { request_uri: handle.to_uri(), expires_in: PUSHED_MS / 1_000 }
    }
}

/// Answer of the introspection endpoint (RFC 7662 section 2.2).
#[derive(Clone, Debug, Default, Serialize)]
pub struct IntrospectionResponse {
    /// Whether the token serves. If not, nothing else is told.
    pub active: bool,
    /// What the application may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scopes>,
    /// The application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// `Bearer` for an access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<UserId>,
    /// The application again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<ClientId>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// Its session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<SessionId>,
}

/// Answer of the userinfo endpoint (OpenID Connect Core section 5.3.2).
#[derive(Clone, Debug, Serialize)]
pub struct UserInfoResponse {
    sub: UserId,
    #[serde(flatten)]
    claims: UserClaims,
}

impl From<(UserId, UserClaims)> for UserInfoResponse {
    fn from((sub, claims): (UserId, UserClaims)) -> Self {
        Self { sub, claims }
    }
}

/// `POST …/sign-in`: the login page asks for a code.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInRequest {
    request: String,
    #[serde(default)]
    short_code: bool,
    #[serde(default)]
    replaces: Option<Replaced>,
}
redacted!(SignInRequest);

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Replaced {
    challenge_id: String,
    device_code: String,
}

impl SignInRequest {
    /// The request, the challenge that the page showed before, and whether the page wants a short code.
    ///
    /// # Errors
    /// [`Refusal::UnknownChallenge`] if no request can have this handle, and [`Refusal::Malformed`].
    pub fn accept(self) -> Result<(RequestHandle, Option<Proven>, bool), Refusal> {
        let handle = RequestHandle::parse(&self.request).ok_or(Refusal::UnknownChallenge)?;
        Ok((handle, self.replaces.map(Replaced::accept).transpose()?, self.short_code))
    }
}

impl Replaced {
    fn accept(self) -> Result<Proven, Refusal> {
        Ok((ChallengeId::parse(&self.challenge_id)?, DeviceCode::parse(self.device_code)?))
    }
}

/// Answer to [`SignInRequest`]: what a polling screen gets, and who asks.
#[derive(Clone, Serialize)]
pub struct SignInResponse {
    #[serde(flatten)]
    challenge: CreateResponse,
    application: ApplicationName,
}
redacted!(SignInResponse);

impl SignInResponse {
    /// The answer for a challenge of this application.
    pub fn new(challenge: CreateResponse, application: &Application) -> Self {
        Self { challenge, application: application.into() }
    }
}

/// An application as people know it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationName {
    client_id: ClientId,
    name: String,
}

impl From<&Application> for ApplicationName {
    fn from(application: &Application) -> Self {
        Self { client_id: application.client.clone(), name: application.name.clone() }
    }
}

/// `POST …/sign-in/complete` and `POST …/sign-in/deny`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerRequest {
    request: String,
    /// The result token, for a completion.
    #[serde(default)]
    pub token: String,
    #[serde(default)]
    shows: Option<Replaced>,
}
redacted!(AnswerRequest);

impl AnswerRequest {
    /// The request.
    ///
    /// # Errors
    /// [`Refusal::UnknownChallenge`] if no request can have this handle.
    pub fn handle(&self) -> Result<RequestHandle, Refusal> {
        RequestHandle::parse(&self.request).ok_or(Refusal::UnknownChallenge)
    }

    /// The challenge that the page shows, for a refusal.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn shown(self) -> Result<Option<Proven>, Refusal> {
        self.shows.map(Replaced::accept).transpose()
    }
}

/// Answer to [`AnswerRequest`].
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerResponse {
    /// Where the page goes.
    pub redirect_to: String,
}
redacted!(AnswerResponse);

/// The seconds until an instant.
pub fn seconds_until(at: Timestamp, now: Timestamp) -> i64 {
    (at.seconds() - now.seconds()).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TenantId;

    #[test]
    fn every_endpoint_is_below_its_issuer() {
        let issuer = OpenIdIssuer::of("https://login.example/v1", &TenantId::from_random([1; 16]));
        let document = serde_json::to_value(Discovery::of(&issuer)).unwrap();
        let urls =
            document.as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
        let urls: Vec<_> = urls.map(|(_, url)| url.as_str().unwrap()).collect();
        assert_eq!(urls.len(), 9);
        assert!(urls.iter().all(|url| url.starts_with(&format!("{}/", issuer.as_str()))), "{urls:?}");
    }

    #[test]
    fn an_inactive_token_is_told_as_nothing_else() {
        assert_eq!(serde_json::to_string(&IntrospectionResponse::default()).unwrap(), r#"{"active":false}"#);
    }
}
