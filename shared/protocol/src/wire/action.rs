//! A backend's view of actions: `users/{userId}/actions…`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Refusal;
use crate::action::{Action, ActionFilter, ActionState};
use crate::id::ActionCode;
use crate::time::Timestamp;
use crate::wire::method::VERIFICATION_METHOD;
use crate::wire::text::given;

/// `PATCH /users/{userId}/actions/{action}/{idempotencyKey}`.
#[derive(Clone, Debug, Deserialize)]
pub struct ActionRequest {
    state: String,
}

impl ActionRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<ActionState, Refusal> {
        state(&self.state)
    }
}

fn state(text: &str) -> Result<ActionState, Refusal> {
    ActionState::from_text(text).ok_or(Refusal::malformed("state", "is not a state of an action"))
}

/// The query of `GET /users/{userId}/actions`.
#[derive(Clone, Debug, Default)]
pub struct ActionsQuery {
    /// `fromDate`
    pub from: Option<String>,
    /// `codes`, separated by commas
    pub codes: Option<String>,
    /// `state`
    pub state: Option<String>,
}

impl ActionsQuery {
    /// The checked query.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<ActionFilter, Refusal> {
        let from = given(self.from).map(|text| {
            Timestamp::parse_iso(&text)
                .ok_or(Refusal::malformed("fromDate", "is neither a date nor a date-time of ISO 8601"))
        });
        let codes = given(self.codes).unwrap_or_default();
        let codes = codes.split(',').map(str::trim).filter(|code| !code.is_empty());
        Ok(ActionFilter {
            from: from.transpose()?,
            codes: codes.map(ActionCode::parse).collect::<Result<_, _>>()?,
            state: given(self.state).map(|text| state(&text)).transpose()?,
        })
    }
}

/// An action; timestamps are ISO 8601 text.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionSummary {
    action_code: String,
    idempotency_key: String,
    created_at: String,
    updated_at: String,
    state: ActionState,
    state_updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_by_authenticator_id: Option<String>,
}

impl From<&Action> for ActionSummary {
    fn from(action: &Action) -> Self {
        Self {
            action_code: action.name.code.to_string(),
            idempotency_key: action.name.idempotency_key.to_string(),
            created_at: action.created_at.iso(),
            updated_at: action.state_updated_at.iso(),
            state: action.state,
            state_updated_at: action.state_updated_at.iso(),
            verification_method: action.verified_by.map(|_| VERIFICATION_METHOD),
            verified_by_authenticator_id: action.verified_by.map(|id| id.to_string()),
        }
    }
}

/// Answer to `GET` and `PATCH` of one action. `rules` and `output` are always empty; some SDKs require `output`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionResponse {
    user_id: String,
    #[serde(flatten)]
    summary: ActionSummary,
    rules: Vec<Value>,
    output: Map<String, Value>,
}

impl From<&Action> for ActionResponse {
    fn from(action: &Action) -> Self {
        Self {
            user_id: action.name.user.to_string(),
            summary: ActionSummary::from(action),
            rules: Vec::new(),
            output: Map::new(),
        }
    }
}
