//! The provider's tokens. What the tokens of one kind have that no other kind has:
//!
//! | kind | `typ` | `aud` | `token_use` |
//! |---|---|---|---|
//! | ID token | `JWT` | the application | `id` |
//! | access token | `at+jwt`, or `JWT` if the application wants it | the application | `access` |
//! | refresh token | `openid-refresh+jwt` | the token endpoint | |
//! | code | `code+jwt` | the token endpoint | |
//! | browser session | `browser+jwt` | the authorization endpoint | |
//!
//! All have the tenant's [`OpenIdIssuer`] as `iss`, which no token of the SDKs has.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::id::{ClientId, SessionId, UserId};
use crate::jwt::{self, Kind, Token};
use crate::secret::Digest;
use crate::session::Session;
use crate::signing::{SigningKey, VerifyingKeys};
use crate::time::Timestamp;
use crate::user::User;

use super::claims::UserClaims;
use super::client::Client;
use super::issuer::OpenIdIssuer;
use super::request::{AuthorizationRequest, CODE_MS, Login, RequestState};
use super::scope::Scopes;
use super::signed::{Checked, Presented, Unsigned};

/// How the user was authenticated (RFC 8176): by a key that signs, in the user's presence. Nobody attests here where the
/// key is, so it counts as one in software.
const AMR: [&str; 2] = ["swk", "user"];

const ID: &str = "id";
const ACCESS: &str = "access";

#[derive(Serialize, Deserialize)]
struct IdClaims {
    iss: String,
    sub: String,
    aud: String,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    sid: String,
    token_use: String,
    #[serde(flatten)]
    user: UserClaims,
}

/// The claims of RFC 9068 section 2.2.
#[derive(Serialize, Deserialize)]
struct AccessClaims {
    iss: String,
    sub: String,
    aud: String,
    client_id: String,
    exp: i64,
    iat: i64,
    auth_time: i64,
    jti: String,
    sid: String,
    scope: Scopes,
    token_use: String,
}

#[derive(Serialize, Deserialize)]
struct RefreshClaims {
    iss: String,
    sub: String,
    aud: String,
    client_id: String,
    exp: i64,
    iat: i64,
    auth_time: i64,
    sid: String,
    #[serde(rename = "gen")]
    generation: u32,
    scope: Scopes,
}

#[derive(Serialize, Deserialize)]
struct CodeClaims {
    iss: String,
    aud: String,
    client_id: String,
    exp: i64,
    jti: String,
}

#[derive(Serialize, Deserialize)]
struct BrowserClaims {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    sid: String,
    login: Login,
}

/// A session of an application, from which its tokens are made: the same texts each time.
#[derive(Clone, Copy, Debug)]
pub struct Issue<'a> {
    /// Who issues.
    pub issuer: &'a OpenIdIssuer,
    /// For whom.
    pub client: &'a Client,
    /// The session.
    pub session: &'a Session,
    /// What the application may know.
    pub scopes: &'a Scopes,
    /// When the user approved.
    pub auth_time: Timestamp,
}

