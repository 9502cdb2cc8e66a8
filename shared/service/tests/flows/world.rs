//! A tenant, its backend, its screens and its users' phones; each call goes the way of the wire.

#![expect(clippy::unwrap_used, reason = "a test cannot go on without; its own texts are well formed")]

use p256::ecdsa::signature::RandomizedSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::rand_core::OsRng;
use p256::pkcs8::EncodePublicKey as _;
use protocol::Refusal;
use protocol::challenge::{Challenge, Decision};
use protocol::context::{Context, Location};
use protocol::credential::{Credential, Device};
use protocol::id::{ChallengeId, ConnectionId, TenantId};
use protocol::key::{DeviceSignature, PublicKey};
use protocol::secret::{DeviceCode, SecretKey};
use protocol::tenant::{Settings, Tenant};
use protocol::token::Issuer;
use protocol::wire::backend::{TrackRequest, ValidateRequest};
use protocol::wire::device::{ClaimRequest, ClaimResponse, DecideRequest, DecideResponse};
use protocol::wire::display::{CreateRequest, PollResponse, Wish};
use protocol::wire::socket::Identity;
use serde_json::{Value, json, to_value};
use service::contract::scene::{fresh, tenant};
use service::memory::Memory;
use service::port::{Administers as _, Clock as _, Tenants as _};
use service::{Error, Result};
use service::{claim, connect, create, decide, enrol, message, poll, remove, track, validate};

pub const ADD: &str = "add:authenticators";

/// One tenant and its secret key on a store of its own.
pub struct World {
    pub store: Memory,
    pub issuer: Issuer,
    pub tenant: TenantId,
    pub secret: SecretKey,
}

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

    fn signed(&self, id: &ChallengeId) -> Value {
        let signature: Signature = self.signing.sign_with_rng(&mut OsRng, id.to_string().as_bytes());
        json!({
            "challengeId": id.to_string(),
            "publicKey": self.key.to_text(),
            "signature": protocol::base64::encode(signature.to_der().as_bytes()),
        })
    }
}

impl World {
    pub async fn new() -> Self {
        let world = Self::stranger();
        world.set_up(true, Settings::default()).await;
        world
    }

    /// A tenant that was never set up.
    pub fn stranger() -> Self {
        let tenant = tenant();
        let secret = SecretKey::from_random(tenant, fresh());
        Self { store: Memory::default(), issuer: Issuer::new("scanlatch"), tenant, secret }
    }

    /// Another tenant on the same store.
    pub async fn neighbour(self) -> (Self, Neighbour) {
        let tenant = tenant();
        let secret = SecretKey::from_random(tenant, fresh());
        let enabled = Tenant::new(tenant, format!("neighbour {tenant}"), Settings::default(), self.store.now());
        self.store.put_tenant(&enabled).await.unwrap();
        self.store.add_secret_key(&tenant, &secret.digest(), self.store.now()).await.unwrap();
        (self, Neighbour { tenant, secret })
    }

    async fn set_up(&self, enabled: bool, settings: Settings) {
        let now = self.store.now();
        self.store.put_tenant(&Tenant { enabled, ..Tenant::new(self.tenant, "home", settings, now) }).await.unwrap();
        self.store.add_secret_key(&self.tenant, &self.secret.digest(), now).await.unwrap();
    }

    /// Changes the tenant's settings.
    pub async fn change(&self, change: impl FnOnce(&mut Tenant)) {
        let mut tenant = self.store.tenant(&self.tenant).await.unwrap().unwrap();
        change(&mut tenant);
        self.store.put_tenant(&tenant).await.unwrap();
    }

    pub fn anybody(&self) -> Identity {
        Identity::Tenant(self.tenant)
    }

    /// Tracks `login` for a user; the body is the wire's.
    pub async fn try_track(&self, user: &str, body: Value) -> Result<track::Outcome> {
        let request: TrackRequest = serde_json::from_value(body).unwrap();
        track::run(&self.store, &self.issuer, &self.secret, request.accept(user, "login")?).await
    }

    /// The user token of a tracked `login`.
    pub async fn token(&self, user: &str, body: Value) -> String {
        self.try_track(user, body).await.unwrap().token
    }

