//! RS256 by aws-lc, which the AWS SDK links for TLS already. The pure-Rust crate `rsa` leaks its private key by timing
//! (RUSTSEC-2023-0071).

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};
use scanlatch_protocol::rsa::{RsaPublicKey, RsaSigner, RsaSigningKey};
use zeroize::Zeroizing;

struct Signer(KeyPair);

impl RsaSigner for Signer {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
        Some(signature)
    }

    fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        let der: Pkcs8V1Der<'_> = self.0.as_der().ok()?;
        Some(Zeroizing::new(der.as_ref().to_vec()))
    }
}

/// A new key of 2048 bits, which takes about a tenth of a second of CPU. `None` if the library fails.
pub fn fresh_key() -> Option<RsaSigningKey> {
    key_of(KeyPair::generate(KeySize::Rsa2048).ok()?)
}

/// Reads a key that was wrapped as [`RsaSigner::to_pkcs8`] wrote it.
pub fn read_key(pkcs8: &[u8]) -> Option<RsaSigningKey> {
    key_of(KeyPair::from_pkcs8(pkcs8).ok()?)
}

fn key_of(pair: KeyPair) -> Option<RsaSigningKey> {
    let public = pair.public_key();
    let modulus = public.modulus().big_endian_without_leading_zero().to_vec();
    let exponent = public.exponent().big_endian_without_leading_zero().to_vec();
    Some(RsaSigningKey::new(RsaPublicKey::new(modulus, exponent)?, Arc::new(Signer(pair))))
}

/// Whether this is the key's RS256 signature of a message.
pub fn has_signed(key: &RsaPublicKey, message: &[u8], signature: &[u8]) -> bool {
    let components = PublicKeyComponents { n: key.modulus(), e: key.exponent() };
    components.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_and_only_its_public_half_verifies() {
        let (key, other) = (fresh_key().unwrap(), fresh_key().unwrap());
        let signature = key.signer().sign(b"message").unwrap();
        assert!(has_signed(key.public(), b"message", &signature));
        assert!(!has_signed(key.public(), b"another", &signature));
        assert!(!has_signed(other.public(), b"message", &signature));
        assert!(!has_signed(key.public(), b"message", &signature[1..]));
    }

    #[test]
    fn a_key_that_was_wrapped_signs_the_same() {
        let key = fresh_key().unwrap();
        let again = read_key(&key.signer().to_pkcs8().unwrap()).unwrap();
        assert_eq!(again.public(), key.public());
        assert_eq!(again.signer().sign(b"message"), key.signer().sign(b"message"));
    }

    #[test]
    fn what_is_no_key_is_none() {
        assert!(read_key(b"").is_none() && read_key(&[0; 1_200]).is_none());
    }
}
