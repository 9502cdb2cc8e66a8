//! The events that functions logged.

use scanlatch_protocol::id::{ChallengeId, CredentialId};
use scanlatch_protocol::time::Timestamp;
use serde_json::Value;

use crate::commands::audit::event::{Event, LOG};

/// The members of a line that an event keeps. A line names no user, address or secret; others that somebody adds to a log
/// line later must be looked at before they are shown.
const TOLD: [&str; 8] = ["action", "client", "code", "function", "pushed", "session", "status", "why"];

/// The event of a line; `None` for a call that did nothing of note, such as a poll, and for what is no line of a function.
pub fn event(line: &Value) -> Option<Event> {
    let at = Timestamp::parse_iso(line["timestamp"].as_str()?)?;
    let (message, outcome) = (line["message"].as_str()?, line["outcome"].as_str());
    let what = match (message, outcome) {
        ("answered", None) => return None,
        ("answered", Some(outcome)) => outcome,
        (message, _) => message,
    };
    let mut event = Event::new(at, LOG, what);
    if let Some(id) = line["challenge"].as_str().and_then(|id| ChallengeId::parse(id).ok()) {
        event = event.of_challenge(&id);
    }
    if let Some(id) = line["credential"].as_str().and_then(|id| CredentialId::parse(id).ok()) {
        event = event.of_device(&id);
    }
    if message != "answered" {
        event = event.with("outcome", outcome);
    }
    let told = TOLD.into_iter().filter(|name| line[*name].is_string() || line[*name].is_number());
    Some(told.fold(event, |event, name| event.with(name, Some(line[name].clone()))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(members: &Value) -> Value {
        let mut line = json!({ "timestamp": "2026-01-01T00:00:00.000Z", "function": "validate", "status": 200 });
        line.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        line
    }

    #[test]
    fn an_answer_is_told_by_what_it_did_and_a_refusal_by_its_code() {
        let did = event(&line(&json!({ "message": "answered", "outcome": "first", "token": "t" }))).unwrap();
        assert_eq!((did.what.as_str(), did.details().as_str()), ("first", "function=validate status=200"));
        let refused =
            json!({ "message": "refused", "outcome": "approved", "status": 410, "code": "challenge_cancelled" });
        let refused = event(&line(&refused)).unwrap();
        assert_eq!(refused.what, "refused");
        assert_eq!(refused.details(), "code=challenge_cancelled function=validate outcome=approved status=410");
    }

    #[test]
    fn a_call_that_did_nothing_is_left_out() {
        assert_eq!(event(&line(&json!({ "message": "answered" }))), None);
        assert_eq!(event(&json!({ "message": "answered", "outcome": "first" })), None);
        assert_eq!(event(&json!({ "timestamp": "2026-01-01", "level": "INFO" })), None);
    }
}
