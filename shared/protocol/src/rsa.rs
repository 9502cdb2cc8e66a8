//! RSA keys, for what knows no ES256. This crate computes nothing with them: a library behind [`RsaSigner`] signs, and the
//! same library verifies.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::base64::{decode, encode_url};
use crate::signing::{Jwk, Modulus, PublicKey};

/// A public RSA key that checks RS256 signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaPublicKey {
    kid: String,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl RsaPublicKey {
    /// The key of this modulus and exponent, big-endian. `None` unless the modulus has exactly 2048 bits and the exponent
    /// is the usual one.
    pub fn new(modulus: Vec<u8>, exponent: Vec<u8>) -> Option<Self> {
        let is_usual = modulus.len() == 256 && modulus[0] >= 0x80 && exponent == [1, 0, 1];
        let (n, e) = (encode_url(&modulus), encode_url(&exponent));
        // RFC 7638 section 3.2: the required members in lexicographic order, without white space.
        let canonical = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
        is_usual.then(|| Self { kid: encode_url(&Sha256::digest(canonical)), modulus, exponent })
    }

    /// Reads the stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::new(decode(text)?, vec![1, 0, 1])
    }

    /// The stored form: base64url of the modulus.
    pub fn to_text(&self) -> String {
        encode_url(&self.modulus)
    }

    /// The modulus, big-endian.
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The exponent, big-endian.
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }
}

impl PublicKey for RsaPublicKey {
    fn kid(&self) -> &str {
        &self.kid
    }

    fn to_jwk(&self) -> Jwk {
        Jwk {
            kty: "RSA",
            point: None,
            rsa: Some(Modulus { n: encode_url(&self.modulus), e: encode_url(&self.exponent) }),
            r#use: "sig",
            alg: "RS256",
            kid: self.kid.clone(),
        }
    }
}

/// The private half of an RSA key. Its memory is wiped when it is dropped.
pub trait RsaSigner: Send + Sync {
    /// The RS256 signature of a message (RFC 7518 section 3.3): the same bytes each time. `None` if the library fails.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>>;

    /// The key in the form of PKCS #8, for wrapping. `None` if the library fails.
    fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>>;
}

/// A private RSA key that signs tokens.
#[derive(Clone)]
pub struct RsaSigningKey {
    public: RsaPublicKey,
    signer: Arc<dyn RsaSigner>,
}

impl fmt::Debug for RsaSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaSigningKey({})", self.public.kid)
    }
}

impl RsaSigningKey {
    /// The key of these two halves.
    pub fn new(public: RsaPublicKey, signer: Arc<dyn RsaSigner>) -> Self {
        Self { public, signer }
    }

    /// The public half.
    pub fn public(&self) -> &RsaPublicKey {
        &self.public
    }

    /// The private half.
    pub fn signer(&self) -> &dyn RsaSigner {
        &*self.signer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_the_rfc() {
        // RFC 7638 section 3.1.
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = RsaPublicKey::from_text(n).unwrap();
        assert_eq!(key.kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        assert_eq!(RsaPublicKey::from_text(&key.to_text()), Some(key));
    }

    #[test]
    fn a_short_or_unusual_key_is_none() {
        assert!(RsaPublicKey::new(vec![0xff; 255], vec![1, 0, 1]).is_none());
        assert!(RsaPublicKey::new(vec![0x7f; 256], vec![1, 0, 1]).is_none());
        assert!(RsaPublicKey::new(vec![0xff; 256], vec![3]).is_none());
    }
}
