//! A phone with a P-256 key, as the Android SDK drives it.

use anyhow::{Context as _, Result};
use p256::ecdsa::signature::RandomizedSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::rand_core::OsRng;
use p256::pkcs8::EncodePublicKey as _;
use scanlatch_protocol::base64;
use scanlatch_service::port::{Clock as _, Entropy as _};
use scanlatch_service::system::System;
use serde_json::{Value, json};

use crate::api::{Answer, Api, basic};

/// A phone.
#[derive(Clone, Debug)]
pub struct Phone {
    api: Api,
    key: SigningKey,
    tenant: String,
    kind: &'static str,
}

impl Phone {
    /// A phone of the tenant with a fresh key, not enrolled, of the older SDK generation (`/device`).
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn new(api: Api, tenant_id: &str) -> Result<Self> {
        let key = SigningKey::from_slice(&System.random::<32>()?).context("an unlucky number")?;
        Ok(Self { api, key, tenant: tenant_id.to_owned(), kind: "device" })
    }

    /// The same phone after its app's SDK was renewed (`/qr-code`).
    #[must_use]
    pub fn with_newer_sdk(self) -> Self {
        Self { kind: "qr-code", ..self }
    }

    /// The same phone with the SDK's credentials for one app (`/in-app`).
    #[must_use]
    pub fn in_app(self) -> Self {
        Self { kind: "in-app", ..self }
    }

    /// The same key at another tenant.
    #[must_use]
    pub fn at_tenant(self, tenant_id: &str) -> Self {
        Self { tenant: tenant_id.to_owned(), ..self }
    }

    /// The public key as it travels in bodies.
    pub fn public_key(&self) -> String {
        let spki = self.key.verifying_key().to_public_key_der().map(p256::pkcs8::Document::into_vec);
        base64::encode(&spki.unwrap_or_default())
    }

    /// A signature as it travels, with fresh randomness: an approval must not repeat the claim's nonce.
    pub fn sign(&self, message: &str) -> String {
        let signature: Signature = self.key.sign_with_rng(&mut OsRng, message.as_bytes());
        base64::encode(signature.to_der().as_bytes())
    }

    /// Enrols with a user token.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn enrol(&self, token: &str) -> Result<Answer> {
        self.enrol_as(token, "Pixel 9", "android").await
    }

    /// Enrols with a user token and what it says of itself.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn enrol_as(&self, token: &str, name: &str, platform: &str) -> Result<Answer> {
        let body = json!({ "publicKey": self.public_key(), "deviceName": name, "devicePlatform": platform });
        self.api.post(&self.path(""), &format!("Bearer {token}"), &body).await
    }

    /// Asks for its credential.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn credential(&self) -> Result<Answer> {
        let key = base64::encode(self.public_key().as_bytes());
        self.api.get(&format!("{}?publicKey={key}", self.path("")), &self.authorization()).await
    }

    /// Removes its credential.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn remove(&self) -> Result<Answer> {
        self.remove_with(&self.removal(0)).await
    }

    /// What it signs to be removed when its clock is `ahead` seconds ahead.
    pub fn removal(&self, ahead: i64) -> String {
        self.sign(&format!("{}.0", (System.now().seconds() + ahead) / 600))
    }

    /// Removes its credential with this signature.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn remove_with(&self, signature: &str) -> Result<Answer> {
        let body = json!({ "publicKey": self.public_key(), "signature": signature });
        self.api.post(&self.path("/remove"), &self.authorization(), &body).await
    }

    /// Claims a challenge.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn claim(&self, challenge: &str) -> Result<Answer> {
        self.claim_with(&self.signed(challenge)).await
    }

    /// Claims with any body.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn claim_with(&self, body: &Value) -> Result<Answer> {
        self.api.post(&self.path("/challenge/claim"), &self.authorization(), body).await
    }

    /// Approves or declines.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn decide(&self, challenge: &str, approved: bool) -> Result<Answer> {
        let mut body = self.signed(challenge);
        body["approved"] = approved.into();
        body["verificationCode"] = Value::Null;
        self.decide_with(&body).await
    }

    /// Decides with any body.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn decide_with(&self, body: &Value) -> Result<Answer> {
        self.api.post(&self.path("/challenge"), &self.authorization(), body).await
    }

    /// Asks what waits for its user.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn pending(&self) -> Result<Answer> {
        let key = base64::encode(self.public_key().as_bytes());
        let path = format!("/client/user-authenticators/device/challenge?publicKey={key}");
        self.api.get(&path, &self.authorization()).await
    }

    /// Opens a challenge for itself, as a trusted device.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn open(&self, body: &Value) -> Result<Answer> {
        self.api.post("/client/challenge", &self.authorization(), body).await
    }

    /// Opens a challenge for itself with a user token.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn open_for_user(&self, token: &str, body: &Value) -> Result<Answer> {
        self.api.post("/client/challenge", &format!("Bearer {token}"), body).await
    }

    /// Verifies its user with a challenge that it opened.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn verify(&self, challenge: &str) -> Result<Answer> {
        let kind = if self.kind == "in-app" { "in-app" } else { "device" };
        self.api.post(&format!("/client/verify/{kind}"), &self.authorization(), &self.signed(challenge)).await
    }

    /// A challenge with this phone's signature over it.
    pub fn signed(&self, challenge: &str) -> Value {
        json!({ "challengeId": challenge, "publicKey": self.public_key(), "signature": self.sign(challenge) })
    }

    /// Its `Authorization` header.
    pub fn authorization(&self) -> String {
        basic(&self.tenant)
    }

    /// A path of its generation.
    pub fn path(&self, rest: &str) -> String {
        format!("/client/user-authenticators/{}{rest}", self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_fresh() {
        let phone = Phone::new(Api::new("http://localhost"), "tenant").unwrap();
        assert_ne!(phone.sign("x"), phone.sign("x"));
    }
}
