//! What the functions find: the tenant, user, phone and challenge that `events/` name, on the local stack's database.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use scanlatch_protocol::challenge::{Challenge, Screen, State};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::id::{ActionCode, ChallengeId, IdempotencyKey, TenantId};
use scanlatch_protocol::secret::{DeviceCode, SecretKey};
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_service::port::{Administers as _, Before, Clock as _, Creates as _};
use scanlatch_tests::{Answer, Site, Stack};
use serde_json::{Value, json};

/// The tenant that the events name.
/// The tenant of the events.
pub const TENANT: &str = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";
/// The challenge that the events name, and how long it lives, in ms.
const CHALLENGE: &str = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";
const LIFETIME_MS: i64 = 3_600_000;
/// The local stack names a table by its logical id.
const LIVE_TABLE: &str = "LiveTable";

type Item = HashMap<String, AttributeValue>;

#[derive(Debug)]
pub struct Scene {
    database: Client,
    events: BTreeMap<String, Value>,
    /// The challenge as each function that changes it must find it.
    challenges: BTreeMap<&'static str, Item>,
}

impl Scene {
    /// Builds the scene on a stack.
    ///
    /// # Errors
    /// If the stack refuses a part of it.
    pub async fn build(stack: &Stack) -> Result<Self> {
        let mut events = events()?;
        let site = tenant(stack).await?;
        enrol(&site, &events).await?;
        show(stack).await?;

        let database = database(stack.dynamodb_endpoint());
        let unclaimed = challenge(&database).await?;
        call(&site, &events, "challenge-claim").await?;
        let claimed = challenge(&database).await?;
        call(&site, &events, "challenge-decide").await?;
        let approved = challenge(&database).await?;
        let token = call(&site, &events, "challenge-poll").await?.text("accessToken");
        let validate = events.get_mut("validate").context("no event for validate")?;
        validate["body"] = json!({ "token": token }).to_string().into();
        let challenges = BTreeMap::from([
            ("challenge-claim", unclaimed),
            ("challenge-decide", claimed),
            ("challenge-poll", approved.clone()),
            ("challenge-assign", approved),
        ]);
        Ok(Self { database, events, challenges })
    }

    /// The event of a function; hello world gets that of `jwks`, the smallest.
    ///
    /// # Errors
    /// If `events/` has no such file.
    pub fn event(&self, function: &str) -> Result<Value> {
        let event = self.events.get(function).or_else(|| self.events.get("jwks"));
        event.cloned().with_context(|| format!("events/ has no {function}.json"))
    }

    /// Restores the challenge as this function must find it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set(&self, function: &str) -> Result<()> {
        if let Some(item) = self.challenges.get(function) {
            self.database.put_item().table_name(LIVE_TABLE).set_item(Some(item.clone())).send().await?;
        }
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
    cloud.put_tenant(&Tenant::new(id, "Shop", Settings::default(), cloud.now())).await?;
    cloud.add_secret_key(&id, &secret.digest(), cloud.now()).await?;
    Ok(stack.site_of(TENANT, &text))
}

/// Enrols the phone whose key the events show.
async fn enrol(site: &Site, events: &BTreeMap<String, Value>) -> Result<()> {
    let event = events.get("credential-add").context("no event for credential-add")?;
    let token = site.backend().user_token("auth0|ann", "add:authenticators").await?;
    let path = "/client/user-authenticators/device";
    site.api().post(path, &format!("Bearer {token}"), &body(event)?).await?.assert_ok();
    Ok(())
}

/// Stores the challenge as it is right after a polling screen showed it.
async fn show(stack: &Stack) -> Result<()> {
    let cloud = stack.cloud();
    let now = cloud.now();
    let challenge = Challenge {
        id: ChallengeId::parse(CHALLENGE).context("no challenge id")?,
        tenant: TenantId::parse(TENANT).context("no tenant id")?,
        action: ActionCode::parse("login-with-qr-code").context("no action")?,
        idempotency_key: IdempotencyKey::parse("order-7").context("no idempotency key")?,
        custom: None,
        context: Context::observed(Some("203.0.113.7"), Some("Kiosk/1.0"), None),
        subject: None,
        screen: Screen::polling(DeviceCode::from_random([4; 32]).digest()),
        created_at: now,
        expires_at: now.plus(LIFETIME_MS),
        redeemable_ms: LIFETIME_MS,
        token_ms: 600_000,
        sight: None,
        near_km: 50,
        shows_number: false,
        is_backends: false,
        withdrawn: None,
        successor: None,
        claim: None,
        spent: Vec::new(),
        short_code: None,
        application: None,
        taken_for: None,
        state: State::Unclaimed,
    };
    cloud.create(&challenge, &Before::default()).await?;
    Ok(())
}

/// Sends an event's body to the stack, as its caller would.
async fn call(site: &Site, events: &BTreeMap<String, Value>, function: &str) -> Result<Answer> {
    let event = events.get(function).with_context(|| format!("no event for {function}"))?;
    let path = event["rawPath"].as_str().and_then(|path| path.strip_prefix("/v1")).context("no path")?;
    let authorization = event["headers"]["authorization"].as_str().context("no authorization")?;
    let answer = site.api().post(path, authorization, &body(event)?).await?;
    answer.assert_ok();
    Ok(answer)
}

fn body(event: &Value) -> Result<Value> {
    Ok(serde_json::from_str(event["body"].as_str().context("no body")?)?)
}

/// The challenge's item, under the key that shared/aws/src/key.rs gives it.
async fn challenge(database: &Client) -> Result<Item> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let get = database.get_item().table_name(LIVE_TABLE).consistent_read(true);
    let get = get.key("pk", text(&format!("T#{TENANT}#C#{CHALLENGE}"))).key("sk", text("CHALLENGE"));
    get.send().await?.item.context("the challenge is not stored")
}

fn database(url: &str) -> Client {
    let nobody = Credentials::new("local", "local", None, None, "local");
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(nobody)
        .endpoint_url(url)
        .build();
    Client::from_conf(config)
}
