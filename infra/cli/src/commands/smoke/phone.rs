//! A phone with a fresh P-256 key, as the mobile SDKs drive it.

use p256::ecdsa::signature::RandomizedSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::rand_core::OsRng;
use p256::pkcs8::EncodePublicKey as _;
use scanlatch_protocol::base64;
use scanlatch_service::port::{Clock as _, Entropy as _};
use scanlatch_service::system::System;
use serde_json::{Value, json};

use crate::commands::smoke::api::{Api, SmokeError, basic, expect};
use crate::commands::smoke::site::Site;
use crate::console::failure::CommandError;

const PATH: &str = "/client/user-authenticators/qr-code";

/// A phone.
pub struct Phone {
    api: Api,
    authorization: String,
    key: SigningKey,
    public_key: String,
}

impl Phone {
    /// A phone of the site's tenant, not enrolled.
    ///
    /// # Errors
    /// If the machine has no randomness.
    pub fn new(site: &Site) -> Result<Self, CommandError> {
        let unlucky = |_| CommandError::failed("no key could be made; try again");
        let key = SigningKey::from_slice(&System.random::<32>()?).map_err(unlucky)?;
        let spki = key.verifying_key().to_public_key_der();
        let public_key =
            base64::encode(spki.map_err(|_| CommandError::failed("no key could be made; try again"))?.as_bytes());
        Ok(Self { api: site.api.clone(), authorization: basic(&site.secret.tenant().to_string()), key, public_key })
    }

    /// Enrols with a user token.
    pub async fn enrol(&self, token: &str) -> Result<(), SmokeError> {
        let body = json!({ "publicKey": self.public_key, "deviceName": "Smoke test", "devicePlatform": "android" });
        self.api.post(PATH, &format!("Bearer {token}"), &body).await.map(|_| ())
    }

    /// Claims a challenge.
    pub async fn claim(&self, challenge: &str) -> Result<(), SmokeError> {
        let answer = self.post("/challenge/claim", &self.signed(challenge)).await?;
        expect(&answer, "success", true)
    }

    /// Approves a challenge.
    pub async fn approve(&self, challenge: &str) -> Result<(), SmokeError> {
        let mut body = self.signed(challenge);
        body["approved"] = true.into();
        let answer = self.post("/challenge", &body).await?;
        expect(&answer, "isVerified", true)
    }

    /// Removes its key.
    pub async fn remove(&self) -> Result<(), SmokeError> {
        let window = System.now().seconds() / 600;
        let body = json!({ "publicKey": self.public_key, "signature": self.sign(&format!("{window}.0")) });
        self.post("/remove", &body).await.map(|_| ())
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, SmokeError> {
        self.api.post(&format!("{PATH}{path}"), &self.authorization, body).await
    }

    fn signed(&self, challenge: &str) -> Value {
        json!({ "challengeId": challenge, "publicKey": self.public_key, "signature": self.sign(challenge) })
    }

    fn sign(&self, message: &str) -> String {
        sign(&self.key, message)
    }
}

/// Signs with fresh randomness, as phones do: an approval must not repeat the claim's nonce.
fn sign(key: &SigningKey, message: &str) -> String {
    let signature: Signature = key.sign_with_rng(&mut OsRng, message.as_bytes());
    base64::encode(signature.to_der().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_fresh() {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        assert_ne!(sign(&key, "x"), sign(&key, "x"));
    }
}
