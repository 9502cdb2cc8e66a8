//! KMS, as far as functions use it: `Encrypt` and `Decrypt` with one key, which is a file in the data folder.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html>

use std::path::Path;
use std::sync::Arc;

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use scanlatch_service::port::Entropy as _;
use scanlatch_service::system::System;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::host;
use crate::iam::access::Access;
use crate::iam::guard::{self, Guard};
use crate::private;

const NONCE_BYTES: usize = 12;
const ALGORITHM: &str = "SYMMETRIC_DEFAULT";

/// A key that does not leave this process.
pub struct Key {
    arn: String,
    cipher: Aes256Gcm,
}

/// A refusal of KMS: the error's type and its message.
type Refused = (&'static str, String);

impl Key {
    /// Reads the key of this data folder, or makes it.
    ///
    /// # Errors
    /// If the file cannot be used.
    pub fn in_folder(folder: &Path, arn: String) -> Result<Self> {
        let path = folder.join("wrapping.key");
        if !path.exists() {
            private::write(&path, &hex::encode(random::<32>()?))
                .with_context(|| format!("{} cannot be written", path.display()))?;
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).with_context(|| {
            format!("{} does not hold 32 bytes in hex; delete the data folder, or bring its file back", path.display())
        })?;
        Ok(Self { arn, cipher: Aes256Gcm::new(&bytes.into()) })
    }

    /// Answers `Encrypt` or `Decrypt`.
    fn answer(&self, operation: &str, request: &Value) -> Result<Value, Refused> {
        let wanted = request["KeyId"].as_str();
        if wanted.is_some_and(|wanted| wanted != self.arn) {
            return Err(match operation {
                "Decrypt" => (
                    "IncorrectKeyException",
                    "The key ID in the request does not identify a CMK that can perform this operation.".to_owned(),
                ),
                _ => ("NotFoundException", format!("Key '{}' does not exist", wanted.unwrap_or_default())),
            });
        }
        match operation {
            "Encrypt" => {
                let sealed = self.seal(&bytes(&request["Plaintext"])?, &context(request))?;
                Ok(
                    json!({ "CiphertextBlob": STANDARD.encode(sealed), "EncryptionAlgorithm": ALGORITHM, "KeyId": self.arn }),
                )
            }
            "Decrypt" => {
                let opened = self.open(&bytes(&request["CiphertextBlob"])?, &context(request))?;
                Ok(json!({ "EncryptionAlgorithm": ALGORITHM, "KeyId": self.arn, "Plaintext": STANDARD.encode(opened) }))
            }
            _ => Err(("UnknownOperationException", format!("{operation} is not played on this machine"))),
        }
    }

    /// The key's ARN with its length, a nonce, and the ciphertext, which is bound to the context.
    fn seal(&self, secret: &[u8], context: &str) -> Result<Vec<u8>, Refused> {
        let internal = |_| ("KMSInternalException", "it cannot be encrypted".to_owned());
        let nonce = random::<NONCE_BYTES>().map_err(|error| ("KMSInternalException", error.to_string()))?;
        let payload = Payload { msg: secret, aad: context.as_bytes() };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload).map_err(internal)?;
        Ok([self.head().as_slice(), &nonce, &sealed].concat())
    }

    fn open(&self, blob: &[u8], context: &str) -> Result<Vec<u8>, Refused> {
        let invalid = || ("InvalidCiphertextException", String::new());
        let rest = blob.strip_prefix(self.head().as_slice()).ok_or_else(invalid)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(invalid)?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        self.cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| invalid())
    }

    fn head(&self) -> Vec<u8> {
        let length = u16::try_from(self.arn.len()).unwrap_or(u16::MAX).to_be_bytes();
        [&length, self.arn.as_bytes()].concat()
    }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    Ok(System.random()?)
}

fn bytes(value: &Value) -> Result<Vec<u8>, Refused> {
    let decoded = value.as_str().and_then(|text| STANDARD.decode(text).ok());
    decoded.ok_or_else(|| ("SerializationException", "a text in base64 was expected".to_owned()))
}

