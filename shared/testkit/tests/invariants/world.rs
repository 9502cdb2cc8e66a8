//! The beginning of every history: a tenant, two users with three phones, and two tracked actions.

#![expect(clippy::expect_used, reason = "nothing can be tried without")]

use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use p256::pkcs8::EncodePublicKey as _;
use scanlatch_protocol::action::{Action, ActionName, ActionState};
use scanlatch_protocol::context::{Context as Seen, Viewer};
use scanlatch_protocol::credential::{Credential, Device};
use scanlatch_protocol::custom::Custom;
use scanlatch_protocol::id::{ActionCode, ClientId, CredentialId, IdempotencyKey, TenantId, UserId};
use scanlatch_protocol::key::{PublicKey, SignatureR};
use scanlatch_protocol::key_set::Change;
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::signing::SigningKey;
use scanlatch_protocol::tenant::settings::NumberEntry;
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_protocol::token::Issuer;
use scanlatch_protocol::tracking::Tracked;
use scanlatch_protocol::wire::backend::TrackRequest;
use scanlatch_service::port::{Administers as _, Clock as _, Rotates as _, Tracks as _};
use scanlatch_testkit::memory::Memory;
use scanlatch_testkit::scene::{MAY_ADD, enrol, fresh};
use serde_json::json;

/// Only screens say this.
pub const SCREEN: &str = "a screen's word";
/// Only backends say this.
pub const BACKEND: &str = "a backend's word";

const HOUR: i64 = 3_600_000;

/// What all histories share, since signatures take most of the time: the key that signs tokens, and the tracked actions
/// with their user tokens.
static BEFORE: LazyLock<(SigningKey, Vec<Action>, Vec<String>)> = LazyLock::new(|| {
    let key = SigningKey::from_bytes(&[9; 32]).expect("a key");
    let world = World::bare();
    let tracked = (0..world.actions.len()).map(|action| {
        finish(world.start_signing(&key));
        finish(scanlatch_service::track::run(&world.store, &world.issuer, &world.secret, world.tracked(action)))
            .expect("tracked")
    });
    let (actions, tokens) = tracked.map(|outcome| (outcome.action, outcome.token)).unzip();
    (key, actions, tokens)
});

static KEYS: LazyLock<Vec<PublicKey>> = LazyLock::new(|| {
    let key = |n: u8| {
        let signing = p256::ecdsa::SigningKey::from_slice(&[n; 32]).expect("a key");
        PublicKey::from_spki(signing.verifying_key().to_public_key_der().expect("a key").as_bytes()).expect("a key")
    };
    (1..=3).map(key).collect()
});

/// All that a history's calls share.
pub struct World {
    pub store: Memory,
    pub issuer: Issuer,
    pub tenant: Tenant,
    pub secret: SecretKey,
    /// Ann and Ben.
    pub users: [UserId; 2],
    /// Two of Ann's, one of Ben's.
    pub phones: Vec<Phone>,
    /// Ann's; only the first has data.
    pub actions: Vec<ActionName>,
}

/// A phone, whose key may come and go.
pub struct Phone {
    pub user: UserId,
    pub key: PublicKey,
}

impl World {
    /// A world where the actions are tracked and the phones enrolled, with the user token of each action.
    pub fn new() -> (Self, Vec<String>) {
        let world = Self::bare();
        let (key, actions, tokens) = &*BEFORE;
        finish(world.set_up(key, actions));
        (world, tokens.clone())
    }

