//! What a phone signs in place of a scanned id: the code that its user typed.

use super::ShortCode;
use crate::Refusal;
use crate::key::{DeviceSignature, PublicKey, SignatureR};

/// Begins the text that a phone signs, so that the signature serves for no other call. No id of a challenge and no
/// removal begins like this.
const PREFIX: &str = "claim-short-code:";

/// A typed code with a signature that nobody has verified yet.
#[derive(Clone, Debug)]
pub struct ShortCodeSignature {
    code: ShortCode,
    key: PublicKey,
    signature: DeviceSignature,
}

impl ShortCodeSignature {
    /// Reads the three texts that a phone sends.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn read(typed: &str, public_key: &str, signature: &str) -> Result<Self, Refusal> {
        let code = ShortCode::parse(typed)?;
        Ok(Self { code, key: PublicKey::parse(public_key)?, signature: DeviceSignature::parse(signature)? })
    }

    /// Verifies the signature over [`ShortCode::signed_text`].
    ///
    /// # Errors
    /// [`Refusal::InvalidCredential`] if the key did not sign that text.
    pub fn verify(self) -> Result<SignedShortCode, Refusal> {
        self.key.verify(self.code.signed_text().as_bytes(), &self.signature)?;
        Ok(SignedShortCode { code: self.code, key: self.key, r: self.signature.r() })
    }
}

/// A typed code with a verified signature over it.
#[derive(Clone, Debug)]
pub struct SignedShortCode {
    /// The code.
    pub code: ShortCode,
    /// The key that signed.
    pub key: PublicKey,
    /// The `r` of the signature.
    pub r: SignatureR,
}

impl ShortCode {
    /// The text that a phone signs to claim by this code: `claim-short-code:` and the eight capital letters, 25 bytes of
    /// ASCII.
    pub fn signed_text(&self) -> String {
        format!("{PREFIX}{}", self.letters())
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::Signer as _;
    use p256::ecdsa::{Signature, SigningKey};
    use p256::pkcs8::EncodePublicKey as _;

    use super::*;
    use crate::base64::encode;

    fn claim(typed: &str, signed: &str) -> Result<ShortCode, Refusal> {
        let signing = SigningKey::from_slice(&[0x42; 32]).unwrap();
        let key = encode(signing.verifying_key().to_public_key_der().unwrap().as_bytes());
        let signature: Signature = signing.sign(signed.as_bytes());
        let signature = encode(signature.to_der().as_bytes());
        ShortCodeSignature::read(typed, &key, &signature)?.verify().map(|signed| signed.code)
    }

    #[test]
    fn the_prefix_and_the_capital_letters_are_signed_however_the_code_was_typed() {
        let code = ShortCode::parse("WDJBMJHT").unwrap();
        for typed in ["WDJB-MJHT", "wdjb mjht"] {
            assert_eq!(claim(typed, "claim-short-code:WDJBMJHT"), Ok(code.clone()), "{typed}");
        }
    }

    #[test]
    fn a_signature_over_any_other_text_claims_nothing() {
        for signed in ["WDJBMJHT", "WDJB-MJHT", "claim-short-code:WDJB-MJHT", "claim-short-code:wdjbmjht", ""] {
            assert_eq!(claim("WDJB-MJHT", signed), Err(Refusal::InvalidCredential), "{signed}");
        }
    }
}
