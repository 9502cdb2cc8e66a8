//! A phone: credentials, claims and decisions. Served alike under `/device` and `/qr-code`.

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::base64::encode_url;
use crate::challenge::{Challenge, ChallengeParams, ChallengeSignature, Decision, State, TRUSTED_DEVICE_ACTION};
use crate::context::Location;
use crate::credential::{Credential, Device, Holder};
use crate::custom::Custom;
use crate::key::{DeviceSignature, PublicKey};
use crate::proximity::Proximity;
use crate::secret::redacted;
use crate::short_code::ShortCodeSignature;
use crate::verification_code::TypedCode;
use crate::wire::openid::ApplicationName;
use crate::wire::screen::params;
use crate::wire::sources::Sources;
use crate::wire::text::given;

/// Reads the key of `GET …/{kind}?publicKey=`.
///
/// # Errors
/// [`Refusal::Malformed`].
pub fn accept_key_query(public_key: Option<&str>) -> Result<PublicKey, Refusal> {
    PublicKey::parse_query(public_key.ok_or(Refusal::malformed("publicKey", "is missing"))?)
}

/// `POST …/{kind}`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddRequest {
    public_key: String,
    device_name: Option<String>,
    device_platform: Option<String>,
}
redacted!(AddRequest);

impl AddRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<(PublicKey, Device), Refusal> {
        let device = Device::described(self.device_name.as_deref(), self.device_platform.as_deref());
        Ok((PublicKey::parse(&self.public_key)?, device))
    }
}

/// A credential as phones read it; timestamps are ISO 8601 text.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialResponse {
    user_authenticator_id: String,
    user_id: String,
    verified_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_verified_at: Option<String>,
}

impl From<&Credential> for CredentialResponse {
    fn from(credential: &Credential) -> Self {
        Self {
            user_authenticator_id: credential.id.to_string(),
            user_id: credential.user.to_string(),
            verified_at: credential.verified_at.iso(),
            last_verified_at: credential.last_verified_at.map(crate::time::Timestamp::iso),
        }
    }
}

/// `POST …/{kind}/remove`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoveRequest {
    public_key: String,
    signature: String,
}
redacted!(RemoveRequest);

impl RemoveRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<(PublicKey, DeviceSignature), Refusal> {
        Ok((PublicKey::parse(&self.public_key)?, DeviceSignature::parse(&self.signature)?))
    }
}

/// Answer to [`RemoveRequest`].
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoveResponse {
    /// Absent if the key was removed before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_authenticator_id: Option<String>,
}

/// `POST …/{kind}/challenge/claim`: one of `challengeId` and `shortCode`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimRequest {
    challenge_id: Option<String>,
    short_code: Option<String>,
    public_key: String,
    signature: String,
}
redacted!(ClaimRequest);

/// What a phone claims by. Its signature is still to be verified.
#[derive(Clone, Debug)]
pub enum Claim {
    /// The id that it scanned.
    Scanned(ChallengeSignature),
    /// The short code that its user typed.
    Typed(ShortCodeSignature),
}

impl ClaimRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], also if it names a challenge in both ways or in none.
    pub fn accept(self) -> Result<Claim, Refusal> {
        let (key, signature) = (&self.public_key, &self.signature);
        match (self.challenge_id, self.short_code) {
            (Some(id), None) => ChallengeSignature::read(id, key, signature).map(Claim::Scanned),
            (None, Some(typed)) => ShortCodeSignature::read(&typed, key, signature).map(Claim::Typed),
            (None, None) => Err(Refusal::malformed("challengeId", "or `shortCode` is needed")),
            (Some(_), Some(_)) => Err(Refusal::malformed("shortCode", "cannot come with a `challengeId`")),
        }
    }
}

/// Answer to [`ClaimRequest`]: who is asking.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimResponse {
    success: bool,
    /// Present if the phone does not know it yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    action_code: String,
    idempotency_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<Custom>,
    /// The registered application that asks. Unlike `custom`, no screen can set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<ApplicationName>,
    /// The origin of the page that asks, as the service saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    /// Whose word the values above are.
    sources: Sources,
    /// How far screen and phone are apart; see [`crate::proximity::Proximity::as_str`].
    #[serde(skip_serializing_if = "Option::is_none")]
    proximity: Option<&'static str>,
    /// When the user can no longer decide; ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    decide_by: Option<String>,
    /// Whether an approval needs the number that the screen shows; absent if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    verification_code_required: bool,
    user: ShownUser,
}

