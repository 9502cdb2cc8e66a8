//! A person's device.

use scanlatch_protocol::base64;
use scanlatch_protocol::credential::CredentialKind;
use scanlatch_protocol::short_code::ShortCode;
use scanlatch_protocol::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::headers::{basic, bearer};
use crate::redact::redacted;
use crate::{Call, ClientError, Key, KeyError, Service, SoftwareKey};

/// A device with a key.
///
/// ```no_run
/// # async fn run(user_token: &str, challenge: &str) -> Result<(), scanlatch_client::ClientError> {
/// use scanlatch_client::{Device, Service, SoftwareKey};
///
/// let service = Service::new("https://login.example.com/v1");
/// let device = Device::new(service, "98634c7b-6673-44ea-9a6b-503cccdf0430", SoftwareKey::generate());
/// device.enrol(user_token, "Pixel 9", "android").await?;
/// let claimed = device.claim(challenge).await?;
/// println!("{} is asked for", claimed.action_code);
/// assert!(device.decide(challenge, true).await?.is_verified);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Device<K = SoftwareKey> {
    service: Service,
    tenant: String,
    kind: CredentialKind,
    key: K,
}

/// A device's credential.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    /// Names the credential to backends.
    pub user_authenticator_id: String,
    /// Its user.
    pub user_id: String,
    /// When it was enrolled; ISO 8601.
    pub verified_at: String,
    /// When it last decided; ISO 8601.
    pub last_verified_at: Option<String>,
}

/// What came of a removal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    /// The credential, unless it had been removed before.
    pub removed_authenticator_id: Option<String>,
}

/// Who is asking, for the person to judge.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claimed {
    /// Whether the challenge is this device's now.
    pub success: bool,
    /// The challenge, after a claim by short code. The decision names it.
    pub challenge_id: Option<String>,
    /// The screen's address.
    pub ip_address: Option<String>,
    /// The screen's browser.
    pub user_agent: Option<String>,
    /// The screen's place: `city`, `region` and `country` as far as they are known.
    pub location: Option<Value>,
    /// The action that is asked for.
    pub action_code: String,
    /// The action's key.
    pub idempotency_key: String,
    /// What else the person is to see.
    pub custom: Option<Value>,
    /// The page that asks, as the service saw it.
    pub origin: Option<String>,
    /// How far the phone is from the screen: `sameNetwork`, `near`, `sameCountry`, `far` or `unknown`.
    pub proximity: Option<String>,
    /// Whether an approval needs the number that the screen shows.
    #[serde(default)]
    pub verification_code_required: bool,
}

/// What came of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    /// Whether the challenge is approved.
    pub is_verified: bool,
}

/// What waits for the device's user. All members are absent if nothing does.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// The challenge.
    pub challenge_id: Option<String>,
    /// The action that is asked for.
    pub action_code: Option<String>,
    /// The action's key.
    pub idempotency_key: Option<String>,
    /// The screen's address.
    pub ip_address: Option<String>,
    /// The screen's browser.
    pub user_agent: Option<String>,
    /// What else the person is to see.
    pub custom: Option<Value>,
    /// When it is over, in seconds since 1970.
    pub expires_at: Option<i64>,
}

/// A challenge that a trusted device opened for itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    /// The challenge.
    pub challenge_id: String,
    /// For an attestation, which the service does not check.
    pub nonce: String,
}

/// What a trusted device is given for its signature.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// The result token.
    pub token: String,
    /// The user.
    pub user_id: String,
    /// The credential that signed.
    pub user_authenticator_id: String,
    /// The user's name.
    pub username: Option<String>,
}
redacted!(Verified);

impl<K: Key> Device<K> {
    /// A device of the tenant that calls as newer SDKs do.
    pub fn new(service: Service, tenant: &str, key: K) -> Self {
        Self { service, tenant: tenant.to_owned(), kind: CredentialKind::QrCode, key }
    }

    /// The same device with the calls of this SDK generation.
    #[must_use]
    pub fn of_kind(self, kind: CredentialKind) -> Self {
        Self { kind, ..self }
    }

    /// The same key at another tenant.
    #[must_use]
    pub fn at_tenant(self, tenant: &str) -> Self {
        Self { tenant: tenant.to_owned(), ..self }
    }

    /// Enrols the key for the user of a user token.
    pub fn enrol(&self, token: &str, name: &str, platform: &str) -> Call<Credential> {
        let body = json!({ "publicKey": self.public_key(), "deviceName": name, "devicePlatform": platform });
        self.service.post(&self.path(""), &bearer(token), &body)
    }

    /// Asks for the key's credential.
    pub fn credential(&self) -> Call<Credential> {
        self.service.get(&format!("{}?publicKey={}", self.path(""), self.key_in_query()), &self.authorization())
    }

    /// Removes the key's credential. `now` is the device's clock, which may be ten minutes off.
    pub fn remove(&self, now: Timestamp) -> Call<Removed> {
        self.remove_with(self.removal(now))
    }

