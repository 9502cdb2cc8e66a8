//! JSON numbers that a double holds. The official SDKs and most JSON libraries read every number into a double.

/// Whether a double holds each number in this JSON text. The text is not checked to be JSON.
pub fn all_fit_doubles(json: &str) -> bool {
    let mut rest = json;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        let from = &rest[at..];
        let end = if from.starts_with('"') { after_string(from) } else { after_number(from) };
        if !from.starts_with('"') && !fits_double(&from[..end]) {
            return false;
        }
        rest = &from[end..];
    }
    true
}

/// The end of the string that begins here.
fn after_string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// The end of the number that begins here.
fn after_number(text: &str) -> usize {
    text.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(text.len())
}

/// Whether the nearest double prints as this number, with as many digits or in its shortest form.
fn fits_double(number: &str) -> bool {
    let Ok(double) = number.parse::<f64>() else { return false };
    let Some(said) = Decimal::of(number) else { return false };
    let digits = said.digits.len().max(1) - 1;
    let held = [format!("{double:.digits$e}"), format!("{double:e}")];
    double.is_finite() && held.iter().any(|held| Decimal::of(held).as_ref() == Some(&said))
}

/// A number without its sign: its digits without leading and trailing zeros, and the power of ten of the last digit.
#[derive(PartialEq, Eq)]
struct Decimal {
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads a JSON number; `None` if its exponent does not fit 64 bits.
    fn of(number: &str) -> Option<Self> {
        let (mantissa, exponent) = number
            .trim_start_matches('-')
            .split_once(['e', 'E'])
            .unwrap_or_else(|| (number.trim_start_matches('-'), "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_end_matches('0');
        let exponent = exponent.parse::<i64>().ok()? - i64::try_from(fraction.len()).ok()?
            + i64::try_from(all.len() - digits.len()).ok()?;
        let digits = digits.trim_start_matches('0').to_owned();
        Some(if digits.is_empty() { Self { digits, exponent: 0 } } else { Self { digits, exponent } })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_double_holds_fits_however_it_is_written() {
        for fits in [
            "0",
            "-0",
            "0.0e99",
            "7",
            "-7",
            "1.50",
            "1E+2",
            "0.1",
            "0.10000000000000001",
            "9007199254740992",
            "9007199254740994",
            "-9223372036854775808",
            "18446744073709551616",
            "18446744073709552000",
            "1e23",
            "1.7976931348623157e308",
            "5e-324",
            "4.9E-324",
            "2.2250738585072014e-308",
            "123456789.123456",
        ] {
            assert!(fits_double(fits), "{fits}");
        }
    }

    #[test]
    fn what_a_double_would_change_does_not_fit() {
        for other in [
            "9007199254740993",
            "-9007199254740993",
            "18446744073709551615",
            "123456789012345678",
            "1e309",
            "-1e400",
            "1e-400",
            "1e99999999999999999999",
            "3.14159265358979323846",
            "0.1000000000000000000001",
        ] {
            assert!(!fits_double(other), "{other}");
        }
    }

    #[test]
    fn only_numbers_are_judged() {
        assert!(all_fit_doubles(r#"{"9007199254740993":"1e400 \" 1e400 \\","a":[1,{"b":-2.5}],"c":null,"d":"\\"}"#));
        assert!(!all_fit_doubles(r#"{"a":"x","b":[1,[9007199254740993]]}"#));
        assert!(!all_fit_doubles(r#"{"a":"\\","b":1e400}"#));
    }

    proptest! {
        #[test]
        fn every_double_fits_as_libraries_write_it(bits in any::<u64>()) {
            let double = f64::from_bits(bits);
            prop_assume!(double.is_finite());
            for text in [format!("{double}"), format!("{double:e}"), format!("{double:.16e}"), serde_json::to_string(&double).unwrap()] {
                prop_assert!(fits_double(&text), "{text}");
            }
        }

        #[test]
        fn an_integer_fits_that_a_double_is_equal_to(integer in any::<i64>()) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the conversion is what is asked about")]
            let same = (integer as f64) as i128 == i128::from(integer);
            prop_assert!(!same || fits_double(&integer.to_string()), "{integer}");
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+0-9.eE\"\\\\{}, x]{0,40}") {
            all_fit_doubles(&text);
        }
    }
}
