//! The types of signing keys, and how a key of each is stored.

use scanlatch_protocol::rsa::{RsaPublicKey, RsaSigningKey};
use scanlatch_protocol::signing::{PublicKey, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::key;

/// A type of private key, with where and how its keys are stored.
pub(crate) trait KeyType: Sized + Send + Sync + 'static {
    /// Its public half.
    type Public: PublicKey + Send + Sync;

    /// The partition of all its keys.
    const PARTITION: &'static str;

    fn public(&self) -> &Self::Public;
    fn to_text(public: &Self::Public) -> String;
    fn from_text(text: &str) -> Option<Self::Public>;
    fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>>;
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

impl KeyType for SigningKey {
    type Public = VerifyingKey;

    const PARTITION: &'static str = key::SIGNING;

    fn public(&self) -> &VerifyingKey {
        self.public()
    }

    fn to_text(public: &VerifyingKey) -> String {
        public.to_text()
    }

    fn from_text(text: &str) -> Option<VerifyingKey> {
        VerifyingKey::from_text(text)
    }

    fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        Some(Zeroizing::new(self.to_bytes().to_vec()))
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().and_then(Self::from_bytes)
    }
}

impl KeyType for RsaSigningKey {
    type Public = RsaPublicKey;

    const PARTITION: &'static str = key::RSA;

    fn public(&self) -> &RsaPublicKey {
        self.public()
    }

    fn to_text(public: &RsaPublicKey) -> String {
        public.to_text()
    }

    fn from_text(text: &str) -> Option<RsaPublicKey> {
        RsaPublicKey::from_text(text)
    }

    fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.signer().to_pkcs8()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        scanlatch_rsa::read_key(bytes)
    }
}
