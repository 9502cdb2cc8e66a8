//! Phones: pending challenges, claims, decisions, and devices that verify their users.

#![expect(clippy::unwrap_used, reason = "a test cannot go on without; its own texts are well formed")]

use p256::ecdsa::signature::RandomizedSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::rand_core::OsRng;
use p256::pkcs8::EncodePublicKey as _;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::{Challenge, Decision};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::credential::{Credential, CredentialKind, Device};
use scanlatch_protocol::id::ChallengeId;
use scanlatch_protocol::key::{DeviceSignature, PublicKey};
use scanlatch_protocol::proximity::Sight;
use scanlatch_protocol::short_code::ShortCode;
use scanlatch_protocol::wire::device::{
    Claim, ClaimRequest, ClaimResponse, DecideRequest, DecideResponse, TrustedDeviceRequest, VerifyRequest,
};

use scanlatch_service::{Result, claim, claim_by_code, decide, enrol, pending, remove, trusted_device, verify};
use scanlatch_testkit::scene::fresh;
use serde_json::{Value, json, to_value};

use super::screens::viewer;
use super::{ADD, World};

/// A phone's key pair.
pub struct Phone {
    signing: SigningKey,
    pub key: PublicKey,
}

impl Phone {
    pub fn new() -> Self {
        let signing = SigningKey::from_slice(&fresh::<32>()).unwrap();
        let spki = signing.verifying_key().to_public_key_der().unwrap();
        Self { signing, key: PublicKey::from_spki(spki.as_bytes()).unwrap() }
    }

    pub fn sign(&self, text: &str) -> DeviceSignature {
        let signature: Signature = self.signing.sign_with_rng(&mut OsRng, text.as_bytes());
        DeviceSignature::from_der(signature.to_der().as_bytes()).unwrap()
    }

    /// The body of a claim; a decision adds `approved`.
    pub fn signed(&self, id: &ChallengeId) -> Value {
        let signature: Signature = self.signing.sign_with_rng(&mut OsRng, id.to_string().as_bytes());
        json!({
            "challengeId": id.to_string(),
            "publicKey": self.key.to_text(),
            "signature": scanlatch_protocol::base64::encode(signature.to_der().as_bytes()),
        })
    }

    /// The body of a claim by short code.
    pub fn signed_code(&self, typed: &str) -> Value {
        let text = ShortCode::parse(typed).unwrap().signed_text();
        let signature: Signature = self.signing.sign_with_rng(&mut OsRng, text.as_bytes());
        json!({
            "shortCode": typed,
            "publicKey": self.key.to_text(),
            "signature": scanlatch_protocol::base64::encode(signature.to_der().as_bytes()),
        })
    }
}

impl World {
    pub async fn try_enrol(&self, phone: &Phone, token: &str) -> Result<Credential> {
        let (key, device) = (phone.key.clone(), Device::default());
        enrol::run(&self.store, &self.issuer, token, CredentialKind::QrCode, key, device).await
    }

    /// A phone enrolled for a user.
    pub async fn phone(&self, user: &str) -> Phone {
        let phone = Phone::new();
        self.try_enrol(&phone, &self.token(user, json!({"scope": ADD})).await).await.unwrap();
        phone
    }

    pub async fn try_remove(&self, phone: &Phone, signed: &str) -> Result<Option<String>> {
        let removed = remove::run(&self.store, &self.tenant, &phone.key, &phone.sign(signed)).await?;
        Ok(removed.map(|id| id.to_string()))
    }

    /// Sends the body of a claim.
    pub async fn try_send_claim(&self, body: &Value) -> Result<Value> {
        self.try_send_claim_from(body, None).await
    }

