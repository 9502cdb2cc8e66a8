//! A header's text, whatever its bytes are.

use std::borrow::Cow;

use lambda_http::http::HeaderValue;

/// The text of a header that people wrote, such as a user agent. It should be ASCII and is often UTF-8. A proxy may
/// have decoded it as Latin-1, one character per byte; this reverses that. Each invalid part becomes U+FFFD.
pub(crate) fn text(value: &HeaderValue) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(value.as_bytes());
    let is_ascii = text.is_ascii();
    let bytes: Result<Vec<u8>, _> = text.chars().map(|c| u8::try_from(u32::from(c))).collect();
    match bytes.map(String::from_utf8) {
        Ok(Ok(read_again)) if !is_ascii => Cow::Owned(read_again),
        _ => text,
    }
}

/// The origin of a page. Browsers write it in ASCII; any other value reads as `null`, not as absent.
pub(crate) fn origin(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or("null")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> String {
        text(&HeaderValue::from_bytes(bytes).unwrap()).into_owned()
    }

    #[test]
    fn a_text_in_any_script_is_kept() {
        for agent in ["Mozilla/5.0", "大麦/1.0", "Müller", "Grüße aus Łódź", "ÿ"] {
            assert_eq!(read(agent.as_bytes()), agent);
        }
    }

    #[test]
    fn utf_8_that_was_read_as_latin_1_is_read_again() {
        for agent in ["大麦/1.0", "Müller", "ÿ"] {
            let latin_1: String = agent.bytes().map(char::from).collect();
            assert_eq!(read(latin_1.as_bytes()), agent);
        }
    }

    #[test]
    fn what_is_no_utf_8_is_not_lost_whole() {
        assert_eq!(read(b"M\xfcller/1.0"), "M\u{fffd}ller/1.0");
    }

    #[test]
    fn an_origin_that_no_browser_writes_is_not_absent() {
        assert_eq!(origin(&HeaderValue::from_bytes("https://böse.example".as_bytes()).unwrap()), "null");
    }
}
