//! Durations as people write them: `90s`, `10m`, `24h`, `90d`.

use scanlatch_protocol::tenant::settings::Bounds;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

const UNITS: [(char, i64); 4] = [('d', DAY), ('h', HOUR), ('m', MINUTE), ('s', SECOND)];

/// Reads a duration into milliseconds.
fn parse(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let (_, unit_ms) = UNITS.into_iter().find(|(letter, _)| unit.starts_with(*letter))?;
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    number.parse::<i64>().ok()?.checked_mul(unit_ms)
}

/// Writes milliseconds in the largest unit that divides them.
pub fn text(millis: i64) -> String {
    let whole = UNITS.into_iter().find(|(_, unit_ms)| millis != 0 && millis % unit_ms == 0);
    match whole {
        Some((letter, unit_ms)) => format!("{}{letter}", millis / unit_ms),
        None => format!("{millis}ms"),
    }
}

/// Reads a duration within bounds, into milliseconds.
///
/// # Errors
/// One sentence that says how to write a duration, or what its bounds are.
pub fn within(written: &str, bounds: Bounds<i64>) -> Result<i64, String> {
    let millis = parse(written).ok_or("write a duration like 90s, 10m, 24h or 90d")?;
    if bounds.contain(&millis) {
        Ok(millis)
    } else {
        Err(format!("must be from {} to {}", text(bounds.least), text(bounds.most)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for (written, millis) in [("90s", 90_000), ("10m", 600_000), ("24h", 86_400_000), ("90d", 7_776_000_000)] {
            assert_eq!(parse(written), Some(millis));
            assert_eq!(parse(&text(millis)), Some(millis));
        }
        assert_eq!((text(600_000), text(86_400_000), text(90_000)), ("10m".into(), "1d".into(), "90s".into()));
        assert_eq!((text(1_500), text(0)), ("1500ms".into(), "0ms".into()));
    }

    #[test]
    fn nothing_else_is_a_duration() {
        for bad in
            ["", "s", "10", "10 m", "+10m", "-10m", "1.5h", "10M", "10w", "m10", "９s", "10µ", "9999999999999999d"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn bounds_are_included_and_named() {
        let bounds = Bounds { least: 30 * SECOND, most: HOUR };
        assert_eq!(within("30s", bounds), Ok(30_000));
        assert_eq!(within("60m", bounds), Ok(3_600_000));
        assert_eq!(within("29s", bounds), Err("must be from 30s to 1h".to_owned()));
        assert_eq!(within("2h", bounds), Err("must be from 30s to 1h".to_owned()));
        let bounds = Bounds { least: HOUR, most: 365 * DAY };
        assert_eq!(within("59m", bounds), Err("must be from 1h to 365d".to_owned()));
    }
}
