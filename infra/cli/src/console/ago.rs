//! Instants as people say them. Scripts get ISO 8601 from `--json`.

use scanlatch_protocol::time::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The largest units first, each with its seconds.
const UNITS: [(i64, &str); 5] =
    [(365 * DAY, "year"), (30 * DAY, "month"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")];

/// How long ago, or in how long: `3 minutes ago`, `in 2 days`, `now`.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = (now.millis() - at.millis()) / 1000;
    let Some((length, unit)) = UNITS.into_iter().find(|(length, _)| seconds.abs() >= *length) else {
        return "now".to_owned();
    };
    let count = seconds.abs() / length;
    let plural = if count == 1 { "" } else { "s" };
    if seconds > 0 { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
}

/// The same with the instant itself.
pub fn dated(iso: &str, now: Timestamp) -> String {
    Timestamp::parse_iso(iso).map_or_else(|| iso.to_owned(), |at| format!("{iso} ({})", ago(at, now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_told_in_its_largest_unit() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        for (seconds, told) in [
            (0, "now"),
            (59, "now"),
            (60, "1 minute ago"),
            (119, "1 minute ago"),
            (7_200, "2 hours ago"),
            (90_000, "1 day ago"),
            (70 * DAY, "2 months ago"),
            (800 * DAY, "2 years ago"),
            (-90, "in 1 minute"),
            (-2 * DAY, "in 2 days"),
        ] {
            assert_eq!(ago(now.plus(-seconds * 1000), now), told, "{seconds}");
        }
    }

    #[test]
    fn what_is_no_instant_is_told_as_it_is() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        assert_eq!(dated("soon", now), "soon");
        assert_eq!(dated(&now.plus(-60_000).iso(), now), "2023-11-14T22:12:20.000Z (1 minute ago)");
    }
}