/// The part of a user's record that their phone shows. It is stored as the backend wrote it, so it is cleaned here.
#[derive(Clone, Debug, Serialize)]
struct ShownUser {
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<Custom>,
}

impl ShownUser {
    fn new(custom: Option<Custom>) -> Self {
        Self { custom: custom.and_then(Custom::shown) }
    }
}

impl ClaimResponse {
    /// The answer for a claimed challenge, with the custom data of the user who claimed it, and whether the user is asked for
    /// the number that the screen shows.
    pub fn new(challenge: Challenge, user_custom: Option<Custom>, asks_number: bool) -> Self {
        Self {
            success: true,
            challenge_id: None,
            sources: Sources::of(&challenge).without_device(),
            proximity: challenge.proximity().map(Proximity::as_str),
            decide_by: challenge.claim.as_ref().map(|claim| claim.decide_by.iso()),
            verification_code_required: asks_number,
            ip_address: challenge.context.ip_address,
            user_agent: challenge.context.user_agent,
            location: challenge.context.location,
            action_code: challenge.action.to_string(),
            idempotency_key: challenge.idempotency_key.to_string(),
            custom: challenge.custom,
            application: challenge.application.as_deref().map(ApplicationName::from),
            origin: challenge.context.origin,
            user: ShownUser::new(user_custom),
        }
    }

    /// The same with the challenge's id, which a phone that claimed by short code needs for its decision.
    pub fn with_id(challenge: Challenge, user_custom: Option<Custom>, asks_number: bool) -> Self {
        let challenge_id = Some(challenge.id.to_string());
        Self { challenge_id, ..Self::new(challenge, user_custom, asks_number) }
    }
}

/// `POST …/{kind}/challenge`. `verificationCode` may be null, absent or text: the number that the screen shows.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DecideRequest {
    challenge_id: String,
    public_key: String,
    signature: String,
    approved: bool,
    verification_code: Option<String>,
}
redacted!(DecideRequest);

impl DecideRequest {
    /// The request, whose signature is still to be verified, and the number that the user typed. Apps that were not asked
    /// for a number may send anything there, so what is no number counts as a wrong one, and an empty one as none.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<(ChallengeSignature, Decision, Option<TypedCode>), Refusal> {
        let signature = ChallengeSignature::read(self.challenge_id, &self.public_key, &self.signature)?;
        Ok((signature, Decision::from_approved(self.approved), self.verification_code.and_then(TypedCode::read)))
    }
}

/// Answer to [`DecideRequest`].
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DecideResponse {
    is_verified: bool,
}

impl From<&State> for DecideResponse {
    fn from(state: &State) -> Self {
        Self { is_verified: state.approval().is_some() }
    }
}

/// Answer to `GET …/device/challenge`: a challenge for the key's user, or an empty object.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingResponse {
    #[serde(flatten)]
    pending: Option<Pending>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Pending {
    challenge_id: String,
    user_id: String,
    user_authenticator_id: String,
    action_code: String,
    idempotency_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<Custom>,
    /// The registered application that asks. Unlike `custom`, no screen can set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<ApplicationName>,
    /// The origin of the page that asks, as the service saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    /// Whose word the values above are.
    sources: Sources,
    user: ShownUser,
    /// Seconds since 1970: Android reads a `Long`, iOS an `Int`.
    expires_at: i64,
}