    pub async fn try_enrol(&self, phone: &Phone, token: &str) -> Result<Credential> {
        enrol::run(&self.store, &self.issuer, token, phone.key.clone(), Device::default()).await
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

    pub async fn try_ask(&self, screen: &Identity, origin: Option<&str>) -> Result<(Challenge, DeviceCode)> {
        create::run(&self.store, &self.issuer, screen, origin, wish(), context()).await
    }

    /// A polling screen's challenge.
    pub async fn ask(&self, screen: &Identity) -> (Challenge, DeviceCode) {
        self.try_ask(screen, None).await.unwrap()
    }

    pub async fn try_poll(&self, id: &ChallengeId, code: &DeviceCode) -> Result<Value> {
        let (state, token) = poll::run(&self.store, &self.issuer, &self.tenant, id, code).await?;
        Ok(to_value(PollResponse::new(&state, token)).unwrap())
    }

    pub async fn poll(&self, id: &ChallengeId, code: &DeviceCode) -> Value {
        self.try_poll(id, code).await.unwrap()
    }

    pub async fn try_claim(&self, phone: &Phone, id: &ChallengeId) -> Result<Value> {
        let request: ClaimRequest = serde_json::from_value(phone.signed(id)).unwrap();
        let (challenge, custom) = claim::run(&self.store, &self.tenant, &request.accept()?).await?;
        Ok(to_value(ClaimResponse::new(challenge, custom)).unwrap())
    }

    pub async fn claim(&self, phone: &Phone, id: &ChallengeId) -> Value {
        self.try_claim(phone, id).await.unwrap()
    }

    pub async fn try_decide(&self, phone: &Phone, id: &ChallengeId, approved: bool) -> Result<Value> {
        let mut body = phone.signed(id);
        body["approved"] = json!(approved);
        let (signed, decision) = serde_json::from_value::<DecideRequest>(body).unwrap().accept()?;
        assert_eq!(decision, Decision::from_approved(approved));
        let state = decide::run(&self.store, &self.issuer, &self.tenant, &signed, decision).await?;
        Ok(to_value(DecideResponse::from(&state)).unwrap())
    }

    pub async fn approve(&self, phone: &Phone, id: &ChallengeId) -> Value {
        self.try_decide(phone, id, true).await.unwrap()
    }

    pub async fn reject(&self, phone: &Phone, id: &ChallengeId) -> Value {
        self.try_decide(phone, id, false).await.unwrap()
    }

    pub async fn try_validate(&self, secret: &SecretKey, body: Value) -> Result<Value> {
        let request: ValidateRequest = serde_json::from_value(body).unwrap();
        Ok(to_value(validate::run(&self.store, &self.issuer, secret, &request.accept()).await?).unwrap())
    }

    pub async fn validate(&self, token: &str) -> Value {
        self.try_validate(&self.secret, json!({"token": token})).await.unwrap()
    }

    pub async fn try_connect(&self, screen: &Identity, origin: Option<&str>) -> Result<ConnectionId> {
        let id = ConnectionId::parse(protocol::base64::encode(&fresh::<11>())).unwrap();
        connect::run(&self.store, &self.issuer, screen, origin, id.clone(), context()).await?;
        Ok(id)
    }

    pub async fn connect(&self, screen: &Identity) -> ConnectionId {
        self.try_connect(screen, None).await.unwrap()
    }

    pub async fn try_show(&self, screen: &ConnectionId) -> Result<Challenge> {
        message::run(&self.store, screen, wish()).await
    }

    /// The challenge that a socket asks for, first or to refresh.
    pub async fn show(&self, screen: &ConnectionId) -> Challenge {
        self.try_show(screen).await.unwrap()
    }

    /// What screens were told since the last call, and which.
    pub fn told(&self) -> Vec<(ConnectionId, Value)> {
        let parsed = |(to, text): (ConnectionId, String)| (to, serde_json::from_str(&text).unwrap());
        self.store.pushed().into_iter().map(parsed).collect()
    }

    /// The token of a login by a phone.
    pub async fn log_in(&self, phone: &Phone) -> String {
        let (challenge, code) = self.ask(&self.anybody()).await;
        self.claim(phone, &challenge.id).await;
        self.approve(phone, &challenge.id).await;
        text(&self.poll(&challenge.id, &code).await["accessToken"])
    }
}

/// Another tenant.
pub struct Neighbour {
    pub tenant: TenantId,
    pub secret: SecretKey,
}

/// What every screen here asks for.
pub fn wish() -> Wish {
    let body = json!({"action": "login", "custom": {"place": "Terminal A"}});
    serde_json::from_value::<CreateRequest>(body).unwrap().accept().unwrap()
}

/// What every screen here is seen as.
pub fn context() -> Context {
    let location = Location::observed(Some("Auckland"), None, Some("NZ"));
    Context::observed(Some("203.0.113.7"), Some("Kiosk/1.0"), location)
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The refusal in a result.
pub fn refusal<T>(result: Result<T>) -> Refusal {
    service::contract::scene::refusal(result)
}

/// Whether the store was not there.
pub fn is_unavailable<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::Unavailable(_)))
}
