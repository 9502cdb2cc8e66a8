//! A backend's calls in a login: `track` and `validate`.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::action::{Action, ActionState};
use crate::context::Context;
use crate::custom::{Custom, SentCustom};
use crate::id::{ActionCode, ChallengeId, IdempotencyKey, UserId};
use crate::secret::redacted;
use crate::time::Timestamp;
use crate::token::Scope;
use crate::tracking::Tracked;
use crate::user::{ProfileChange, User};
use crate::validation::{Expected, Invalid, Validation};
use crate::wire::method::VERIFICATION_METHOD;
use crate::wire::text::{given, pasted, profile_text};
use crate::wire::user::Enrolment;

/// `POST /users/{userId}/actions/{action}`. Every member is optional, and `null` counts as absent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TrackRequest {
    idempotency_key: Option<String>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    scope: Option<String>,
    device_id: Option<String>,
    custom: Option<SentCustom>,
    challenge_id: Option<String>,
    email: Option<String>,
    phone_number: Option<String>,
    username: Option<String>,
}

impl TrackRequest {
    /// The checked request. `user` and `action` are the decoded parts of the path.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self, user: &str, action: &str) -> Result<Tracked, Refusal> {
        let profile = ProfileChange {
            email: profile_text("email", given(self.email))?,
            phone_number: profile_text("phoneNumber", given(self.phone_number))?,
            username: profile_text("username", given(self.username))?,
            ..ProfileChange::default()
        };
        Ok(Tracked {
            user: UserId::parse(user)?,
            action: ActionCode::parse(action)?,
            idempotency_key: given(self.idempotency_key).map(IdempotencyKey::parse).transpose()?,
            challenge: given(self.challenge_id).map(|id| ChallengeId::parse(&id)).transpose()?,
            profile,
            context: Context::tracked(
                self.ip_address.as_deref(),
                self.user_agent.as_deref(),
                self.device_id.as_deref(),
            ),
            scope: Scope::accept(self.scope)?,
            // The backend is trusted, but often it passes on what somebody else wrote.
            custom: Custom::accept_of_backend(self.custom)?.and_then(Custom::shown),
        })
    }
}

/// Answer to [`TrackRequest`].
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrackResponse {
    state: ActionState,
    idempotency_key: String,
    url: String,
    token: String,
    #[serde(flatten)]
    enrolment: Enrolment,
}
redacted!(TrackResponse);

impl TrackResponse {
    /// The answer for an action, its user token and the link to which SDKs append parameters.
    pub fn new(action: &Action, token: String, url: String, user: &User) -> Self {
        Self {
            state: action.state,
            idempotency_key: action.name.idempotency_key.to_string(),
            url,
            token,
            enrolment: Enrolment::of(user),
        }
    }
}

/// `POST /validate`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidateRequest {
    #[serde(deserialize_with = "pasted")]
    token: String,
    action: Option<String>,
    user_id: Option<String>,
}
redacted!(ValidateRequest);

impl ValidateRequest {
    /// The token, unread, and what the backend expects of it.
    pub fn accept(self) -> (String, Expected) {
        (self.token, Expected { user: self.user_id, action: self.action })
    }
}

/// Answer to [`ValidateRequest`]. `isValid` is true if and only if `state` is `CHALLENGE_SUCCEEDED`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidateResponse {
    is_valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<ActionState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_updated_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_use: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl From<&Validation> for ValidateResponse {
    fn from(validation: &Validation) -> Self {
        match validation {
            Validation::Succeeded { user, action, idempotency_key, at, first_use } => Self {
                is_valid: true,
                first_use: Some(*first_use),
                verification_method: Some(VERIFICATION_METHOD),
                ..Self::of(ActionState::ChallengeSucceeded, user, action, idempotency_key, *at)
            },
            Validation::Unfinished(action) => {
                let name = &action.name;
                Self::of(action.state, &name.user, &name.code, &name.idempotency_key, action.state_updated_at)
            }
            Validation::Invalid(why) => Self { error: Some(sentence(*why)), ..Self::default() },
        }
    }
}

/// Why a token proves nothing.
fn sentence(why: Invalid) -> &'static str {
    match why {
        Invalid::NotAToken => "The token is invalid.",
        Invalid::Expired => "The token has expired.",
        Invalid::Mismatch => "The token is for another user or action.",
        Invalid::NotApproved => "The challenge was not approved.",
        Invalid::Spent => "The token was used before, and this tenant lets a token be validated only once.",
        Invalid::StartsOnly => "The token starts a challenge; it is not the result of one.",
    }
}

impl ValidateResponse {
    fn of(
        state: ActionState,
        user: &UserId,
        action: &ActionCode,
        idempotency_key: &IdempotencyKey,
        at: Timestamp,
    ) -> Self {
        Self {
            state: Some(state),
            state_updated_at: Some(at.iso()),
            user_id: Some(user.to_string()),
            action: Some(action.to_string()),
            action_code: Some(action.to_string()),
            idempotency_key: Some(idempotency_key.to_string()),
            ..Self::default()
        }
    }
}
