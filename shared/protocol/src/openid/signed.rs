//! RS256 and ES256 JWTs of the provider, which applications verify. The holder of the keys signs; this module says what.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::base64::{decode, encode_url};
use crate::jwt::MAX_TOKEN_BYTES;
use crate::rsa::{RsaPublicKey, RsaSigningKey};
use crate::signing::{PublicKey as _, SigningKey, VerifyingKeys};

/// What signs a token (RFC 7518 section 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSA of 2048 bits: what every consumer on AWS takes.
    #[default]
    #[serde(rename = "RS256")]
    Rs256,
    /// P-256: smaller and faster, where it is taken.
    #[serde(rename = "ES256")]
    Es256,
}

impl Algorithm {
    /// The header's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    typ: String,
    alg: Algorithm,
    kid: String,
}

/// A token that nobody has signed yet.
pub struct Unsigned {
    typ: &'static str,
    algorithm: Algorithm,
    claims: String,
}

impl fmt::Debug for Unsigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unsigned({}, {})", self.typ, self.algorithm.as_str())
    }
}

impl Unsigned {
    /// Claims are structs of texts and numbers, which always serialise.
    pub(super) fn new(typ: &'static str, algorithm: Algorithm, claims: &impl Serialize) -> Self {
        Self { typ, algorithm, claims: encode_url(&serde_json::to_vec(claims).unwrap_or_default()) }
    }

    /// What is to sign it.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What the key of this id signs.
    pub fn message(&self, kid: &str) -> String {
        let header = Header { typ: self.typ.to_owned(), alg: self.algorithm, kid: kid.to_owned() };
        format!("{}.{}", encode_url(&serde_json::to_vec(&header).unwrap_or_default()), self.claims)
    }

    /// The token, signed with RS256. `None` if the library fails.
    pub fn signed_by_rsa(&self, key: &RsaSigningKey) -> Option<String> {
        let message = self.message(key.public().kid());
        let signature = key.signer().sign(message.as_bytes())?;
        Some(sealed(message, &signature))
    }

    /// The token, signed with ES256.
    pub fn signed_by(&self, key: &SigningKey) -> String {
        let message = self.message(key.public().kid());
        let signature = key.sign(message.as_bytes());
        sealed(message, &signature)
    }
}

/// A message with its signature.
fn sealed(mut message: String, signature: &[u8]) -> String {
    message.push('.');
    message.push_str(&encode_url(signature));
    message
}

/// A token whose header was read. Nothing is proven yet.
pub struct Presented<'a> {
    header: Header,
    message: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Says that a token's signature was checked.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    /// Whether its key is retired, so that the token counts as expired.
    pub is_retired: bool,
}

impl<'a> Presented<'a> {
    /// Reads a token's header, which may hold only what this module writes (RFC 8725 section 3.10).
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`].
    pub fn read(text: &'a str) -> Result<Self, Refusal> {
        Self::parts(text).ok_or(Refusal::InvalidToken)
    }

    fn parts(text: &'a str) -> Option<Self> {
        if text.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (message, signature) = text.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let header = serde_json::from_slice(&decoded(header)?).ok()?;
        Some(Self { header, message, claims, signature: decoded(signature)? })
    }

    /// The id of the key that its header names.
    pub fn kid(&self) -> &str {
        &self.header.kid
    }

    /// What its header says signed it.
    pub fn algorithm(&self) -> Algorithm {
        self.header.alg
    }

    /// Checks an ES256 signature.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`].
    pub fn check_es256(&self, keys: &VerifyingKeys) -> Result<Checked, Refusal> {
        let key = keys.find(&self.header.kid).filter(|_| self.header.alg == Algorithm::Es256);
        let has_signed = key.is_some_and(|key| key.has_signed(self.message.as_bytes(), &self.signature));
        if has_signed {
            Ok(Checked { is_retired: keys.is_retired(&self.header.kid) })
        } else {
            Err(Refusal::InvalidToken)
        }
    }

    /// Checks an RS256 signature. `has_signed` computes it from key, message and signature.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`].
    pub fn check_rs256(
        &self,
        keys: &VerifyingKeys<RsaPublicKey>,
        has_signed: impl FnOnce(&RsaPublicKey, &[u8], &[u8]) -> bool,
    ) -> Result<Checked, Refusal> {
        let key = keys.find(&self.header.kid).filter(|_| self.header.alg == Algorithm::Rs256);
        let has_signed = key.is_some_and(|key| has_signed(key, self.message.as_bytes(), &self.signature));
        if has_signed {
            Ok(Checked { is_retired: keys.is_retired(&self.header.kid) })
        } else {
            Err(Refusal::InvalidToken)
        }
    }

    /// Its claims, once the signature was checked and if its `typ` is one of these.
    pub(super) fn claims<C: DeserializeOwned>(&self, _checked: Checked, typs: &[&str]) -> Result<C, Refusal> {
        let is_kind = typs.contains(&self.header.typ.as_str());
        let claims = decoded(self.claims).filter(|_| is_kind).and_then(|claims| serde_json::from_slice(&claims).ok());
        claims.ok_or(Refusal::InvalidToken)
    }
}