    /// A tenant without enrolments.
    fn bare() -> Self {
        let tenant = TenantId::from_random([1; 16]);
        let settings =
            // A token serves as long as its approval, so that a page that holds one needs no other.
            Settings {
                session_clients: vec![client()],
                number_entry: NumberEntry::Optional,
                user_token_lifetime_ms: HOUR,
                result_token_lifetime_ms: Settings::default().approval_lifetime_ms,
                ..Settings::default()
            };
        let store = Memory::default();
        let secret = SecretKey::from_random(tenant, [2; 32]);
        let users = ["ann", "ben"].map(|name| UserId::parse(name).expect("a user id"));
        let phones = [0, 0, 1].into_iter().zip(KEYS.iter());
        let phones = phones.map(|(user, key)| Phone { user: users[user].clone(), key: key.clone() }).collect();
        let name = |key: &str| ActionName {
            tenant,
            user: users[0].clone(),
            code: ActionCode::parse("pay").expect("an action"),
            idempotency_key: IdempotencyKey::parse(key).expect("a key"),
        };
        let actions = ["order-1", "order-2"].map(name).to_vec();
        let tenant = Tenant::new(tenant, "home", settings, store.now());
        let world = Self { store, issuer: Issuer::new("scanlatch"), tenant, secret, users, phones, actions };
        finish(world.register());
        world
    }

    async fn register(&self) {
        self.store.put_tenant(&self.tenant).await.expect("stored");
        let digest = self.secret.digest();
        self.store.add_secret_key(&self.tenant.id, &digest, self.store.now()).await.expect("stored");
    }

    async fn start_signing(&self, key: &SigningKey) {
        self.store.change_key_set(&Change::first(self.store.now()), Some(key)).await.expect("stored");
    }

    async fn set_up(&self, key: &SigningKey, actions: &[Action]) {
        self.start_signing(key).await;
        for action in actions {
            self.store.track(action).await.expect("stored");
        }
        for phone in &self.phones {
            enrol(&self.store, &self.credential(phone), None, MAY_ADD).await.expect("enrolled");
        }
    }

    /// A fresh enrolment of a phone.
    pub fn credential(&self, phone: &Phone) -> Credential {
        Credential {
            tenant: self.tenant.id,
            id: CredentialId::from_random(fresh()),
            user: phone.user.clone(),
            key: phone.key.clone(),
            device: Device::default(),
            verified_at: self.store.now(),
            last_verified_at: None,
            conduct: scanlatch_protocol::credential::Conduct::default(),
            enrolled_by: None,
        }
    }

    /// What a backend sends to track one of the actions. Only the first has data.
    pub fn tracked(&self, action: usize) -> Tracked {
        let name = &self.actions[action];
        let more = match action {
            0 => json!({"custom": {"said": BACKEND}, "userAgent": BACKEND, "ipAddress": "198.51.100.1"}),
            _ => json!({}),
        };
        let request: TrackRequest = serde_json::from_value(more).expect("a request");
        let tracked = request.accept(name.user.as_str(), name.code.as_str()).expect("well formed");
        Tracked { idempotency_key: Some(name.idempotency_key.clone()), ..tracked }
    }

    /// Stores the record that lets phones of a user enrol.
    pub async fn allow_enrolment(&self, credential: &Credential) -> Result<Action, scanlatch_service::Unavailable> {
        self.store.track(&scanlatch_testkit::scene::allowing(credential)).await
    }
}

/// The application that sessions are for.
pub fn client() -> ClientId {
    ClientId::parse("web").expect("a client id")
}

/// The `custom` data of screens.
pub fn screens_word() -> Option<Custom> {
    Custom::from_text(&json!({"said": SCREEN}).to_string())
}

/// Where screens are.
pub fn seen() -> Viewer {
    Viewer { context: Seen::observed(Some("203.0.113.7"), Some(SCREEN), None), sight: None }
}

/// A signature number that is not used elsewhere.
pub fn signature(n: u64) -> SignatureR {
    let mut bytes = [1; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    SignatureR::from_text(&scanlatch_protocol::base64::encode_url(&bytes)).expect("32 bytes")
}

/// States that a backend judges actions to be in.
pub const JUDGEMENTS: [ActionState; 4] =
    [ActionState::Block, ActionState::Allow, ActionState::ChallengeRequired, ActionState::ChallengeSucceeded];

/// Polls a future until it is done.
pub fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut nowhere = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut nowhere) {
            return done;
        }
    }
}
