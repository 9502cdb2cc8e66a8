//! What a phone signs: the id that it scanned.

use crate::Refusal;
use crate::id::ChallengeId;
use crate::key::{DeviceSignature, PublicKey, SignatureR};

/// A challenge id as a phone scanned it, with a signature that nobody has verified yet.
#[derive(Clone, Debug)]
pub struct ChallengeSignature {
    scanned: String,
    challenge: ChallengeId,
    key: PublicKey,
    signature: DeviceSignature,
}

impl ChallengeSignature {
    /// Reads the three texts that a phone sends.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn read(scanned: String, public_key: &str, signature: &str) -> Result<Self, Refusal> {
        let challenge = ChallengeId::parse(&scanned)?;
        let key = PublicKey::parse(public_key)?;
        Ok(Self { scanned, challenge, key, signature: DeviceSignature::parse(signature)? })
    }

    /// Verifies the signature. Claim, approval and rejection sign the same text: the id as the phone scanned and sends
    /// it. Its case and the white space around it are part of that text.
    ///
    /// # Errors
    /// [`Refusal::InvalidCredential`] if the key did not sign that text.
    pub fn verify(self) -> Result<SignedChallenge, Refusal> {
        self.key.verify(self.scanned.as_bytes(), &self.signature)?;
        Ok(SignedChallenge { challenge: self.challenge, key: self.key, r: self.signature.r() })
    }
}

/// A challenge id with a verified signature over it.
#[derive(Clone, Debug)]
pub struct SignedChallenge {
    /// The challenge.
    pub challenge: ChallengeId,
    /// The key that signed.
    pub key: PublicKey,
    /// The `r` of the signature, which serves one step only.
    pub r: SignatureR,
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::Signer as _;
    use p256::ecdsa::{Signature, SigningKey};
    use p256::pkcs8::EncodePublicKey as _;

    use super::*;
    use crate::base64::encode;

    const ID: &str = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";

    fn claim(scanned: &str, signed: &str) -> Result<ChallengeId, Refusal> {
        let signing = SigningKey::from_slice(&[0x42; 32]).unwrap();
        let key = encode(signing.verifying_key().to_public_key_der().unwrap().as_bytes());
        let signature: Signature = signing.sign(signed.as_bytes());
        let signature = encode(signature.to_der().as_bytes());
        let read = ChallengeSignature::read(scanned.to_owned(), &key, &signature)?;
        read.verify().map(|signed| signed.challenge)
    }

    #[test]
    fn only_the_text_as_it_was_scanned_counts() {
        assert_eq!(claim(ID, ID), ChallengeId::parse(ID));
        assert_eq!(claim(&ID.to_uppercase(), &ID.to_uppercase()), ChallengeId::parse(ID));
        for other in [ID.to_uppercase(), ID.replace('3', "4"), format!("{ID} "), String::new()] {
            assert_eq!(claim(ID, &other), Err(Refusal::InvalidCredential), "{other}");
        }
        let scanned = format!(" {ID}\n");
        assert_eq!(claim(&scanned, &scanned), ChallengeId::parse(ID));
        assert_eq!(claim(&scanned, ID), Err(Refusal::InvalidCredential));
    }
}
