//! A fake KMS for the store contract. Its ciphertext names the key and the context in the clear.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The only key.
pub const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/store";

/// Answers until the process ends.
pub async fn serve(listener: TcpListener) {
    axum::serve(listener, Router::new().fallback(answer)).await.unwrap();
}

async fn answer(headers: HeaderMap, body: Bytes) -> (StatusCode, Json<Value>) {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let refused = |kind: &str| (StatusCode::BAD_REQUEST, Json(json!({ "__type": kind })));
    if request["KeyId"] != KEY {
        return refused("NotFoundException");
    }
    let context = &request["EncryptionContext"];
    match headers["x-amz-target"].to_str().unwrap() {
        "TrentService.Encrypt" => {
            let wrapped = json!({ "context": context, "plaintext": request["Plaintext"] });
            (StatusCode::OK, Json(json!({ "KeyId": KEY, "CiphertextBlob": STANDARD.encode(wrapped.to_string()) })))
        }
        "TrentService.Decrypt" => {
            let blob = STANDARD.decode(request["CiphertextBlob"].as_str().unwrap()).unwrap();
            match serde_json::from_slice::<Value>(&blob) {
                Ok(wrapped) if wrapped["context"] == *context => {
                    (StatusCode::OK, Json(json!({ "KeyId": KEY, "Plaintext": wrapped["plaintext"] })))
                }
                _ => refused("InvalidCiphertextException"),
            }
        }
        _ => refused("UnknownOperationException"),
    }
}
