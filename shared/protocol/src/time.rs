//! Instants. They are compared in milliseconds. Seconds appear in tokens, in `expiresAt` of some answers and in the
//! tables' TTL.

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

/// Milliseconds since 1970-01-01 UTC. Stores keep the number; the wire has [`Timestamp::iso`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// An instant in milliseconds since 1970-01-01 UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01 UTC, rounded down, as JWTs and DynamoDB's TTL count.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant moved by `millis`.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Reads a date-time of RFC 3339, or a date, which means its first instant in UTC. A blank counts as a plus: a
    /// query's plus before the offset is decoded to a blank.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let instant = match Date::parse(text, &format_description!("[year]-[month]-[day]")) {
            Ok(date) => date.with_time(Time::MIDNIGHT).assume_utc(),
            Err(_) => OffsetDateTime::parse(&text.replace(' ', "+"), &Rfc3339).ok()?,
        };
        i64::try_from(instant.unix_timestamp_nanos() / 1_000_000).ok().map(Self)
    }

    /// ISO 8601 with milliseconds and `Z`, the form of every timestamp text on the wire. Instants outside of the years
    /// 1 to 9999 are written as the epoch.
    pub fn iso(self) -> String {
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|instant| instant.format(&format).ok())
            .unwrap_or_else(|| "1970-01-01T00:00:00.000Z".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_has_milliseconds_and_a_zulu_mark() {
        assert_eq!(Timestamp::from_millis(1_700_000_000_007).iso(), "2023-11-14T22:13:20.007Z");
    }

    #[test]
    fn dates_and_instants_are_read() {
        let midnight = Timestamp::from_millis(1_700_006_400_000);
        for text in ["2023-11-15", "2023-11-15T00:00:00Z", "2023-11-15T13:00:00.000 13:00"] {
            assert_eq!(Timestamp::parse_iso(text), Some(midnight), "{text}");
        }
        for bad in ["", "yesterday", "2023-13-01", "2023-11-15T00:00:00", "1700006400"] {
            assert_eq!(Timestamp::parse_iso(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_instant_before_the_epoch_rounds_down() {
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
    }
}
