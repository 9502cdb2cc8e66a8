//! One event of a time line.

use std::collections::BTreeMap;

use scanlatch_protocol::id::{ChallengeId, CredentialId};
use scanlatch_protocol::time::Timestamp;
use serde::Serialize;
use serde::ser::SerializeMap as _;
use serde_json::Value;

use crate::console::agent::agent;

/// Where an event of a challenge's own item comes from.
pub const LIVE: &str = "live";
/// Where an event of what is kept of users comes from.
pub const DIRECTORY: &str = "directory";
/// Where an event that a function logged comes from.
pub const LOG: &str = "log";

const CHALLENGE: &str = "challengeId";
const DEVICE: &str = "deviceId";

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Who knows it: a table or the log.
    pub from: &'static str,
    /// What.
    pub what: String,
    members: BTreeMap<String, Value>,
}

impl Event {
    /// An event of which nothing else is known.
    pub fn new(at: Timestamp, from: &'static str, event: impl Into<String>) -> Self {
        Self { at, from, what: event.into(), members: BTreeMap::new() }
    }

    /// The event with a member, if there is a value.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.members.insert(name.to_owned(), value.into());
        }
        self
    }

    /// The event of a challenge.
    #[must_use]
    pub fn of_challenge(self, id: &ChallengeId) -> Self {
        self.with(CHALLENGE, Some(id.to_string()))
    }

    /// The event of a device.
    #[must_use]
    pub fn of_device(self, id: &CredentialId) -> Self {
        self.with(DEVICE, Some(id.to_string()))
    }

    /// The challenge.
    pub fn challenge(&self) -> Option<String> {
        self.members.get(CHALLENGE)?.as_str().map(str::to_owned)
    }

    /// The device.
    pub fn device(&self) -> Option<String> {
        self.members.get(DEVICE)?.as_str().map(str::to_owned)
    }

    /// The members for people, such as `action=login network=203.0.113.0/24`. What could be taken for another member is
    /// quoted.
    pub fn details(&self) -> String {
        let pairs = self.members.iter().map(|(name, value)| match value {
            Value::String(text) => format!("{name}={}", plain(name, text)),
            other => format!("{name}={other}"),
        });
        pairs.collect::<Vec<_>>().join(" ")
    }
}

fn plain(name: &str, text: &str) -> String {
    let told = if name == "userAgent" { agent(text).unwrap_or_else(|| text.to_owned()) } else { text.to_owned() };
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.:/@+".contains(c);
    if !told.is_empty() && told.chars().all(is_word) { told } else { Value::String(told).to_string() }
}

impl Serialize for Event {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at", &self.at.iso())?;
        map.serialize_entry("from", self.from)?;
        map.serialize_entry("event", &self.what)?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_cannot_pretend_to_be_more_than_its_name() {
        let event = Event::new(Timestamp::from_millis(0), DIRECTORY, "removed")
            .with("name", Some("Pixel by=backend"))
            .with("by", Some("device"))
            .with("status", Some(200));
        assert_eq!(event.details(), r#"by=device name="Pixel by=backend" status=200"#);
        let quoted = Event::new(Timestamp::from_millis(0), DIRECTORY, "x").with("name", Some("\" by=backend"));
        assert_eq!(quoted.details(), r#"name="\" by=backend""#);
    }

    #[test]
    fn a_user_agent_is_told_as_people_say_it() {
        let text =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        let event = Event::new(Timestamp::from_millis(0), DIRECTORY, "approved").with("userAgent", Some(text));
        assert_eq!(event.details(), r#"userAgent="Chrome 131 on Linux""#);
        assert_eq!(serde_json::to_value(&event).unwrap()["userAgent"], text);
    }
}
