//! The key of a device.

use p256::ecdsa::signature::RandomizedSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::rand_core::OsRng;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _};

use crate::KeyError;

/// A P-256 key that signs with ECDSA over SHA-256, wherever it is kept.
///
/// ```no_run
/// use scanlatch_client::{Key, KeyError};
///
/// struct Vault;
///
/// impl Key for Vault {
///     fn public_key(&self) -> Vec<u8> {
///         std::fs::read("/run/vault/key.spki").unwrap_or_default()
///     }
///
///     fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
///         let signed = std::process::Command::new("vault-sign").arg(String::from_utf8_lossy(message).as_ref()).output();
///         signed.map(|signed| signed.stdout).map_err(|error| KeyError(error.to_string()))
///     }
/// }
/// ```
pub trait Key {
    /// The public key as DER of a `SubjectPublicKeyInfo`.
    fn public_key(&self) -> Vec<u8>;

    /// A signature as DER. Each must be fresh: an approval must not repeat the claim's nonce.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError>;
}

/// A key in memory.
#[derive(Clone, Debug)]
pub struct SoftwareKey(SigningKey);

impl SoftwareKey {
    /// A fresh key.
    ///
    /// ```
    /// use scanlatch_client::{Key as _, SoftwareKey};
    ///
    /// let key = SoftwareKey::generate();
    /// assert_ne!(key.sign(b"x"), key.sign(b"x"));
    /// ```
    pub fn generate() -> Self {
        Self(SigningKey::random(&mut OsRng))
    }

    /// The key as [`to_bytes`](Self::to_bytes) wrote it.
    ///
    /// # Errors
    /// If the bytes are no P-256 key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        SigningKey::from_pkcs8_der(bytes).map(Self).map_err(|error| KeyError(error.to_string()))
    }

    /// The whole key as PKCS #8 DER, to be kept where nobody else can read it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, KeyError> {
        self.0.to_pkcs8_der().map(|key| key.as_bytes().to_vec()).map_err(|error| KeyError(error.to_string()))
    }
}

impl Key for SoftwareKey {
    fn public_key(&self) -> Vec<u8> {
        self.0.verifying_key().to_public_key_der().map(p256::pkcs8::Document::into_vec).unwrap_or_default()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signature: Signature =
            self.0.try_sign_with_rng(&mut OsRng, message).map_err(|error| KeyError(error.to_string()))?;
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_was_kept_is_the_same_key() {
        let key = SoftwareKey::generate();
        let kept = SoftwareKey::from_bytes(&key.to_bytes().unwrap()).unwrap();
        assert_eq!(kept.public_key(), key.public_key());
        assert!(SoftwareKey::from_bytes(b"no key").is_err());
    }
}
