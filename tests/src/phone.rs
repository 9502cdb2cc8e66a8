//! A phone with a P-256 key, as the Android SDK drives it.

use anyhow::Result;
use scanlatch_client::{Device, SoftwareKey};
use scanlatch_protocol::credential::CredentialKind;
use scanlatch_service::port::Clock as _;
use scanlatch_service::system::System;
use serde_json::Value;

use crate::api::{Answer, Api, answer};

/// A phone with a key.
#[derive(Clone, Debug)]
pub struct Phone(Device);

impl Phone {
    /// A phone of the tenant with a fresh key, not enrolled, of the older SDK generation (`/device`).
    pub fn new(api: Api, tenant_id: &str) -> Self {
        let device = Device::new(api.into_service(), tenant_id, SoftwareKey::generate());
        Self(device.of_kind(CredentialKind::Device))
    }

    /// The same phone after its app moved to a newer SDK (`/qr-code`).
    #[must_use]
    pub fn with_newer_sdk(self) -> Self {
        Self(self.0.of_kind(CredentialKind::QrCode))
    }

    /// The same phone with the SDK's credentials for one app (`/in-app`).
    #[must_use]
    pub fn in_app(self) -> Self {
        Self(self.0.of_kind(CredentialKind::InApp))
    }

    /// The same key at another tenant.
    #[must_use]
    pub fn at_tenant(self, tenant_id: &str) -> Self {
        Self(self.0.at_tenant(tenant_id))
    }

    /// The public key as it travels in bodies.
    pub fn public_key(&self) -> String {
        self.0.public_key()
    }

    /// A signature as it travels, always with fresh randomness: an approval must not repeat the claim's nonce.
    pub fn sign(&self, message: &str) -> String {
        self.0.sign(message).unwrap_or_default()
    }

    /// Enrols with a user token.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn enrol(&self, token: &str) -> Result<Answer> {
        self.enrol_as(token, "Pixel 9", "android").await
    }

    /// Enrols with a user token, this name and this platform.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn enrol_as(&self, token: &str, name: &str, platform: &str) -> Result<Answer> {
        answer(self.0.enrol(token, name, platform)).await
    }

    /// Asks for its credential.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn credential(&self) -> Result<Answer> {
        answer(self.0.credential()).await
    }

    /// Removes its credential.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn remove(&self) -> Result<Answer> {
        answer(self.0.remove(System.now())).await
    }

    /// The signature of a removal by a clock that is `ahead` seconds ahead.
    pub fn removal(&self, ahead: i64) -> String {
        self.0.removal(System.now().plus(ahead * 1000)).unwrap_or_default()
    }

    /// Removes its credential with this signature.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn remove_with(&self, signature: &str) -> Result<Answer> {
        answer(self.0.remove_with(Ok(signature.to_owned()))).await
    }

    /// Claims a challenge.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn claim(&self, challenge: &str) -> Result<Answer> {
        answer(self.0.claim(challenge)).await
    }

    /// Claims with any body.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn claim_with(&self, body: &Value) -> Result<Answer> {
        answer(self.0.claim("").json(body)).await
    }

    /// Approves or declines.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn decide(&self, challenge: &str, approved: bool) -> Result<Answer> {
        answer(self.0.decide(challenge, approved)).await
    }

    /// Decides with any body.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn decide_with(&self, body: &Value) -> Result<Answer> {
        answer(self.0.decide("", true).json(body)).await
    }

    /// Asks what waits for its user.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn pending(&self) -> Result<Answer> {
        answer(self.0.pending()).await
    }

    /// Opens a challenge for itself, as a trusted device.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn open(&self, body: &Value) -> Result<Answer> {
        answer(self.0.open(None).json(body)).await
    }

    /// Opens a challenge for itself with a user token.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn open_for_user(&self, token: &str, body: &Value) -> Result<Answer> {
        answer(self.0.open_for_user(token).json(body)).await
    }

    /// Verifies its user with a challenge that it opened.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn verify(&self, challenge: &str) -> Result<Answer> {
        answer(self.0.verify(challenge)).await
    }

    /// A challenge with this phone's signature over it.
    pub fn signed(&self, challenge: &str) -> Value {
        self.0.signed(challenge).unwrap_or_default()
    }

    /// Its `Authorization` header.
    pub fn authorization(&self) -> String {
        self.0.authorization()
    }

    /// A path of its SDK generation.
    pub fn path(&self, rest: &str) -> String {
        self.0.path(rest)
    }
}
