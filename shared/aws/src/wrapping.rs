//! What wraps the private halves of the signing keys: KMS, or a file on a developer's machine.

use std::path::Path;

use aes_gcm::aead::Aead as _;
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use aws_sdk_kms::primitives::Blob;
use service::Unavailable;
use service::port::Entropy as _;

use crate::failure::describe;
use crate::{Cloud, WrappingKey};

const NONCE_BYTES: usize = 12;

impl Cloud {
    pub(crate) async fn wrap_key(&self, secret: &[u8]) -> Result<Vec<u8>, Unavailable> {
        match &self.settings.wrapping_key {
            WrappingKey::Kms(key) => {
                let call = self.kms().encrypt().key_id(key).plaintext(Blob::new(secret));
                let output = call.encryption_context(PURPOSE.0, PURPOSE.1).send().await;
                let output = output.map_err(|error| Unavailable::new("KMS", describe(&error)))?;
                output.ciphertext_blob.map(Blob::into_inner).ok_or_else(|| Unavailable::new("KMS", "it gave nothing"))
            }
            WrappingKey::File(path) => {
                let nonce: [u8; NONCE_BYTES] = self.random()?;
                let sealed = cipher(path)?.encrypt(&Nonce::from(nonce), secret);
                let sealed = sealed.map_err(|_| broken(path, "cannot wrap"))?;
                Ok([&nonce[..], &sealed].concat())
            }
        }
    }

    pub(crate) async fn unwrap_key(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, Unavailable> {
        match &self.settings.wrapping_key {
            WrappingKey::Kms(key) => {
                let call = self.kms().decrypt().key_id(key).ciphertext_blob(Blob::new(wrapped));
                let output = call.encryption_context(PURPOSE.0, PURPOSE.1).send().await;
                let output = output.map_err(|error| Unavailable::new("KMS", describe(&error)))?;
                output.plaintext.map(Blob::into_inner).ok_or_else(|| Unavailable::new("KMS", "it gave nothing"))
            }
            WrappingKey::File(path) => {
                let (nonce, sealed) =
                    wrapped.split_first_chunk::<NONCE_BYTES>().ok_or_else(|| broken(path, "wraps nothing so short"))?;
                let opened = cipher(path)?.decrypt(&Nonce::from(*nonce), sealed);
                opened.map_err(|_| broken(path, "is not the one that wrapped the signing keys in this table"))
            }
        }
    }

    fn kms(&self) -> aws_sdk_kms::Client {
        aws_sdk_kms::Client::new(&self.sdk)
    }
}

/// KMS unwraps only for the same purpose, so a ciphertext from elsewhere in the account is of no use here.
const PURPOSE: (&str, &str) = ("purpose", "scanlatch signing key");

fn cipher(path: &Path) -> Result<Aes256Gcm, Unavailable> {
    let text = std::fs::read_to_string(path).map_err(|error| broken(path, &error.to_string()))?;
    let text = text.trim();
    let bytes: Option<Vec<u8>> = (0..text.len())
        .step_by(2)
        .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    let bytes = bytes.filter(|bytes| bytes.len() == 32).ok_or_else(|| broken(path, "does not hold 32 bytes in hex"))?;
    Aes256Gcm::new_from_slice(&bytes).map_err(|_| broken(path, "is no AES-256 key"))
}

fn broken(path: &Path, why: &str) -> Unavailable {
    Unavailable::new("the wrapping key file", format!("{} {why}", path.display()))
}