impl Issue<'_> {
    /// When its ID tokens and access tokens expire.
    pub fn expires_at(&self) -> Timestamp {
        let lifetime = self.client.registration.token_lifetime_ms;
        self.session.refreshed_at.plus(lifetime).min(self.session.expires_at)
    }

    /// The ID token (OpenID Connect Core section 2).
    pub fn id_token(&self, user: &User, nonce: Option<&str>) -> Unsigned {
        let claims = IdClaims {
            iss: self.issuer.as_str().to_owned(),
            sub: self.session.user.to_string(),
            aud: self.client.id.to_string(),
            exp: self.expires_at().seconds(),
            iat: self.session.refreshed_at.seconds(),
            auth_time: self.auth_time.seconds(),
            nonce: nonce.map(str::to_owned),
            amr: AMR.map(str::to_owned).to_vec(),
            sid: self.session.id.to_string(),
            token_use: ID.to_owned(),
            user: UserClaims::of(user, self.scopes),
        };
        Unsigned::new("JWT", self.client.registration.id_token_algorithm, &claims)
    }

    /// The access token (RFC 9068).
    pub fn access_token(&self) -> Unsigned {
        let registration = &self.client.registration;
        let claims = AccessClaims {
            iss: self.issuer.as_str().to_owned(),
            sub: self.session.user.to_string(),
            aud: self.client.id.to_string(),
            client_id: self.client.id.to_string(),
            exp: self.expires_at().seconds(),
            iat: self.session.refreshed_at.seconds(),
            auth_time: self.auth_time.seconds(),
            jti: format!("{}.{}", self.session.id, self.session.generation),
            sid: self.session.id.to_string(),
            scope: self.scopes.clone(),
            token_use: ACCESS.to_owned(),
        };
        Unsigned::new(registration.access_token_type.as_str(), registration.access_token_algorithm, &claims)
    }

    /// The refresh token of the session's current generation.
    pub fn refresh_token(&self, key: &SigningKey) -> String {
        let claims = RefreshClaims {
            iss: self.issuer.as_str().to_owned(),
            sub: self.session.user.to_string(),
            aud: self.issuer.at("token"),
            client_id: self.client.id.to_string(),
            exp: self.session.expires_at.seconds(),
            iat: self.session.refreshed_at.seconds(),
            auth_time: self.auth_time.seconds(),
            sid: self.session.id.to_string(),
            generation: self.session.generation,
            scope: self.scopes.clone(),
        };
        jwt::sign(Kind::OpenIdRefresh, &claims, key)
    }
}

/// What an access token says. Only the stored session knows of a revocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIdAccess {
    /// Whose.
    pub user: UserId,
    /// The application.
    pub client: ClientId,
    /// The session.
    pub session: SessionId,
    /// What the application may know.
    pub scopes: Scopes,
    /// Its id.
    pub id: String,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it expires; the epoch if its key is retired.
    pub expires_at: Timestamp,
}

impl OpenIdAccess {
    /// Reads an access token whose signature was checked, an expired one included.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`].
    pub fn read(token: &Presented<'_>, checked: Checked, issuer: &OpenIdIssuer) -> Result<Self, Refusal> {
        let claims: AccessClaims = token.claims(checked, &["at+jwt", "JWT"])?;
        if claims.iss != issuer.as_str() || claims.token_use != ACCESS || claims.aud != claims.client_id {
            return Err(Refusal::InvalidToken);
        }
        Ok(Self {
            user: UserId::parse(claims.sub)?,
            client: ClientId::parse(claims.client_id)?,
            session: SessionId::parse(&claims.sid)?,
            scopes: claims.scope,
            id: claims.jti,
            issued_at: seconds(claims.iat),
            expires_at: if checked.is_retired { seconds(0) } else { seconds(claims.exp) },
        })
    }
}

/// What an ID token says that comes back as a hint. It may have expired (OpenID Connect RP-Initiated Logout section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenHint {
    /// Whose.
    pub user: UserId,
    /// The application.
    pub client: ClientId,
    /// The session.
    pub session: SessionId,
}

impl IdTokenHint {
    /// Reads an ID token whose signature was checked.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`].
    pub fn read(token: &Presented<'_>, checked: Checked, issuer: &OpenIdIssuer) -> Result<Self, Refusal> {
        let claims: IdClaims = token.claims(checked, &["JWT"])?;
        if claims.iss != issuer.as_str() || claims.token_use != ID {
            return Err(Refusal::InvalidToken);
        }
        Ok(Self {
            user: UserId::parse(claims.sub)?,
            client: ClientId::parse(claims.aud)?,
            session: SessionId::parse(&claims.sid)?,
        })
    }
}

