//! The rotation of signing keys: its schedule's event, an operator's word, and what is answered.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Refusal;

/// Why the keys are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The schedule, or somebody who asks for what it would do.
    Schedule,
    /// A key leaked.
    Leak,
}

impl Cause {
    /// Reads an EventBridge event, `{}`, or `{"emergency": true}`. A misspelt emergency must not pass for a day like any
    /// other, so everything else is refused.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn read(event: &Value) -> Result<Self, Refusal> {
        let members = event.as_object().ok_or(Refusal::malformed("event", EXPECTED))?;
        match members.get("emergency") {
            Some(Value::Bool(true)) if members.len() == 1 => Ok(Self::Leak),
            None if members.is_empty() || members.contains_key("detail-type") => Ok(Self::Schedule),
            _ => Err(Refusal::malformed("event", EXPECTED)),
        }
    }
}

const EXPECTED: &str = r#"must be {"emergency": true}, {} or an event of EventBridge"#;

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RotationReport {
    /// The key that signs now.
    pub kid: String,
    /// Whole days since that key was made.
    pub age_days: i64,
    /// Whether a key was made; unless it is the first or something leaked, it signs in two days.
    pub made: bool,
    /// How many keys went.
    pub removed: usize,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schedule_and_an_emergency_are_told_apart() {
        let event = json!({ "version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {} });
        let scheduler = json!({ "detail-type": "Scheduled Event", "source": "aws.scheduler", "detail": "{}" });
        for (event, cause) in [
            (event, Cause::Schedule),
            (scheduler, Cause::Schedule),
            (json!({}), Cause::Schedule),
            (json!({ "emergency": true }), Cause::Leak),
        ] {
            assert_eq!(Cause::read(&event), Ok(cause), "{event}");
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
            assert!(Cause::read(&bad).is_err(), "{bad}");
        }
    }
}
