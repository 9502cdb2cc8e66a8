//! Calls of the official SDKs that are not served.

use crate::wire::base_url::BASE_PATH;

/// Whose call an unserved path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unserved {
    /// A browser's or phone's, for a way of verifying users that this service does not offer. The text names that way.
    Method(&'static str),
    /// A backend's. Only a known backend is told so.
    Backend,
    /// Nobody's.
    Nobody,
}

/// The path segment of a method's calls, and the method's name.
const METHODS: [(&str, &str); 9] = [
    ("push", "Push notifications"),
    ("email-otp", "One-time codes by e-mail"),
    ("email-magic-link", "Magic links by e-mail"),
    ("sms", "One-time codes by SMS"),
    ("whatsapp", "One-time codes by WhatsApp"),
    ("totp", "One-time codes of an authenticator app"),
    ("passkey", "Passkeys"),
    // Passkeys in pages that keep the SDK's cookies.
    ("web", "Passkeys"),
    ("security-key", "Security keys"),
];

/// The first segments that server SDKs call below the base URL. The Go SDK writes the base path twice.
const OF_BACKENDS: [&str; 8] = ["users", "validate", "challenges", "challenge", "verify", "claim", "sessions", "v1"];

/// Whose call a path is. Extra slashes after the base path are ignored.
pub fn at(path: &str) -> Unserved {
    let below = path.strip_prefix(BASE_PATH).unwrap_or(path).trim_start_matches('/');
    match below.split('/').collect::<Vec<&str>>()[..] {
        ["client", "user-authenticators"] => Unserved::Method("Lists of a user's authenticators"),
        ["client", "challenge" | "verify" | "user-authenticators", method, ..] => {
            let known = METHODS.iter().find(|(segment, _)| *segment == method);
            known.map_or(Unserved::Nobody, |(_, name)| Unserved::Method(name))
        }
        // The Java SDK omits the question mark: `challengesuserId=…`.
        [first, ..] if OF_BACKENDS.contains(&first) || first.starts_with("challenges") => Unserved::Backend,
        _ => Unserved::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_whose_sdk_calls_it() {
        for (path, whose) in [
            ("/v1/client/challenge/sms", Unserved::Method("One-time codes by SMS")),
            ("/v1//client/verify/email-magic-link/finalize", Unserved::Method("Magic links by e-mail")),
            ("/v1/client/user-authenticators/push/challenge/sign", Unserved::Method("Push notifications")),
            ("/v1/client/user-authenticators", Unserved::Method("Lists of a user's authenticators")),
            ("/v1/client/user-authenticators/device/challenge/claim", Unserved::Nobody),
            ("/v1/client/challenge/smoke-signal", Unserved::Nobody),
            ("/v1/client/public/x/.well-known/openid-configuration", Unserved::Nobody),
            ("/v1/users/client/challenge/sms", Unserved::Backend),
            ("/v1/users", Unserved::Backend),
            ("/v1/v1/challenges", Unserved::Backend),
            ("/v1/challengesuserId=ann", Unserved::Backend),
            ("/v1/usersann", Unserved::Nobody),
            ("/v1/", Unserved::Nobody),
            ("/v1", Unserved::Nobody),
            ("", Unserved::Nobody),
        ] {
            assert_eq!(at(path), whose, "{path}");
        }
    }
}
