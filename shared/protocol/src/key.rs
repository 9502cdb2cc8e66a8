//! Device keys (P-256) in the forms that Android and iOS send, and signatures over the texts that they sign.
//!
//! Both platforms send X.509 `SubjectPublicKeyInfo` DER in base64 and sign with ECDSA-SHA256 in ASN.1 DER,
//! not normalised to low S.

use std::fmt;

use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};

use crate::Refusal;
use crate::base64;
use crate::ecdsa;
use crate::secret::{Digest, redacted};
use crate::time::Timestamp;

/// A device's public key; the point is on the curve and not the identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    spki: Vec<u8>,
}

impl PublicKey {
    /// Reads a request body's `publicKey`: base64 of SPKI DER, either alphabet, padded or not.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for anything that is not a P-256 key in strict DER.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        const BAD: Refusal = Refusal::malformed("publicKey", "is not the base64 of a P-256 SubjectPublicKeyInfo");
        let text = text.trim();
        if text.len() > 256 {
            return Err(BAD);
        }
        Self::from_spki(&base64::decode(text).ok_or(BAD)?).ok_or(BAD)
    }

    /// Reads a query's `publicKey`, which is the base64 of the body's base64 text.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] as for [`PublicKey::parse`].
    pub fn parse_query(text: &str) -> Result<Self, Refusal> {
        const BAD: Refusal = Refusal::malformed("publicKey", "is not the base64 of a key's base64 text");
        let text = text.trim();
        if text.len() > 512 {
            return Err(BAD);
        }
        let inner = String::from_utf8(base64::decode(text).ok_or(BAD)?).map_err(|_| BAD)?;
        Self::parse(&inner)
    }

    /// Reads SPKI DER. `None` for other curves, points off the curve and lax encodings.
    pub fn from_spki(der: &[u8]) -> Option<Self> {
        let key = p256::PublicKey::from_public_key_der(der).ok()?;
        let spki = key.to_public_key_der().ok()?.into_vec();
        Some(Self { key: VerifyingKey::from(key), spki })
    }

    /// The canonical SPKI DER (uncompressed point), whatever form was sent.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Base64 of [`PublicKey::spki`], as it is stored.
    pub fn to_text(&self) -> String {
        base64::encode(&self.spki)
    }

    /// The name by which the key is found.
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint(Digest::of(&self.spki).to_text())
    }

    /// Whether `signature` (base64 of DER) is this key's over `message`.
    ///
    /// # Errors
    /// [`Refusal::InvalidCredential`] if it is not.
    pub fn verify(&self, message: &[u8], signature: &DeviceSignature) -> Result<(), Refusal> {
        if ecdsa::has_signed(&self.key, message, &signature.0) { Ok(()) } else { Err(Refusal::InvalidCredential) }
    }

    /// Whether the device signed its own removal, with a clock that is at most [`REMOVAL_SKEW_WINDOWS`] off. The signed
    /// text is the number of ten-minute windows since the epoch, printed as a double (`2966600.0`). If the clock is at
    /// most one window off, the plain integer is accepted too. Each try is a verification, so the nearest windows come
    /// first: a right clock costs one, a forgery 22.
    ///
    /// # Errors
    /// As for [`PublicKey::verify`].
    pub fn verify_removal(&self, now: Timestamp, signature: &DeviceSignature) -> Result<Removal, Refusal> {
        let window = now.seconds().div_euclid(WINDOW_SECONDS);
        let signs = |text: String| self.verify(text.as_bytes(), signature).is_ok();
        let signed = (0..=REMOVAL_SKEW_WINDOWS)
            .flat_map(|off| [-off, off])
            .skip(1)
            .find(|off| signs(format!("{}.0", window + off)) || (off.abs() <= 1 && signs((window + off).to_string())))
            .map(|off| window + off);
        let last = signed.ok_or(Refusal::InvalidCredential)? + REMOVAL_SKEW_WINDOWS;
        let valid_until = Timestamp::from_millis((last + 1) * WINDOW_SECONDS * 1_000);
        Ok(Removal { signature: signature.r(), valid_until })
    }
}

const WINDOW_SECONDS: i64 = 600;

/// How many windows of ten minutes a phone's clock may be behind or ahead when it removes its key. An hour and a half
/// covers a clock set by hand and the wrong summer time.
pub const REMOVAL_SKEW_WINDOWS: i64 = 9;

/// A removal that the key signed. It works once. It is then remembered for as long as it could be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The `r` by which it is remembered.
    pub signature: SignatureR,
    /// From this instant the signature is refused by its age.
    pub valid_until: Timestamp,
}

/// SHA-256 of a key's canonical SPKI, base64url. A credential's name within its tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// The text, as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the stored form.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An ECDSA signature in strict DER.
#[derive(Clone)]
pub struct DeviceSignature(Signature);
redacted!(DeviceSignature);

