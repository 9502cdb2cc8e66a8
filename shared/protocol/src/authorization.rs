//! The `Authorization` header in every spelling of the official SDKs.

use percent_encoding::percent_decode_str;

use crate::base64;
use crate::id::TenantId;
use crate::secret::{SecretKey, redacted};

/// Who is calling, by the header. Nothing is proven yet.
#[derive(Clone)]
pub enum Authorization {
    /// `Basic` with a tenant id: a screen or a device.
    Tenant(TenantId),
    /// `Basic` with a secret key: a backend.
    Secret(SecretKey),
    /// `Bearer` with a user token.
    Token(String),
}
redacted!(Authorization);

impl Authorization {
    /// Reads the header. The `Basic` part may use either alphabet, padded or not. The name inside may be
    /// percent-encoded, end in a colon, and have white space around it, as from settings that end in a line feed.
    /// `None` for anything else.
    pub fn parse(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim().split_once(' ')?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return (!rest.is_empty()).then(|| Self::Token(rest.to_owned()));
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(base64::decode(rest)?).ok()?;
        let decoded = percent_decode_str(&decoded).decode_utf8().ok()?;
        let name = decoded.strip_suffix(':').unwrap_or(&decoded).trim();
        SecretKey::parse(name).map(Self::Secret).or_else(|| TenantId::parse(name).ok().map(Self::Tenant))
    }
}

/// Who a screen or trusted device claims to be. Nothing is proven yet.
#[derive(Clone, PartialEq, Eq)]
pub enum Identity {
    /// Any screen or device of this tenant.
    Tenant(TenantId),
    /// A screen or device with a user token.
    Token(String),
}
redacted!(Identity);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_android_and_ios_name_the_same_tenant() {
        let tenant = TenantId::from_random([5; 16]);
        let browser = base64::encode(tenant.to_string().as_bytes());
        let android = base64::encode(format!("{tenant}:").as_bytes());
        let ios = base64::encode_url(format!("{tenant}:").as_bytes());
        for text in [browser, android, ios] {
            let parsed = Authorization::parse(&format!("Basic {text}"));
            assert!(matches!(parsed, Some(Authorization::Tenant(t)) if t == tenant), "{text}");
        }
    }

    #[test]
    fn a_backend_is_told_from_a_client() {
        let key = SecretKey::from_random(TenantId::from_random([5; 16]), [6; 32]);
        let header = format!("Basic {}", base64::encode(format!("{}:", key.expose()).as_bytes()));
        assert!(matches!(Authorization::parse(&header), Some(Authorization::Secret(_))));
    }

    #[test]
    fn a_setting_that_ends_in_a_line_feed_names_the_same_caller() {
        let tenant = TenantId::from_random([5; 16]);
        let key = SecretKey::from_random(tenant, [6; 32]);
        let parsed = |name: &str| Authorization::parse(&format!("Basic {}", base64::encode(name.as_bytes())));
        assert!(matches!(parsed(&format!(" {tenant}\n:")), Some(Authorization::Tenant(named)) if named == tenant));
        let secret = parsed(&format!("{}\r\n:", key.expose()));
        assert!(matches!(secret, Some(Authorization::Secret(named)) if named.digest() == key.digest()));
    }

    #[test]
    fn junk_is_nobody() {
        for bad in ["", "Basic", "Basic ", "Basic !!!", "Digest abc", "Basic bm9ib2R5", "Bearer "] {
            assert!(Authorization::parse(bad).is_none(), "{bad}");
        }
    }
}
