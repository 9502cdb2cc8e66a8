//! A tenant, its backend, its screens and its users' phones. Bodies are parsed and written as on the wire.

mod backend;
mod phones;
mod screens;

use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::id::{ChallengeId, TenantId};
use scanlatch_protocol::secret::SecretKey;
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_protocol::token::Issuer;

use scanlatch_service::port::{Administers as _, Clock as _, Tenants as _};
use scanlatch_service::{Error, Result};
use scanlatch_testkit::memory::Memory;
use scanlatch_testkit::scene::{fresh, tenant};
use serde_json::Value;

pub use phones::Phone;
pub use screens::{viewer, wish};

pub const ADD: &str = "add:authenticators";

/// One tenant and its secret key on a store of its own.
pub struct World {
    pub store: Memory,
    pub issuer: Issuer,
    pub tenant: TenantId,
    pub secret: SecretKey,
}

/// Another tenant.
pub struct Neighbour {
    pub tenant: TenantId,
    pub secret: SecretKey,
}

#[expect(clippy::unwrap_used, reason = "a test cannot go on without")]
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

    /// A challenge as it is stored.
    pub fn stored(&self, id: &ChallengeId) -> Challenge {
        self.store.look().0.into_iter().find(|stored| stored.tenant == self.tenant && stored.id == *id).unwrap()
    }

    /// The token of a login by a phone.
    pub async fn log_in(&self, phone: &Phone) -> String {
        let (challenge, code) = self.ask(&self.anybody()).await;
        self.claim(phone, &challenge.id).await;
        self.approve(phone, &challenge.id).await;
        text(&self.poll(&challenge.id, &code).await["accessToken"])
    }
}

/// A text in an answer.
#[expect(clippy::unwrap_used, reason = "a test cannot go on without")]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The refusal in a result.
pub fn refusal<T>(result: Result<T>) -> Refusal {
    scanlatch_testkit::scene::refusal(result)
}

/// Whether the store was unavailable.
pub fn is_unavailable<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::Unavailable(_)))
}