impl DeviceSignature {
    /// Reads base64 of DER, either alphabet, padded or not.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for anything else, raw `r||s` and BER included.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        const BAD: Refusal = Refusal::malformed("signature", "is not the base64 of a DER signature");
        let text = text.trim();
        if text.len() > 128 {
            return Err(BAD);
        }
        base64::decode(text).and_then(|der| Self::from_der(&der)).ok_or(BAD)
    }

    /// Reads DER.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        Signature::from_der(der).ok().map(Self)
    }

    /// The part by which an accepted signature is remembered.
    pub fn r(&self) -> SignatureR {
        SignatureR(self.0.split_bytes().0.into())
    }
}

/// The `r` of a signature. The signature `(r, s)` and its twin `(r, n - s)` are both valid and share `r`. Only the key
/// can make another signature with that `r`, so refusing a repeated `r` refuses both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureR([u8; 32]);

impl SignatureR {
    /// Base64url, as it is stored.
    pub fn to_text(&self) -> String {
        base64::encode_url(&self.0)
    }

    /// Reads the stored form.
    pub fn from_text(text: &str) -> Option<Self> {
        base64::decode(text)?.try_into().ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::Signer as _;

    use super::*;

    fn device() -> (SigningKey, PublicKey) {
        let signing = SigningKey::from_slice(&[0x42; 32]).unwrap();
        let der = signing.verifying_key().to_public_key_der().unwrap();
        (signing, PublicKey::from_spki(der.as_bytes()).unwrap())
    }

    fn sign(signing: &SigningKey, message: &str) -> DeviceSignature {
        let signature: Signature = signing.sign(message.as_bytes());
        DeviceSignature::parse(&base64::encode(signature.to_der().as_bytes())).unwrap()
    }

    #[test]
    fn both_platforms_key_forms_name_the_same_key() {
        let (_, key) = device();
        let text = key.to_text();
        assert!(text.starts_with("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"));
        let android = base64::encode(text.as_bytes());
        let ios = base64::encode_url(text.as_bytes());
        for query in [android, ios] {
            assert_eq!(PublicKey::parse_query(&query).unwrap().thumbprint(), key.thumbprint());
        }
        assert_eq!(PublicKey::parse(&text).unwrap(), key);
    }

    #[test]
    fn a_key_sent_once_encoded_in_a_query_is_refused() {
        let (_, key) = device();
        assert!(PublicKey::parse_query(&key.to_text()).is_err());
    }

    fn window(number: i64) -> Timestamp {
        Timestamp::from_millis(number * 600_000)
    }

    #[test]
    fn a_removal_is_good_where_the_clock_is_an_hour_and_a_half_off_at_most() {
        let (signing, key) = device();
        let now = window(2_966_600).plus(5);
        for good in ["2966600.0", "2966600", "2966599", "2966601", "2966591.0", "2966609.0"] {
            assert!(key.verify_removal(now, &sign(&signing, good)).is_ok(), "{good}");
        }
        for bad in ["2966590.0", "2966610.0", "2966602", "2966600.00", "2966600."] {
            assert_eq!(key.verify_removal(now, &sign(&signing, bad)), Err(Refusal::InvalidCredential), "{bad}");
        }
    }

    #[test]
    fn a_removal_is_remembered_for_as_long_as_it_is_good() {
        let (signing, key) = device();
        for signed in [2_966_591, 2_966_600, 2_966_609] {
            let signature = sign(&signing, &format!("{signed}.0"));
            let removal = key.verify_removal(window(2_966_600), &signature).unwrap();
            assert_eq!(removal.signature, signature.r());
            assert!(key.verify_removal(removal.valid_until.plus(-1), &signature).is_ok());
            assert!(key.verify_removal(removal.valid_until, &signature).is_err());
        }
    }

    #[test]
    fn a_signature_and_its_twin_have_one_r() {
        let (signing, key) = device();
        let signature = sign(&signing, "2966600.0");
        let (r, s) = signature.0.split_scalars();
        let twin = DeviceSignature(Signature::from_scalars(*r, -*s).unwrap());
        assert_ne!(twin.0, signature.0);
        assert_eq!(key.verify(b"2966600.0", &twin), Ok(()));
        assert_eq!(twin.r(), signature.r());
        assert_eq!(SignatureR::from_text(&twin.r().to_text()), Some(signature.r()));
        assert_ne!(sign(&signing, "2966601.0").r(), signature.r());
    }

    #[test]
    fn a_raw_signature_is_refused() {
        let (signing, _) = device();
        let raw: Signature = signing.sign(b"x");
        assert!(DeviceSignature::parse(&base64::encode(&raw.to_bytes())).is_err());
    }
}