impl PendingResponse {
    /// The answer for the holder of the key, with the user's custom data.
    pub fn new(challenge: Option<Challenge>, holder: &Holder, user_custom: Option<Custom>) -> Self {
        let pending = challenge.map(|challenge| Pending {
            sources: Sources::of(&challenge).without_place(),
            challenge_id: challenge.id.to_string(),
            user_id: holder.user.to_string(),
            user_authenticator_id: holder.credential.to_string(),
            action_code: challenge.action.to_string(),
            idempotency_key: challenge.idempotency_key.to_string(),
            device_id: challenge.context.device_id,
            ip_address: challenge.context.ip_address,
            user_agent: challenge.context.user_agent,
            custom: challenge.custom,
            application: challenge.application.as_deref().map(ApplicationName::from),
            origin: challenge.context.origin,
            user: ShownUser::new(user_custom),
            expires_at: challenge.expires_at.seconds(),
        });
        Self { pending }
    }
}

/// `POST /client/challenge`: a trusted device opens a challenge for itself.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct TrustedDeviceRequest {
    action: Option<String>,
}

impl TrustedDeviceRequest {
    /// The checked request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<ChallengeParams, Refusal> {
        params(given(self.action).unwrap_or_else(|| TRUSTED_DEVICE_ACTION.to_owned()), None, None, (None, None))
    }
}

/// Answer to [`TrustedDeviceRequest`]. Apps that attest put the nonce into the attestation, which nobody here checks.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrustedDeviceResponse {
    challenge_id: String,
    nonce: String,
}

impl TrustedDeviceResponse {
    /// The answer for a challenge.
    pub fn new(challenge: &Challenge, nonce: &[u8; 32]) -> Self {
        Self { challenge_id: challenge.id.to_string(), nonce: encode_url(nonce) }
    }
}

/// `POST /client/verify/…` of a trusted device.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyRequest {
    challenge_id: String,
    public_key: String,
    signature: String,
}
redacted!(VerifyRequest);

impl VerifyRequest {
    /// The request, whose signature is still to be verified.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn accept(self) -> Result<ChallengeSignature, Refusal> {
        ChallengeSignature::read(self.challenge_id, &self.public_key, &self.signature)
    }
}

/// Answer to [`VerifyRequest`].
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyResponse {
    token: String,
    user_id: String,
    user_authenticator_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
}
redacted!(VerifyResponse);

impl VerifyResponse {
    /// The answer for the holder of a credential, with the result token.
    pub fn new(token: String, holder: &Holder, username: Option<String>) -> Self {
        Self { token, user_id: holder.user.to_string(), user_authenticator_id: holder.credential.to_string(), username }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_to_a_phone_that_scanned_has_these_bytes() {
        let mut answer = ClaimResponse {
            success: true,
            challenge_id: None,
            ip_address: None,
            user_agent: None,
            location: None,
            action_code: "login".to_owned(),
            idempotency_key: "k".to_owned(),
            custom: None,
            application: None,
            origin: None,
            sources: Sources::default(),
            proximity: None,
            decide_by: None,
            verification_code_required: false,
            user: ShownUser::new(None),
        };
        let bytes = r#"{"success":true,"actionCode":"login","idempotencyKey":"k","sources":{},"user":{}}"#;
        assert_eq!(serde_json::to_string(&answer).unwrap(), bytes);
        answer.challenge_id = Some("c".to_owned());
        assert!(serde_json::to_string(&answer).unwrap().contains(r#""challengeId":"c""#));
    }

    #[test]
    fn a_claim_names_its_challenge_in_one_way() {
        let claim = |members: serde_json::Value| {
            let mut body = json!({"publicKey": "k", "signature": "s"});
            body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            serde_json::from_value::<ClaimRequest>(body).unwrap().accept().unwrap_err()
        };
        let id = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";
        let field = |refusal| match refusal {
            Refusal::Malformed { field, .. } => field,
            other => panic!("{other}"),
        };
        assert_eq!(field(claim(json!({}))), "challengeId");
        assert_eq!(field(claim(json!({"challengeId": null, "shortCode": null}))), "challengeId");
        assert_eq!(field(claim(json!({"challengeId": id, "shortCode": "WDJB-MJHT"}))), "shortCode");
        assert_eq!(field(claim(json!({"shortCode": "WDJB-MJH"}))), "shortCode");
        assert_eq!(field(claim(json!({"shortCode": "WDJB-MJHT"}))), "publicKey");
        assert_eq!(field(claim(json!({"challengeId": id, "shortCode": null}))), "publicKey");
    }
}