/// What a refresh token says. [`Session::refreshed`] decides whether it still serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIdRefresh {
    /// Whose.
    pub user: UserId,
    /// The application.
    pub client: ClientId,
    /// The session.
    pub session: SessionId,
    /// The session's generation for which it was made.
    pub generation: u32,
    /// What the application may know.
    pub scopes: Scopes,
    /// When the user approved.
    pub auth_time: Timestamp,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl OpenIdRefresh {
    /// Reads a refresh token.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`].
    pub fn read(token: &Token<'_>, keys: &VerifyingKeys, issuer: &OpenIdIssuer) -> Result<Self, Refusal> {
        let claims = token.open::<RefreshClaims>(Kind::OpenIdRefresh, keys)?.claims;
        if claims.iss != issuer.as_str() || claims.aud != issuer.at("token") {
            return Err(Refusal::InvalidToken);
        }
        Ok(Self {
            user: UserId::parse(claims.sub)?,
            client: ClientId::parse(claims.client_id)?,
            session: SessionId::parse(&claims.sid)?,
            generation: claims.generation,
            scopes: claims.scope,
            auth_time: seconds(claims.auth_time),
            issued_at: seconds(claims.iat),
            expires_at: seconds(claims.exp),
        })
    }
}

/// The code of an authorization request, with which its application gets tokens. It names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The request.
    pub request: Digest,
    /// The application.
    pub client: ClientId,
}

impl Code {
    /// The code of a request that has one: the same text each time.
    pub fn sign(request: &AuthorizationRequest, key: &SigningKey, issuer: &OpenIdIssuer) -> Option<String> {
        let RequestState::Authorized { since_ms, .. } = request.state else { return None };
        let claims = CodeClaims {
            iss: issuer.as_str().to_owned(),
            aud: issuer.at("token"),
            client_id: request.client.to_string(),
            exp: Timestamp::from_millis(since_ms).plus(CODE_MS).seconds(),
            jti: request.id.to_text(),
        };
        Some(jwt::sign(Kind::Code, &claims, key))
    }

    /// Reads a code. The stored request decides whether it still serves, an expired one too: it may be a thief's.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`].
    pub fn read(token: &Token<'_>, keys: &VerifyingKeys, issuer: &OpenIdIssuer) -> Result<Self, Refusal> {
        let claims = token.open::<CodeClaims>(Kind::Code, keys)?.claims;
        if claims.iss != issuer.as_str() || claims.aud != issuer.at("token") {
            return Err(Refusal::InvalidToken);
        }
        let request = Digest::from_text(&claims.jti).ok_or(Refusal::InvalidToken)?;
        Ok(Self { request, client: ClientId::parse(claims.client_id)? })
    }
}

/// A browser's session with the provider, as its cookie says. Only the stored session knows of a revocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserSession {
    /// The session.
    pub session: SessionId,
    /// The login that began it.
    pub login: Login,
}

impl BrowserSession {
    /// The cookie's value, which serves until `expires_at`.
    pub fn sign(&self, key: &SigningKey, issuer: &OpenIdIssuer, expires_at: Timestamp) -> String {
        let claims = BrowserClaims {
            iss: issuer.as_str().to_owned(),
            aud: issuer.at("authorize"),
            sub: self.login.user.to_string(),
            exp: expires_at.seconds(),
            sid: self.session.to_string(),
            login: self.login.clone(),
        };
        jwt::sign(Kind::Browser, &claims, key)
    }

    /// Reads a cookie's value.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`] and [`Refusal::ExpiredToken`].
    pub fn read(
        token: &Token<'_>,
        keys: &VerifyingKeys,
        issuer: &OpenIdIssuer,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let opened = token.open::<BrowserClaims>(Kind::Browser, keys)?;
        let claims = opened.claims;
        if claims.iss != issuer.as_str() || claims.aud != issuer.at("authorize") {
            return Err(Refusal::InvalidToken);
        }
        if opened.is_retired || now.seconds() >= claims.exp {
            return Err(Refusal::ExpiredToken);
        }
        Ok(Self { session: SessionId::parse(&claims.sid)?, login: claims.login })
    }
}

fn seconds(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1_000))
}

#[cfg(test)]
mod tests;