/// Decodes base64url as RFC 7515 defines it: only one text stands for the same bytes.
fn decoded(text: &str) -> Option<Vec<u8>> {
    decode(text).filter(|bytes| encode_url(bytes) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32]).unwrap()
    }

    fn unsigned(algorithm: Algorithm) -> Unsigned {
        Unsigned::new("JWT", algorithm, &serde_json::json!({ "sub": "ann" }))
    }

    fn keys() -> VerifyingKeys {
        VerifyingKeys::new(vec![key().public().clone()])
    }

    #[test]
    fn a_signed_token_is_read_again() {
        let token = unsigned(Algorithm::Es256).signed_by(&key());
        let presented = Presented::read(&token).unwrap();
        let checked = presented.check_es256(&keys()).unwrap();
        let claims: serde_json::Value = presented.claims(checked, &["JWT"]).unwrap();
        assert_eq!(claims["sub"], "ann");
        assert!(presented.claims::<serde_json::Value>(checked, &["at+jwt"]).is_err());
    }

    #[test]
    fn a_token_that_names_one_algorithm_is_not_checked_by_the_other() {
        let token = unsigned(Algorithm::Rs256).signed_by(&key());
        let presented = Presented::read(&token).unwrap();
        assert!(presented.check_es256(&keys()).is_err());
        let rsa = RsaPublicKey::new(vec![0xff; 256], vec![1, 0, 1]).unwrap();
        let known = VerifyingKeys::new(vec![rsa.clone()]);
        assert!(presented.check_rs256(&known, |_, _, _| true).is_err());
        let own = sealed(unsigned(Algorithm::Rs256).message(rsa.kid()), &[1; 256]);
        let own = Presented::read(&own).unwrap();
        assert!(own.check_rs256(&known, |_, _, _| true).is_ok());
        assert!(own.check_rs256(&known, |_, _, _| false).is_err());
    }

    #[test]
    fn a_header_that_says_more_or_other_is_refused() {
        let token = unsigned(Algorithm::Es256).signed_by(&key());
        let (_, rest) = token.split_once('.').unwrap();
        for header in [
            r#"{"typ":"JWT","alg":"none","kid":"k"}"#,
            r#"{"typ":"JWT","alg":"HS256","kid":"k"}"#,
            r#"{"typ":"JWT","alg":"ES256","kid":"k","jku":"https://evil.example"}"#,
            r#"{"typ":"JWT","alg":"ES256","kid":"k","crit":["exp"]}"#,
            r#"{"alg":"ES256","kid":"k"}"#,
            r#"{"typ":"JWT","alg":"ES256"}"#,
        ] {
            let forged = format!("{}.{rest}", encode_url(header.as_bytes()));
            assert!(Presented::read(&forged).is_err(), "{header}");
        }
    }
}
