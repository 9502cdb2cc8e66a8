//! A backend's view of challenges: `challenges` and `claim`.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::challenge::Challenge;
use crate::id::{ActionCode, ChallengeId, UserId};
use crate::secret::redacted;
use crate::wire::backend::{VERIFICATION_METHOD, given};

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

/// A challenge that a backend takes for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeAssignment {
    /// Which.
    pub challenge: ChallengeId,
    /// For whom.
    pub user: UserId,
    /// The action that it must be for, or that an open one is bound to. The official SDKs name none.
    pub action: Option<ActionCode>,
    /// Whether an open challenge is bound to the user, rather than an approved one told of.
    pub before_approval: bool,
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
    /// The answer with this token.
    pub fn new(token: String) -> Self {
        Self { token, verification_method: VERIFICATION_METHOD }
    }
}

/// Which pending challenge a backend asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeFilter {
    /// By its id, or the oldest one that is for a user.
    pub by: By,
    /// For this user.
    pub user: Option<UserId>,
    /// For this action.
    pub action: Option<ActionCode>,
    /// Whether the method asked for is one that there is; nothing is found otherwise.
    pub method_is_device: bool,
}

/// What a challenge is looked up by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Its id.
    Id(ChallengeId),
    /// The user whom it is for.
    User(UserId),
}

impl ChallengeFilter {
    /// Takes a query's `challengeId`, `userId`, `action` and `verificationMethod`.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it names neither a challenge nor a user.
    pub fn accept(
        id: Option<String>,
        user: Option<String>,
        action: Option<String>,
        method: Option<String>,
    ) -> Result<Self, Refusal> {
        let user = given(user).map(UserId::parse).transpose()?;
        let by = match (given(id), &user) {
            (Some(id), _) => By::Id(ChallengeId::parse(&id)?),
            (None, Some(user)) => By::User(user.clone()),
            (None, None) => return Err(Refusal::malformed("challengeId", "or `userId` is needed")),
        };
        let method_is_device = given(method).is_none_or(|method| method == VERIFICATION_METHOD);
        Ok(Self { by, user, action: given(action).map(ActionCode::parse).transpose()?, method_is_device })
    }
}

/// Answer to `GET /challenges`; an empty object if nothing is pending.
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

impl ChallengeFilter {
    /// Whether a challenge is what is sought.
    pub fn matches(&self, challenge: &Challenge) -> bool {
        self.action.as_ref().is_none_or(|action| *action == challenge.action)
            && self.user.as_ref().is_none_or(|user| user_of(challenge) == Some(user))
    }
}

/// Whom a challenge is for, or who has claimed it.
fn user_of(challenge: &Challenge) -> Option<&UserId> {
    challenge.subject.as_ref().or(challenge.state.holder().map(|holder| &holder.user))
}

impl From<Option<&Challenge>> for PendingResponse {
    fn from(challenge: Option<&Challenge>) -> Self {
        let Some(challenge) = challenge else { return Self::default() };
        Self {
            challenge_id: Some(challenge.id.to_string()),
            expires_at: Some(challenge.expires_at.seconds()),
            verification_method: Some(VERIFICATION_METHOD),
            action: Some(challenge.action.to_string()),
            user_id: user_of(challenge).map(UserId::to_string),
        }
    }
}
