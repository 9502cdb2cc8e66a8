//! The rotation of signing keys: the schedule's event, the operator's request and the answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Refusal;
use crate::key_set::{Cause, RotationReport};

/// Why a rotation runs: an EventBridge event or `{}` means the schedule, `{"emergency": true}` a leak. Everything else
/// is refused, because a misspelt emergency must not pass for the schedule.
///
/// # Errors
/// [`Refusal::Malformed`].
pub fn cause(event: &Value) -> Result<Cause, Refusal> {
    let members = event.as_object().ok_or(Refusal::malformed("event", EXPECTED))?;
    match members.get("emergency") {
        Some(Value::Bool(true)) if members.len() == 1 => Ok(Cause::Leak),
        None if members.is_empty() || members.contains_key("detail-type") => Ok(Cause::Schedule),
        _ => Err(Refusal::malformed("event", EXPECTED)),
    }
}

const EXPECTED: &str = r#"must be {"emergency": true}, {} or an event of EventBridge"#;

/// What a rotation did; see [`RotationReport`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RotationResponse {
    /// [`RotationReport::kid`]
    pub kid: String,
    /// [`RotationReport::age_days`]
    pub age_days: i64,
    /// [`RotationReport::made`]
    pub made: bool,
    /// [`RotationReport::removed`]
    pub removed: usize,
}

impl From<RotationReport> for RotationResponse {
    fn from(RotationReport { kid, age_days, made, removed }: RotationReport) -> Self {
        Self { kid, age_days, made, removed }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schedule_and_an_emergency_are_told_apart() {
        let event = json!({ "version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {} });
        let scheduler = json!({ "detail-type": "Scheduled Event", "source": "aws.scheduler", "detail": "{}" });
        for (event, expected) in [
            (event, Cause::Schedule),
            (scheduler, Cause::Schedule),
            (json!({}), Cause::Schedule),
            (json!({ "emergency": true }), Cause::Leak),
        ] {
            assert_eq!(cause(&event), Ok(expected), "{event}");
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for bad in [
            json!(null),
            json!("emergency"),
            json!({ "emergancy": true }),
            json!({ "emergency": false }),
            json!({ "emergency": "true" }),
            json!({ "emergency": true, "detail-type": "Scheduled Event" }),
        ] {
            assert!(cause(&bad).is_err(), "{bad}");
        }
    }
}
