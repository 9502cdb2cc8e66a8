//! Which function makes a call: each uses its logical id as access key, and every signature contains that.

use axum::http::{HeaderMap, header};

/// The access key of callers that are not functions: the stack itself, the command line, `cargo lambda watch`.
pub const NOBODY: &str = "local";

/// The access key in a version 4 signature; `None` without one.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html>
pub fn access_key(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (_, credential) = value.strip_prefix("AWS4-HMAC-SHA256 ")?.split_once("Credential=")?;
    credential.split(['/', ',']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_names_the_function() {
        let mut headers = HeaderMap::new();
        assert_eq!(access_key(&headers), None);
        let signed = "AWS4-HMAC-SHA256 Credential=ChallengeClaim/20261124/us-east-1/dynamodb/aws4_request, \
                      SignedHeaders=host, Signature=00";
        headers.insert(header::AUTHORIZATION, signed.parse().unwrap());
        assert_eq!(access_key(&headers), Some("ChallengeClaim"));
        headers.insert(header::AUTHORIZATION, "Basic Y2xhaW0=".parse().unwrap());
        assert_eq!(access_key(&headers), None);
    }
}
