//! Headers that calls carry.

use http::{HeaderName, HeaderValue};
use scanlatch_protocol::base64;

use crate::ClientError;

pub(crate) fn header<N, V>(name: N, value: V) -> Result<(HeaderName, HeaderValue), ClientError>
where
    HeaderName: TryFrom<N>,
    HeaderValue: TryFrom<V>,
{
    match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        (Err(_), _) => Err(ClientError::Unsendable("the name of a header is invalid".to_owned())),
        (Ok(name), Err(_)) => Err(ClientError::Unsendable(format!("the value of the header {name} is invalid"))),
    }
}

/// `Basic` as most SDKs write it.
pub(crate) fn basic(name: &str) -> String {
    format!("Basic {}", base64::encode(format!("{name}:").as_bytes()))
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}
