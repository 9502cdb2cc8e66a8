//! Proof Key for Code Exchange (RFC 7636): who asked for a code proves it when exchanging it. Only S256 serves, because
//! whoever sees a plain challenge knows the verifier.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Refusal;
use crate::base64::encode_url;

use super::fault::OAuthError;

/// The digest of a verifier, as an application sends it first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// Reads `code_challenge` and `code_challenge_method`.
    ///
    /// # Errors
    /// [`OAuthError::InvalidRequest`] for another method than S256, and for what is no SHA-256 digest in base64url.
    pub fn parse(challenge: &str, method: Option<&str>) -> Result<Self, Refusal> {
        if method != Some("S256") {
            return Err(OAuthError::InvalidRequest.because("The code_challenge_method must be S256."));
        }
        let bytes = crate::base64::decode(challenge).filter(|bytes| encode_url(bytes) == challenge);
        match bytes {
            Some(bytes) if bytes.len() == 32 => Ok(Self(challenge.to_owned())),
            _ => Err(OAuthError::InvalidRequest.because("The code_challenge must be a SHA-256 digest in base64url.")),
        }
    }

    /// Whether `verifier` is the text of which this is the digest, and of the form of section 4.1.
    pub fn is_of(&self, verifier: &str) -> bool {
        let is_unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(is_unreserved)
            && encode_url(&Sha256::digest(verifier)) == self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_serves() {
        assert!(CodeChallenge::parse(CHALLENGE, Some("S256")).unwrap().is_of(VERIFIER));
    }

    #[test]
    fn another_verifier_does_not() {
        let challenge = CodeChallenge::parse(CHALLENGE, Some("S256")).unwrap();
        for other in ["", &VERIFIER[1..], &format!("{VERIFIER}="), &VERIFIER.to_uppercase(), CHALLENGE] {
            assert!(!challenge.is_of(other), "{other}");
        }
    }

    #[test]
    fn a_plain_challenge_is_refused() {
        for (challenge, method) in [
            (VERIFIER, Some("plain")),
            (CHALLENGE, None),
            (CHALLENGE, Some("s256")),
            (&CHALLENGE[1..], Some("S256")),
            ("", Some("S256")),
            (&format!("{CHALLENGE}="), Some("S256")),
        ] {
            assert!(CodeChallenge::parse(challenge, method).is_err(), "{challenge} {method:?}");
        }
    }
}
