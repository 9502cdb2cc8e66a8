//! A backend's sessions: `sessions…`.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::id::{ActionCode, ClientId, UserId};
use crate::secret::redacted;
use crate::session::{LiveSession, NewSession, SessionTokens};
use crate::wire::method::VERIFICATION_METHOD;
use crate::wire::text::pasted;
use crate::wire::user::Attributes;

/// `POST /sessions`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateRequest {
    client_id: String,
    #[serde(deserialize_with = "pasted")]
    token: String,
    action: Option<String>,
}
redacted!(CreateRequest);

impl CreateRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<NewSession, Refusal> {
        Ok(NewSession {
            client: ClientId::parse(self.client_id)?,
            token: self.token,
            action: self.action.map(ActionCode::parse).transpose()?,
        })
    }
}

/// `POST /sessions/validate`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidateRequest {
    /// The access token, unread.
    #[serde(deserialize_with = "pasted")]
    pub access_token: String,
    /// It must be for one of these applications; any if absent, none if empty.
    #[serde(default)]
    pub client_ids: Option<Vec<String>>,
}
redacted!(ValidateRequest);

/// `POST /sessions/refresh`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefreshRequest {
    /// The refresh token, unread.
    #[serde(deserialize_with = "pasted")]
    pub refresh_token: String,
}
redacted!(RefreshRequest);

/// `POST /sessions/revoke`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevokeRequest {
    /// The access token, unread. It may have expired.
    #[serde(deserialize_with = "pasted")]
    pub access_token: String,
}
redacted!(RevokeRequest);

/// `POST /sessions/user/revoke`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevokeAllRequest {
    user_id: String,
}

impl RevokeAllRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<UserId, Refusal> {
        UserId::parse(self.user_id)
    }
}

/// Answer to [`CreateRequest`] and [`RefreshRequest`].
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokensResponse {
    access_token: String,
    refresh_token: String,
}
redacted!(TokensResponse);

impl From<SessionTokens> for TokensResponse {
    fn from(SessionTokens { access: access_token, refresh: refresh_token }: SessionTokens) -> Self {
        Self { access_token, refresh_token }
    }
}

/// Answer to [`ValidateRequest`].
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidateResponse {
    user: SessionUser,
    /// Seconds since 1970: when the access token expires.
    expires_at: i64,
    verification_method: &'static str,
    client_id: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionUser {
    user_id: String,
    #[serde(flatten)]
    attributes: Attributes,
}

impl From<&LiveSession> for ValidateResponse {
    fn from(LiveSession { session, token, user }: &LiveSession) -> Self {
        Self {
            user: SessionUser { user_id: session.user.to_string(), attributes: Attributes::from(&user.profile) },
            expires_at: token.expires_at.seconds(),
            verification_method: VERIFICATION_METHOD,
            client_id: session.client.to_string(),
        }
    }
}
