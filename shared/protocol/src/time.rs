//! Instants. Milliseconds decide, seconds only appear in tokens and in the table's clean-up attribute.

use time::OffsetDateTime;
use time::macros::format_description;

/// Milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// Whole seconds since 1970-01-01 UTC, rounded down, as JWT and DynamoDB's TTL count.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant moved by `millis`.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// ISO 8601 with milliseconds and `Z`, the form of every timestamp text on the wire.
    /// Instants outside the years 1 to 9999 are written as the epoch.
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
    fn an_instant_before_the_epoch_rounds_down() {
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
    }
}