    /// Sends the body of a claim, from where the edge saw the phone.
    pub async fn try_send_claim_from(&self, body: &Value, seen: Option<Sight>) -> Result<Value> {
        let request: ClaimRequest = serde_json::from_value(body.clone()).unwrap();
        let answer = match request.accept()? {
            Claim::Scanned(signature) => {
                let claimed = Box::pin(claim::run(&self.store, &self.tenant, &signature.verify()?, seen)).await?;
                ClaimResponse::new(claimed.challenge, claimed.user_custom, claimed.asks_number)
            }
            Claim::Typed(signature) => {
                let claimed =
                    Box::pin(claim_by_code::run(&self.store, &self.tenant, &signature.verify()?, seen)).await?;
                ClaimResponse::with_id(claimed.challenge, claimed.user_custom, claimed.asks_number)
            }
        };
        Ok(to_value(answer).unwrap())
    }

    /// Claims by a code as its user typed it.
    pub async fn try_claim_by_code(&self, phone: &Phone, typed: &str) -> Result<Value> {
        self.try_send_claim(&phone.signed_code(typed)).await
    }

    pub async fn try_claim(&self, phone: &Phone, id: &ChallengeId) -> Result<Value> {
        self.try_send_claim(&phone.signed(id)).await
    }

    pub async fn claim(&self, phone: &Phone, id: &ChallengeId) -> Value {
        self.try_claim(phone, id).await.unwrap()
    }

    /// Sends the body of a decision: `body` with `approved`.
    pub async fn try_send_decision(&self, body: &Value, approved: bool) -> Result<Value> {
        let mut body = body.clone();
        body["approved"] = json!(approved);
        let (signature, decision, typed) = serde_json::from_value::<DecideRequest>(body).unwrap().accept()?;
        assert_eq!(decision, Decision::from_approved(approved));
        let state = decide::run(&self.store, &self.issuer, &self.tenant, &signature.verify()?, decision, typed).await?;
        Ok(to_value(DecideResponse::from(&state)).unwrap())
    }

    pub async fn try_decide(&self, phone: &Phone, id: &ChallengeId, approved: bool) -> Result<Value> {
        self.try_send_decision(&phone.signed(id), approved).await
    }

    pub async fn approve(&self, phone: &Phone, id: &ChallengeId) -> Value {
        self.try_decide(phone, id, true).await.unwrap()
    }

    /// Approves with a number.
    pub async fn try_approve_with(&self, phone: &Phone, id: &ChallengeId, typed: &str) -> Result<Value> {
        let mut body = phone.signed(id);
        body["verificationCode"] = json!(typed);
        self.try_send_decision(&body, true).await
    }

    pub async fn reject(&self, phone: &Phone, id: &ChallengeId) -> Value {
        self.try_decide(phone, id, false).await.unwrap()
    }

    /// The challenge that waits for a phone's user, when the phone has this address.
    pub async fn pending(&self, phone: &Phone, address: &str) -> Option<ChallengeId> {
        let near = Context::observed(Some(address), None, None);
        let challenge = pending::run(&self.store, &self.tenant, &phone.key, &near).await.unwrap().challenge;
        challenge.map(|challenge| challenge.id)
    }

    pub async fn try_open_own(&self, device: &Identity) -> Result<Challenge> {
        trusted_device::run(
            &self.store,
            &self.issuer,
            device,
            None,
            TrustedDeviceRequest::default().accept()?,
            viewer(),
        )
        .await
    }

    /// Opens a challenge for a device itself, without naming an action.
    pub async fn open_own(&self, device: &Identity) -> Challenge {
        self.try_open_own(device).await.unwrap()
    }

    /// Sends the body of a verification and returns its token.
    pub async fn try_send_verification(&self, device: &Identity, body: &Value) -> Result<String> {
        let signed = serde_json::from_value::<VerifyRequest>(body.clone()).unwrap().accept()?.verify()?;
        Ok(verify::run(&self.store, &self.issuer, device, &signed).await?.token)
    }

    pub async fn try_verify(&self, device: &Identity, phone: &Phone, id: &ChallengeId) -> Result<String> {
        self.try_send_verification(device, &phone.signed(id)).await
    }

    pub async fn verify(&self, device: &Identity, phone: &Phone, id: &ChallengeId) -> String {
        self.try_verify(device, phone, id).await.unwrap()
    }
}
