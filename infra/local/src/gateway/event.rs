//! Parts that events of both APIs share.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::system::random;

/// An instant as access logs write it: `01/Jan/2026:00:00:00 +0000`.
pub fn clf(millis: i64) -> String {
    let format = format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
    OffsetDateTime::from_unix_timestamp(millis.div_euclid(1000))
        .ok()
        .and_then(|instant| instant.format(&format).ok())
        .unwrap_or_default()
}

/// An id as API Gateway makes them: base64 with `=` at its end.
pub fn gateway_id() -> String {
    STANDARD.encode(random::<11>()).replace(['+', '/'], "A")
}

/// Whether a text has the form of [`gateway_id`]'s ids.
pub fn is_gateway_id(text: &str) -> bool {
    text.ends_with('=') && (8..=64).contains(&text.len()) && STANDARD.decode(text).is_ok()
}
