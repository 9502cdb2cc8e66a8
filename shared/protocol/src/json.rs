//! Request bodies. Size and depth are checked on the bytes, before anything is parsed.

use serde::de::DeserializeOwned;

use crate::Refusal;

/// A larger body is refused unread.
pub const MAX_BODY_BYTES: usize = 8 * 1024;
/// The same for an enrolment, which may carry a platform's attestation. Apple's grow with an app's certificates.
pub const MAX_ENROLMENT_BYTES: usize = 16 * 1024;
/// The deepest nesting of arrays and objects, the outermost included.
pub const MAX_DEPTH: usize = 8;

/// Parses a body of at most [`MAX_BODY_BYTES`]. An empty body counts as `{}`, because some SDKs send none for an empty
/// request.
///
/// # Errors
/// [`Refusal::BodyTooLarge`]. [`Refusal::Malformed`] if the body is not JSON, not an object or too deep, or lacks a
/// field.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    parse_within(body, MAX_BODY_BYTES)
}

/// Parses a body of at most `max_bytes`.
pub fn parse_within<T: DeserializeOwned>(body: &[u8], max_bytes: usize) -> Result<T, Refusal> {
    if body.len() > max_bytes {
        return Err(Refusal::BodyTooLarge { max_bytes });
    }
    let body = if body.iter().all(u8::is_ascii_whitespace) { b"{}" } else { body };
    if depth(body) > MAX_DEPTH {
        return Err(Refusal::malformed("body", "is nested deeper than 8 levels"));
    }
    if !matches!(body.iter().find(|b| !b.is_ascii_whitespace()), Some(b'{')) {
        return Err(Refusal::malformed("body", "is not a JSON object"));
    }
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            Refusal::malformed("body", "lacks a required field or has one of the wrong type")
        }
        _ => Refusal::malformed("body", "is not JSON"),
    })
}

/// The deepest nesting of brackets outside of strings: exact for JSON, an upper bound for anything else.
fn depth(bytes: &[u8]) -> usize {
    let (mut deepest, mut open, mut in_string, mut escaped) = (0, 0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' if !in_string => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}{}", "{\"a\":".repeat(levels - 1), "{}") + &"}".repeat(levels - 1)
    }

    #[test]
    fn eight_levels_pass_and_nine_do_not() {
        assert!(parse::<Value>(nested(8).as_bytes()).is_ok());
        assert!(parse::<Value>(nested(9).as_bytes()).is_err());
    }

    #[test]
    fn brackets_in_strings_do_not_count() {
        let body = format!("{{\"a\":\"\\\"{}\"}}", "[".repeat(100));
        assert!(parse::<Value>(body.as_bytes()).is_ok());
    }

    #[test]
    fn one_byte_too_many_is_refused_before_it_is_parsed() {
        for max_bytes in [MAX_BODY_BYTES, MAX_ENROLMENT_BYTES] {
            let refused = parse_within::<Value>(&vec![b'['; max_bytes + 1], max_bytes);
            assert_eq!(refused, Err(Refusal::BodyTooLarge { max_bytes }));
            assert_ne!(parse_within::<Value>(&vec![b'['; max_bytes], max_bytes), refused);
        }
    }

    #[test]
    fn an_empty_body_is_an_empty_object() {
        assert_eq!(parse::<Value>(b" \n"), Ok(Value::Object(serde_json::Map::new())));
    }

    #[test]
    fn an_array_is_not_a_body() {
        assert!(parse::<Value>(b"[]").is_err());
    }
}
