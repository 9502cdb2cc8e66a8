//! What the functions find: the tenant, user, phone and challenge that `events/` name, on the local stack's database.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use scanlatch_aws::Cloud;
use scanlatch_protocol::challenge::{Challenge, Screen};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::id::{ActionCode, ChallengeId, ClientId, ConnectionId, IdempotencyKey, TenantId};
use scanlatch_protocol::openid::client::{Client, ClientSecret};
use scanlatch_protocol::secret::{DeviceCode, SecretKey};
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_service::port::{Administers as _, Before, Clock as _, Creates as _, RegistersClients as _};
use scanlatch_tests::{Phone, PollingScreen, Site, Stack};
use serde_json::Value;

use crate::login::registration;
use crate::tables::Tables;

/// The tenant that the events name.
pub const TENANT: &str = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";
/// The challenge that the events name, and how long it lives, in ms.
const CHALLENGE: &str = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";
const LIFETIME_MS: i64 = 3_600_000;

/// The application that the events name.
pub const CLIENT: &str = "grafana";

/// What the functions find before anybody shows a challenge.
#[derive(Debug)]
pub struct Scene {
    /// The tables.
    pub tables: Tables,
    /// The events, by function.
    pub events: BTreeMap<String, Value>,
    cloud: Cloud,
    /// A phone besides the one whose key the events show, and a page that polls.
    phone: Phone,
    page: PollingScreen,
}

impl Scene {
    /// Builds the scene on a stack.
    ///
    /// # Errors
    /// If the stack refuses a part of it.
    pub async fn build(stack: &Stack) -> Result<Self> {
        let events = events()?;
        let site = tenant(stack).await?;
        enrol(&site, &events).await?;
        let cloud = stack.cloud();
        register(&cloud).await?;
        let (phone, page) = (site.phone_of("bob").await?, site.polling_screen());
        Ok(Self { tables: Tables::at(stack.dynamodb_endpoint()), events, cloud, phone, page })
    }

    /// Approves a challenge, and returns the result token that its page then polls.
    ///
    /// # Errors
    /// If the stack refuses it.
    pub async fn approve(&self, challenge: &str, device_code: &str) -> Result<String> {
        self.phone.claim(challenge).await?.assert_ok();
        self.phone.decide(challenge, true).await?.assert_ok();
        Ok(self.page.poll(challenge, device_code).await?.text("accessToken"))
    }

    /// The screen that polls with the device code of the events.
    pub fn polling() -> Screen {
        Screen::polling(DeviceCode::from_random([4; 32]).digest())
    }

    /// The screen on the socket of the events.
    ///
    /// # Errors
    /// If they name none.
    pub fn socket(&self) -> Result<Screen> {
        let id = self.events.get("socket-connect").and_then(|event| event["requestContext"]["connectionId"].as_str());
        Ok(Screen::Socket(ConnectionId::parse(id.context("no connection")?)?))
    }

    /// Stores the challenge of the events as it is right after this screen showed it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn show(&self, screen: Screen) -> Result<()> {
        let now = self.cloud.now();
        let challenge = Challenge {
            id: ChallengeId::parse(CHALLENGE).context("no challenge id")?,
            action: ActionCode::parse("login-with-qr-code").context("no action")?,
            idempotency_key: IdempotencyKey::parse("order-7").context("no idempotency key")?,
            custom: None,
            context: Context::observed(Some("203.0.113.7"), Some("Kiosk/1.0"), None),
            screen,
            created_at: now,
            expires_at: now.plus(LIFETIME_MS),
            redeemable_ms: LIFETIME_MS,
            token_ms: LIFETIME_MS,
            sight: None,
            shows_number: false,
            ..scanlatch_testkit::scene::challenge(TenantId::parse(TENANT).context("no tenant id")?)
        };
        self.cloud.create(&challenge, &Before::default()).await?;
        Ok(())
    }
}

fn events() -> Result<BTreeMap<String, Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let mut events = BTreeMap::new();
    for entry in fs::read_dir(&folder).context("events/ is missing")? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        events.insert(name, serde_json::from_slice(&fs::read(&path)?)?);
    }
    Ok(events)
}

/// Stores the tenant with the secret key that the events show.
async fn tenant(stack: &Stack) -> Result<Site> {
    let cloud = stack.cloud();
    let id = TenantId::parse(TENANT).context("no tenant id")?;
    let text = format!("sk_{}_{}", TENANT.replace('-', ""), "A".repeat(43));
    let secret = SecretKey::parse(&text).context("no secret key")?;
    // What was claimed once is claimed for as long as the measurement takes.
    let settings = Settings { decision_lifetime_ms: LIFETIME_MS, ..Settings::default() };
    cloud.put_tenant(&Tenant::new(id, "Shop", settings, cloud.now())).await?;
    cloud.add_secret_key(&id, &secret.digest(), cloud.now()).await?;
    Ok(stack.site_of(TENANT, &text))
}

/// Registers the application that the events name.
async fn register(cloud: &Cloud) -> Result<()> {
    let (tenant, id) = (TenantId::parse(TENANT).context("no tenant id")?, ClientId::parse(CLIENT)?);
    let (created_at, registration) = (cloud.now(), registration()?);
    cloud.add_client(&Client { tenant, id: id.clone(), created_at, secrets: Vec::new(), registration }).await?;
    cloud.add_client_secret(&tenant, &id, &client_secret().digest(), created_at).await?;
    Ok(())
}

/// The application's secret.
pub fn client_secret() -> ClientSecret {
    ClientSecret::from_random([0; 32])
}

/// Enrols the phone whose key the events show.
async fn enrol(site: &Site, events: &BTreeMap<String, Value>) -> Result<()> {
    let event = events.get("credential-add").context("no event for credential-add")?;
    let token = site.backend().user_token("auth0|ann", "add:authenticators").await?;
    let path = "/client/user-authenticators/device";
    site.api().post(path, &format!("Bearer {token}"), &body(event)?).await?.assert_ok();
    Ok(())
}

fn body(event: &Value) -> Result<Value> {
    Ok(serde_json::from_str(event["body"].as_str().context("no body")?)?)
}