    /// Removes the key's credential with an existing signature.
    pub fn remove_with(&self, signature: Result<String, KeyError>) -> Call<Removed> {
        let body = signature.map(|signature| json!({ "publicKey": self.public_key(), "signature": signature }));
        self.post(&self.path("/remove"), body)
    }

    /// The signature that removes the credential at this time.
    pub fn removal(&self, now: Timestamp) -> Result<String, KeyError> {
        self.sign(&format!("{}.0", now.seconds() / 600))
    }

    /// Claims a challenge, before it is shown to the person.
    pub fn claim(&self, challenge: &str) -> Call<Claimed> {
        self.post(&self.path("/challenge/claim"), self.signed(challenge))
    }

    /// Claims the challenge of a short code, as the person typed it: `wdjb mjht` for `WDJB-MJHT`.
    ///
    /// ```no_run
    /// # async fn run(device: scanlatch_client::Device) -> Result<(), scanlatch_client::ClientError> {
    /// let claimed = device.claim_by_code("wdjb mjht").await?;
    /// if let Some(challenge) = claimed.challenge_id {
    ///     device.decide(&challenge, true).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn claim_by_code(&self, typed: &str) -> Call<Claimed> {
        self.post(&self.path("/challenge/claim"), self.signed_code(typed))
    }

    /// Approves or declines a challenge.
    pub fn decide(&self, challenge: &str, approved: bool) -> Call<Decided> {
        self.decision(challenge, approved, Value::Null)
    }

    /// Approves a challenge with the number that its screen shows. A wrong number declines it for good.
    pub fn approve_with(&self, challenge: &str, number: &str) -> Call<Decided> {
        self.decision(challenge, true, number.into())
    }

    fn decision(&self, challenge: &str, approved: bool, number: Value) -> Call<Decided> {
        let body = self.signed(challenge).map(|mut body| {
            body["approved"] = approved.into();
            body["verificationCode"] = number;
            body
        });
        self.post(&self.path("/challenge"), body)
    }

    /// Asks what waits for the device's user.
    pub fn pending(&self) -> Call<Pending> {
        let path = format!("/client/user-authenticators/device/challenge?publicKey={}", self.key_in_query());
        self.service.get(&path, &self.authorization())
    }

    /// Opens a challenge for itself, as a trusted device; `action` may be absent.
    pub fn open(&self, action: Option<&str>) -> Call<Opened> {
        self.post("/client/challenge", Ok(json!({ "action": action })))
    }

    /// Opens a challenge for itself with a user token.
    pub fn open_for_user(&self, token: &str) -> Call<Opened> {
        self.service.post("/client/challenge", &bearer(token), &json!({}))
    }

    /// Verifies its user with a challenge that it opened for itself.
    pub fn verify(&self, challenge: &str) -> Call<Verified> {
        let kind = if self.kind == CredentialKind::InApp { "in-app" } else { "device" };
        self.post(&format!("/client/verify/{kind}"), self.signed(challenge))
    }

    /// A challenge with the device's signature over it, as it travels.
    pub fn signed(&self, challenge: &str) -> Result<Value, KeyError> {
        let signature = self.sign(challenge)?;
        Ok(json!({ "challengeId": challenge, "publicKey": self.public_key(), "signature": signature }))
    }

    /// A short code with the device's signature over it, as it travels. With what cannot be a code goes a signature over
    /// nothing, and the service refuses it: typed text that is signed as it is might serve for something else.
    pub fn signed_code(&self, typed: &str) -> Result<Value, KeyError> {
        let text = ShortCode::parse(typed).map(|code| code.signed_text());
        let signature = self.sign(&text.unwrap_or_default())?;
        Ok(json!({ "shortCode": typed, "publicKey": self.public_key(), "signature": signature }))
    }

    /// A signature as it travels.
    pub fn sign(&self, message: &str) -> Result<String, KeyError> {
        self.key.sign(message.as_bytes()).map(|signature| base64::encode(&signature))
    }

    /// The public key as it travels in bodies.
    pub fn public_key(&self) -> String {
        base64::encode(&self.key.public_key())
    }

    /// The device's `Authorization` header.
    pub fn authorization(&self) -> String {
        basic(&self.tenant)
    }

    /// A path of the device's SDK generation.
    pub fn path(&self, rest: &str) -> String {
        format!("/client/user-authenticators/{}{rest}", self.kind.as_str())
    }

    /// The public key, base64-encoded twice, so that nothing in it needs an escape.
    fn key_in_query(&self) -> String {
        base64::encode(self.public_key().as_bytes())
    }

    fn post<T>(&self, path: &str, body: Result<Value, KeyError>) -> Call<T> {
        match body {
            Ok(body) => self.service.post(path, &self.authorization(), &body),
            Err(error) => self.service.post(path, "", &Value::Null).broken_by(ClientError::Key(error)),
        }
    }
}
