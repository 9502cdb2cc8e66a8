//! A backend's view of challenges: `challenges` and `claim`.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::challenge::{By, Challenge, ChallengeAssignment, ChallengeFilter};
use crate::id::{ActionCode, ChallengeId, UserId};
use crate::secret::redacted;
use crate::wire::method::VERIFICATION_METHOD;
use crate::wire::text::given;

/// `POST /claim`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimRequest {
    challenge_id: String,
    user_id: String,
    #[serde(default)]
    skip_verification_check: Option<bool>,
    action: Option<String>,
}

impl ClaimRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<ChallengeAssignment, Refusal> {
        Ok(ChallengeAssignment {
            challenge: ChallengeId::parse(&self.challenge_id)?,
            user: UserId::parse(self.user_id)?,
            action: given(self.action).map(ActionCode::parse).transpose()?,
            before_approval: self.skip_verification_check.unwrap_or(false),
        })
    }
}

/// Answer to [`ClaimRequest`].
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimResponse {
    token: String,
    verification_method: &'static str,
}
redacted!(ClaimResponse);

impl ClaimResponse {
    /// The answer with a token.
    pub fn new(token: String) -> Self {
        Self { token, verification_method: VERIFICATION_METHOD }
    }
}

/// The query of `GET /challenges`.
#[derive(Clone, Debug, Default)]
pub struct PendingQuery {
    /// `challengeId`
    pub challenge: Option<String>,
    /// `userId`
    pub user: Option<String>,
    /// `action`
    pub action: Option<String>,
    /// `verificationMethod`
    pub method: Option<String>,
}

impl PendingQuery {
    /// The checked query; `None` for any other method than devices', because nothing is ever pending for it.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], also if the query names neither a challenge nor a user.
    pub fn accept(self) -> Result<Option<ChallengeFilter>, Refusal> {
        let user = given(self.user).map(UserId::parse).transpose()?;
        let by = match (given(self.challenge), &user) {
            (Some(id), _) => By::Id(ChallengeId::parse(&id)?),
            (None, Some(user)) => By::User(user.clone()),
            (None, None) => return Err(Refusal::malformed("challengeId", "or `userId` is needed")),
        };
        let filter = ChallengeFilter { by, user, action: given(self.action).map(ActionCode::parse).transpose()? };
        let is_device = given(self.method).is_none_or(|method| method == VERIFICATION_METHOD);
        Ok(is_device.then_some(filter))
    }
}

/// Answer to `GET /challenges`: an empty object if nothing is pending.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_id: Option<String>,
    /// Seconds since 1970, which some SDKs read into 32 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
}

impl From<Option<&Challenge>> for PendingResponse {
    fn from(challenge: Option<&Challenge>) -> Self {
        let Some(challenge) = challenge else { return Self::default() };
        Self {
            challenge_id: Some(challenge.id.to_string()),
            expires_at: Some(challenge.expires_at.seconds()),
            verification_method: Some(VERIFICATION_METHOD),
            action: Some(challenge.action.to_string()),
            user_id: challenge.user().map(UserId::to_string),
        }
    }
}