/// The context in one form, whatever the order of its members.
fn context(request: &Value) -> String {
    match &request["EncryptionContext"] {
        Value::Null => String::new(),
        context => context.to_string(),
    }
}

struct Player {
    key: Key,
    guard: Arc<Guard>,
}

/// Starts KMS on its own port, and returns its URL.
///
/// # Errors
/// If there is no free port.
pub async fn start(key: Key, guard: Arc<Guard>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port for the key service")?;
    let url = format!("http://{}", listener.local_addr()?);
    let routes = Router::new()
        .fallback(play)
        .layer(from_fn(host::from_this_machine))
        .with_state(Arc::new(Player { key, guard }));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}

async fn play(State(player): State<Arc<Player>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let Some(operation) = target.strip_prefix("TrentService.") else {
        return refuse(("UnknownOperationException", "this is the key service".to_owned()));
    };
    let request = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let access = Access::kms(operation, player.key.arn.clone(), &request);
    if let Err(denied) = player.guard.admit(&headers, &[access]) {
        return refuse((guard::DENIED, denied.message));
    }
    match player.key.answer(operation, &request) {
        Ok(answer) => respond(StatusCode::OK, &answer),
        Err(refused) => refuse(refused),
    }
}

fn refuse((kind, message): Refused) -> Response {
    respond(StatusCode::BAD_REQUEST, &json!({ "__type": kind, "message": message }))
}

fn respond(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.1")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(folder: &Path) -> Key {
        Key::in_folder(folder, "arn:aws:kms:r:1:key/K".to_owned()).unwrap()
    }

    fn encrypt(key: &Key) -> Value {
        let request = json!({
            "KeyId": key.arn,
            "Plaintext": STANDARD.encode("secret"),
            "EncryptionContext": { "purpose": "test", "a": "b" },
        });
        key.answer("Encrypt", &request).unwrap()["CiphertextBlob"].clone()
    }

    fn decrypt(key: &Key, id: &Value, blob: &Value, context: &Value) -> Result<String, &'static str> {
        let request = json!({ "KeyId": id, "CiphertextBlob": blob, "EncryptionContext": context });
        let answer = key.answer("Decrypt", &request).map_err(|(kind, _)| kind)?;
        Ok(String::from_utf8(bytes(&answer["Plaintext"]).unwrap()).unwrap())
    }

    #[test]
    fn what_is_encrypted_is_decrypted_by_the_same_key_for_the_same_context_only() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let blob = encrypt(&key(folder.path()));
        let context = json!({ "a": "b", "purpose": "test" });
        let found = key(folder.path());
        assert_eq!(decrypt(&found, &Value::Null, &blob, &context).as_deref(), Ok("secret"));
        assert_eq!(decrypt(&found, &json!(found.arn), &blob, &context).as_deref(), Ok("secret"));
        assert_eq!(decrypt(&found, &Value::Null, &blob, &json!({ "a": "b" })), Err("InvalidCiphertextException"));
        assert_eq!(decrypt(&found, &Value::Null, &blob, &Value::Null), Err("InvalidCiphertextException"));
        assert_eq!(decrypt(&key(other.path()), &Value::Null, &blob, &context), Err("InvalidCiphertextException"));
        assert_eq!(decrypt(&found, &json!("arn:aws:kms:r:1:key/L"), &blob, &context), Err("IncorrectKeyException"));
    }

    #[test]
    fn what_was_sealed_for_no_key_and_no_context_is_no_ciphertext() {
        let folder = tempfile::tempdir().unwrap();
        let key = key(folder.path());
        let nonce = [7; NONCE_BYTES];
        let sealed = key.cipher.encrypt(&Nonce::from(nonce), b"secret".as_slice()).unwrap();
        let blob = json!(STANDARD.encode([nonce.as_slice(), &sealed].concat()));
        assert_eq!(decrypt(&key, &json!(key.arn), &blob, &Value::Null), Err("InvalidCiphertextException"));
    }

    #[test]
    fn a_damaged_file_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("wrapping.key"), "zz").unwrap();
        let error = Key::in_folder(folder.path(), String::new()).err().unwrap();
        assert!(error.to_string().contains("does not hold 32 bytes in hex"), "{error}");
    }
}
