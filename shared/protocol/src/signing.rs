//! The service's own P-256 keys. Private halves sign tokens; anybody may fetch the public halves.

use std::fmt;

use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::base64::{decode, encode_url};
use crate::ecdsa;

/// A private key that signs tokens. Signatures are deterministic (RFC 6979), so the same claims always give the same
/// token. Its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct SigningKey {
    private: p256::ecdsa::SigningKey,
    public: VerifyingKey,
}

impl ZeroizeOnDrop for SigningKey {}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.kid)
    }
}

impl SigningKey {
    /// The key of these 32 bytes, big-endian. `None` for zero and for numbers not below the group's order: of random
    /// bytes, one in 2^32.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let private = p256::ecdsa::SigningKey::from_slice(bytes).ok()?;
        let point = private.verifying_key().to_encoded_point(false);
        let public = VerifyingKey::from_sec1(point.as_bytes())?;
        Some(Self { private, public })
    }

    /// The 32 bytes, for wrapping.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let field = Zeroizing::new(self.private.to_bytes());
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(&field);
        bytes
    }

    /// The public half.
    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// The ES256 signature of a message: r and s, 32 bytes each (RFC 7518 section 3.4).
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.private.sign(message);
        signature.to_bytes().into()
    }
}

/// A public key that checks tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    kid: String,
    sec1: Vec<u8>,
    key: p256::ecdsa::VerifyingKey,
}

impl VerifyingKey {
    /// Reads an uncompressed SEC 1 point (65 bytes).
    pub fn from_sec1(bytes: &[u8]) -> Option<Self> {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).ok()?;
        let point = key.to_encoded_point(false);
        let (x, y) = (encode_url(point.x()?), encode_url(point.y()?));
        // RFC 7638 section 3.2: the required members in lexicographic order, without white space.
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Some(Self { kid: encode_url(&Sha256::digest(canonical)), sec1: point.as_bytes().to_vec(), key })
    }

    /// Reads the stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::from_sec1(&decode(text)?)
    }

    /// The stored form: base64url of the uncompressed point.
    pub fn to_text(&self) -> String {
        encode_url(&self.sec1)
    }

    /// The key id: the RFC 7638 thumbprint.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Whether this is the key's signature of a message, r and s as [`SigningKey`] writes them.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| ecdsa::has_signed(&self.key, message, &signature))
    }
}

/// A public key with an id.
pub trait PublicKey: Clone + PartialEq {
    /// Its id: the RFC 7638 thumbprint.
    fn kid(&self) -> &str;

    /// Its RFC 7517 form.
    fn to_jwk(&self) -> Jwk;
}

impl PublicKey for VerifyingKey {
    fn kid(&self) -> &str {
        &self.kid
    }

    fn to_jwk(&self) -> Jwk {
        let (x, y) = self.sec1[1..].split_at(32);
        Jwk {
            kty: "EC",
            point: Some(Point { crv: "P-256", x: encode_url(x), y: encode_url(y) }),
            rsa: None,
            r#use: "sig",
            alg: "ES256",
            kid: self.kid.clone(),
        }
    }
}

/// The keys of one type whose tokens may still serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKeys<P = VerifyingKey> {
    serving: Vec<P>,
    retired: Vec<P>,
}

impl<P> Default for VerifyingKeys<P> {
    fn default() -> Self {
        Self { serving: Vec::new(), retired: Vec::new() }
    }
}

impl<P: PublicKey> VerifyingKeys<P> {
    /// A set of keys, none of them retired.
    pub fn new(serving: Vec<P>) -> Self {
        Self { serving, retired: Vec::new() }
    }

    /// The same set with these retired keys, of which only refresh tokens still serve.
    #[must_use]
    pub fn with_retired(self, retired: Vec<P>) -> Self {
        Self { retired, ..self }
    }

    /// The key of this id, a retired one included.
    pub fn find(&self, kid: &str) -> Option<&P> {
        self.serving.iter().chain(&self.retired).find(|key| key.kid() == kid)
    }

    /// Whether the key of this id is retired.
    pub fn is_retired(&self, kid: &str) -> bool {
        self.retired.iter().any(|key| key.kid() == kid)
    }

    /// The RFC 7517 key set. Retired keys are not in it, because only the service reads refresh tokens.
    pub fn to_jwks(&self) -> Jwks {
        Jwks { keys: self.serving.iter().map(PublicKey::to_jwk).collect() }
    }
}

/// An RFC 7517 key set.
#[derive(Clone, Debug, Serialize)]
pub struct Jwks {
    keys: Vec<Jwk>,
}

impl Jwks {
    /// These keys, and then those.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.keys.extend(others.keys);
        self
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }
}

/// An RFC 7517 key.
#[derive(Clone, Debug, Serialize)]
pub struct Jwk {
    pub(crate) kty: &'static str,
    #[serde(flatten)]
    pub(crate) point: Option<Point>,
    #[serde(flatten)]
    pub(crate) rsa: Option<Modulus>,
    pub(crate) r#use: &'static str,
    pub(crate) alg: &'static str,
    pub(crate) kid: String,
}

/// The members of an elliptic curve key (RFC 7518 section 6.2.1).
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Point {
    crv: &'static str,
    x: String,
    y: String,
}

/// The members of an RSA key (RFC 7518 section 6.3.1).
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Modulus {
    pub(crate) n: String,
    pub(crate) e: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_key_survives_storage_with_its_id() {
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        let stored = VerifyingKey::from_text(&key.public().to_text()).unwrap();
        assert_eq!(&stored, key.public());
        assert_eq!(SigningKey::from_bytes(&key.to_bytes()).unwrap().public(), key.public());
    }

    #[test]
    fn what_holds_a_private_half_is_wiped() {
        fn wiped<T: ZeroizeOnDrop>(_: &T) {}
        let key = SigningKey::from_bytes(&[7; 32]).unwrap();
        wiped(&key.to_bytes());
        wiped(&key.private);
        assert_eq!(*key.to_bytes(), [7; 32]);
    }

    #[test]
    fn zero_is_no_key() {
        assert!(SigningKey::from_bytes(&[0; 32]).is_none());
        assert!(SigningKey::from_bytes(&[0xff; 32]).is_none());
    }
}
