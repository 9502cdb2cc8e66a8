//! Each function with its event in `events/`, as API Gateway sends it, on the store in memory.

use std::path::Path;

use anyhow::{Context as _, Result};
use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use lambda_http::http::Method;
use lambda_http::{Body, Request, Response};
use scanlatch_protocol::action::{Action, ActionState};
use scanlatch_protocol::challenge::{Challenge, Screen};
use scanlatch_protocol::context::Context;
use scanlatch_protocol::credential::{Credential, Device};
use scanlatch_protocol::id::{
    ActionCode, ChallengeId, ConnectionId, CredentialId, IdempotencyKey, TenantId, TokenId, UserId,
};
use scanlatch_protocol::key::PublicKey;
use scanlatch_protocol::key_set::Period;
use scanlatch_protocol::secret::{DeviceCode, SecretKey};
use scanlatch_protocol::tenant::{Settings, Tenant};
use scanlatch_protocol::token::{Issuer, Scope, UserToken};
use scanlatch_runtime::edge::Source;
use scanlatch_runtime::socket::Reply;
use scanlatch_runtime::{Config, Problem};
use scanlatch_service::port::{
    Administers as _, Before, Challenges as _, Clock as _, Connections as _, Creates as _, MakesKeys as _, Tracks as _,
};
use scanlatch_testkit::memory::Memory;
use scanlatch_testkit::scene::{self, MAY_ADD, enrol};
use serde_json::{Value, json};

const TENANT: &str = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";
const CHALLENGE: &str = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";

fn text(name: &str) -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(name).with_extension("json");
    std::fs::read_to_string(&path).with_context(|| path.display().to_string())
}

/// The event of this name.
pub(crate) fn json(name: &str) -> Result<Value> {
    Ok(serde_json::from_str(&text(name)?)?)
}

pub(crate) fn http(name: &str) -> Result<Request> {
    Ok(lambda_http::request::from_str(&text(name)?)?)
}

fn socket(name: &str) -> Result<ApiGatewayWebsocketProxyRequest> {
    Ok(serde_json::from_str(&text(name)?)?)
}

pub(crate) fn config() -> Config {
    let public_url = "https://login.example/v1".to_owned();
    let socket_url = "wss://login.example/ws-v1-challenge".to_owned();
    Config { issuer: Issuer::new("scanlatch"), public_url, socket_url }
}

pub(crate) fn tenant() -> TenantId {
    TenantId::parse(TENANT).unwrap()
}

/// The status and body of an answer, after a check of what all answers share.
pub(crate) fn told(handled: Result<Response<Body>, Problem>) -> (u16, Value) {
    let response = handled.unwrap_or_else(Problem::into_response);
    assert_eq!(response.headers()["content-type"], "application/json");
    let Body::Text(body) = response.body() else { panic!("not text") };
    (response.status().as_u16(), serde_json::from_str(body).unwrap())
}

/// A store with the tenant and secret key that the events name, and a signing key.
pub(crate) async fn store() -> Result<Memory> {
    let store = Memory::default();
    store.put_tenant(&Tenant::new(tenant(), "Shop", Settings::default(), store.now())).await?;
    let secret = format!("sk_{}_{}", TENANT.replace('-', ""), "A".repeat(43));
    let secret = SecretKey::parse(&secret).context("no secret key")?;
    store.add_secret_key(&tenant(), &secret.digest(), store.now()).await?;
    store.signing_key_or_first(store.now()).await?;
    Ok(store)
}

/// The phone whose key the events hold.
async fn enrolled(store: &Memory) -> Result<Credential> {
    let body: Value = serde_json::from_str(
        serde_json::from_str::<Value>(&text("credential-add")?)?["body"].as_str().unwrap_or_default(),
    )?;
    let phone = Credential {
        tenant: tenant(),
        id: CredentialId::from_random([9; 16]),
        user: UserId::parse("auth0|ann").unwrap(),
        key: PublicKey::parse(body["publicKey"].as_str().unwrap_or_default()).unwrap(),
        device: Device::default(),
        verified_at: store.now(),
        last_verified_at: None,
        conduct: scanlatch_protocol::credential::Conduct::default(),
        enrolled_by: None,
    };
    enrol(store, &phone, None, MAY_ADD).await?;
    Ok(phone)
}

/// The challenge that the events name, stored.
async fn shown(store: &Memory) -> Result<Challenge> {
    let challenge = shown_elsewhere();
    store.create(&challenge, &Before::default()).await?;
    Ok(challenge)
}

/// The same challenge, not stored.
fn shown_elsewhere() -> Challenge {
    let now = Memory::default().now();
    Challenge {
        id: ChallengeId::parse(CHALLENGE).unwrap(),
        action: ActionCode::parse("login-with-qr-code").unwrap(),
        idempotency_key: IdempotencyKey::parse("order-7").unwrap(),
        custom: None,
        context: Context::observed(Some("203.0.113.7"), Some("Kiosk/1.0"), None),
        screen: Screen::polling(DeviceCode::from_random([4; 32]).digest()),
        created_at: now,
        expires_at: now.plus(600_000),
        redeemable_ms: 600_000,
        token_ms: 600_000,
        sight: None,
        shows_number: false,
        ..scene::challenge(tenant())
    }
}

/// The result token of the phone's approval of the challenge, both as the events name them.
pub(crate) async fn approved(store: &Memory) -> Result<String> {
    enrolled(store).await?;
    shown(store).await?;
    told(scanlatch_challenge_claim::handle(store, http("challenge-claim")?).await);
    told(scanlatch_challenge_decide::handle(store, &config(), http("challenge-decide")?).await);
    let (_, mut body) = told(scanlatch_challenge_poll::handle(store, &config(), http("challenge-poll")?).await);
    serde_json::from_value(body["accessToken"].take()).context("no token")
}

#[tokio::test]
async fn challenge_create_stores_what_the_screen_is() -> Result<()> {
    let store = store().await?;
    let (status, body) = told(scanlatch_challenge_create::handle(&store, &config(), http("challenge-create")?).await);
    assert_eq!(status, 200);
    assert_eq!(body["expiresAt"], "2026-01-01T00:10:00.000Z");
    assert_eq!(body["deviceCode"].as_str().map(str::len), Some(43));
    assert_eq!(body["socketUrl"], "wss://login.example/ws-v1-challenge");
    let id = ChallengeId::parse(body["challengeId"].as_str().unwrap()).unwrap();
    let stored = store.challenge(&tenant(), &id).await?.context("nothing stored")?;
    assert_eq!(stored.context.ip_address.as_deref(), Some("203.0.113.7"));
    assert!(stored.context.user_agent.is_some_and(|agent| agent.starts_with("Mozilla/5.0")));
    assert_eq!(stored.custom.map(|custom| custom.to_text()).as_deref(), Some(r#"{"deviceInfo":"Terminal A"}"#));
    Ok(())
}

#[tokio::test]
async fn challenge_poll_tells_how_it_stands() -> Result<()> {
    let store = store().await?;
    shown(&store).await?;
    let (status, body) = told(scanlatch_challenge_poll::handle(&store, &config(), http("challenge-poll")?).await);
    assert_eq!((status, body), (200, json!({ "isClaimed": false, "isConsumed": false, "isVerified": false })));
    Ok(())
}

#[tokio::test]
async fn challenge_claim_and_decide_take_the_androids_signatures() -> Result<()> {
    let store = store().await?;
    enrolled(&store).await?;
    shown(&store).await?;
    let (status, body) = told(scanlatch_challenge_claim::handle(&store, http("challenge-claim")?).await);
    let expected = json!({
        "success": true,
        "ipAddress": "203.0.113.7",
        "userAgent": "Kiosk/1.0",
        "actionCode": "login-with-qr-code",
        "idempotencyKey": "order-7",
        "sources": { "ipAddress": "service", "userAgent": "screen" },
        "proximity": "unknown",
        "decideBy": "2026-01-01T00:02:00.000Z",
        "user": {},
    });
    assert_eq!((status, body), (200, expected));
    let (status, body) = told(scanlatch_challenge_decide::handle(&store, &config(), http("challenge-decide")?).await);
    assert_eq!((status, body), (200, json!({ "isVerified": true })));
    Ok(())
}

#[tokio::test]
async fn credential_add_enrols_for_the_user_of_the_token_and_no_other_token_will_do() -> Result<()> {
    let store = store().await?;
    let (status, body) = told(scanlatch_credential_add::handle(&store, &config(), http("credential-add")?).await);
    assert_eq!((status, &body["error"]), (401, &json!("token_invalid")));
    let token = UserToken {
        id: TokenId::from_random([9; 16]),
        issued_at: store.now(),
        tenant: tenant(),
        user: UserId::parse("auth0|ann").unwrap(),
        action: ActionCode::parse("enrol").unwrap(),
        idempotency_key: IdempotencyKey::parse("1").unwrap(),
        scope: Scope::accept(Some("add:authenticators".to_owned())).unwrap(),
    };
    let phone = Credential { user: token.user.clone(), ..scene::credential(tenant(), "ann") };
    store.track(&scene::allowing(&phone)).await?;
    let key = store.signing_key_or_first(store.now()).await?;
    let token = token.sign(&key, &config().issuer, 600_000);
    let mut request = http("credential-add")?;
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
    let (status, body) = told(scanlatch_credential_add::handle(&store, &config(), request).await);
    assert_eq!((status, &body["userId"]), (200, &json!("auth0|ann")));
    assert_eq!(body["verifiedAt"], "2026-01-01T00:00:00.000Z");
    Ok(())
}

#[tokio::test]
async fn credential_get_finds_the_key_in_the_query() -> Result<()> {
    let store = store().await?;
    let (status, body) = told(scanlatch_credential_get::handle(&store, http("credential-get")?).await);
    assert_eq!((status, &body["errorCode"]), (401, &json!("invalid_credential")));
    let phone = enrolled(&store).await?;
    let (status, body) = told(scanlatch_credential_get::handle(&store, http("credential-get")?).await);
    assert_eq!((status, &body["userAuthenticatorId"]), (200, &json!(phone.id.to_string())));
    Ok(())
}

#[tokio::test]
async fn credential_remove_takes_the_ten_minute_signature() -> Result<()> {
    let store = store().await?;
    let phone = enrolled(&store).await?;
    let (status, body) = told(scanlatch_credential_remove::handle(&store, http("credential-remove")?).await);
    assert_eq!((status, body), (200, json!({ "removedAuthenticatorId": phone.id.to_string() })));
    store.advance(2 * 3_600_000);
    let (status, body) = told(scanlatch_credential_remove::handle(&store, http("credential-remove")?).await);
    assert_eq!((status, &body["error"]), (401, &json!("invalid_credential")));
    Ok(())
}

#[tokio::test]
async fn action_track_and_validate_serve_the_backend() -> Result<()> {
    let store = store().await?;
    let (status, body) = told(scanlatch_action_track::handle(&store, &config(), http("action-track")?).await);
    assert_eq!((status, &body["state"]), (200, &json!("CHALLENGE_REQUIRED")));
    assert_eq!(body["url"], "https://login.example/v1/no-hosted-page?action=login");
    let (status, invalid) = told(scanlatch_validate::handle(&store, &config(), http("validate")?).await);
    assert_eq!((status, invalid), (200, json!({ "isValid": false, "error": "The token is invalid." })));
    let mut request = http("validate")?;
    *request.body_mut() = Body::Text(json!({ "token": body["token"], "userId": "auth0|ann" }).to_string());
    let (status, valid) = told(scanlatch_validate::handle(&store, &config(), request).await);
    assert_eq!((status, &valid["userId"], &valid["isValid"]), (200, &json!("auth0|ann"), &json!(false)));
    Ok(())
}

#[tokio::test]
async fn users_authenticators_and_actions_serve_the_backend() -> Result<()> {
    let store = store().await?;
    let phone = enrolled(&store).await?;
    let (status, body) = told(scanlatch_users::handle(&store, &config(), http("users")?).await);
    let expected = json!({ "email": "ann@example.com", "emailVerified": true, "phoneNumberVerified": false });
    assert_eq!((status, body), (200, expected));
    let (status, body) = told(scanlatch_authenticators::handle(&store, http("authenticators")?).await);
    assert_eq!((status, &body[0]["userAuthenticatorId"]), (200, &json!(phone.id.to_string())));
    told(scanlatch_action_track::handle(&store, &config(), http("action-track")?).await);
    let (status, body) = told(scanlatch_actions::handle(&store, http("actions")?).await);
    assert_eq!((status, body.as_array().map(Vec::len)), (200, Some(1)));
    let (status, body) = told(scanlatch_users_proxy::handle(&store, &config(), http("users-proxy")?).await);
    assert_eq!((status, body), (200, json!([])));
    Ok(())
}

#[tokio::test]
async fn challenges_are_found_taken_and_begin_sessions() -> Result<()> {
    let store = store().await?;
    enrolled(&store).await?;
    shown(&store).await?;
    let (status, body) = told(scanlatch_challenge_find::handle(&store, http("challenge-find")?).await);
    assert_eq!((status, &body["challengeId"], &body["expiresAt"]), (200, &json!(CHALLENGE), &json!(1_767_226_200)));
    let (status, body) = told(scanlatch_challenge_assign::handle(&store, &config(), http("challenge-assign")?).await);
    assert_eq!((status, &body["error"]), (409, &json!("challenge_not_approved")));
    told(scanlatch_challenge_claim::handle(&store, http("challenge-claim")?).await);
    told(scanlatch_challenge_decide::handle(&store, &config(), http("challenge-decide")?).await);
    let (status, body) = told(scanlatch_challenge_assign::handle(&store, &config(), http("challenge-assign")?).await);
    assert_eq!((status, &body["verificationMethod"]), (200, &json!("DEVICE")));
    let (status, refused) = told(scanlatch_sessions::handle(&store, &config(), http("sessions")?).await);
    assert_eq!((status, &refused["error"]), (400, &json!("unknown_client")));
    Ok(())
}

#[tokio::test]
async fn a_trusted_device_opens_asks_and_verifies() -> Result<()> {
    let store = store().await?;
    enrolled(&store).await?;
    let (status, body) = told(scanlatch_challenge_pending::handle(&store, http("challenge-pending")?).await);
    assert_eq!((status, body), (200, json!({})));
    let (status, body) =
        told(scanlatch_trusted_device_challenge::handle(&store, &config(), http("trusted-device-challenge")?).await);
    assert_eq!((status, body["nonce"].as_str().map(str::len)), (200, Some(43)));
    let own = Challenge { screen: Screen::TrustedDevice, ..shown_elsewhere() };
    store.create(&own, &Before::default()).await?;
    let (status, body) =
        told(scanlatch_trusted_device_verify::handle(&store, &config(), http("trusted-device-verify")?).await);
    assert_eq!((status, &body["userId"]), (200, &json!("auth0|ann")));
    Ok(())
}

#[tokio::test]
async fn jwks_publishes_public_halves_only() -> Result<()> {
    let store = store().await?;
    let (status, body) = told(scanlatch_jwks::handle(&store, http("jwks")?).await);
    let members: Vec<&str> = body["keys"][0].as_object().context("no key")?.keys().map(String::as_str).collect();
    assert_eq!((status, members), (200, vec!["alg", "crv", "kid", "kty", "use", "x", "y"]));
    Ok(())
}

#[tokio::test]
async fn signing_key_rotate_makes_the_next_key_when_it_is_due() -> Result<()> {
    let store = store().await?;
    let event = json("signing-key-rotate")?;
    let early = scanlatch_signing_key_rotate::handle(&store, Period::default(), event.clone()).await.unwrap();
    assert_eq!((early.made, early.age_days), (false, 0));
    store.advance(89 * 86_400_000);
    let due = scanlatch_signing_key_rotate::handle(&store, Period::default(), event).await.unwrap();
    assert_eq!((due.kid, due.made, due.age_days), (early.kid, true, 89));
    assert_eq!(told(scanlatch_jwks::handle(&store, http("jwks")?).await).1["keys"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[tokio::test]
async fn unknown_route_knows_its_backends() -> Result<()> {
    let store = store().await?;
    let (status, body) = told(scanlatch_unknown_route::handle(&store, http("unknown-route")?).await);
    assert_eq!((status, &body["errorCode"]), (404, &json!("not_found")));
    let mut stranger = http("unknown-route")?;
    stranger.headers_mut().remove("authorization");
    assert_eq!(told(scanlatch_unknown_route::handle(&store, stranger).await).0, 401);
    Ok(())
}

#[tokio::test]
async fn unknown_route_lets_browsers_ask_before_they_call() -> Result<()> {
    let mut preflight = http("unknown-route")?;
    *preflight.method_mut() = Method::OPTIONS;
    preflight.headers_mut().remove("authorization");
    let answer = scanlatch_unknown_route::handle(&store().await?, preflight).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().is_empty()), (204, true));
    Ok(())
}

#[tokio::test]
async fn a_socket_is_opened_asked_and_closed() -> Result<()> {
    let store = store().await?;
    let id = ConnectionId::parse("JKJaXeL2vHcCEgQ=").unwrap();
    let reply =
        scanlatch_socket_connect::handle(&store, &config(), socket("socket-connect")?, Source::Anybody).await.unwrap();
    assert!(matches!(reply, Reply::Accept));
    let reply = scanlatch_socket_message::handle(&store, &config(), socket("socket-message")?).await.unwrap();
    let Reply::Say(notice) = reply else { panic!("no answer") };
    let answer: Value = serde_json::from_str(&notice.to_text())?;
    assert_eq!((&answer["type"], &answer["data"]["state"]), (&json!("CHALLENGE_CREATED"), &json!("unclaimed")));
    let connection = store.connection(&id).await?.context("no connection")?;
    assert_eq!(connection.viewer.context.ip_address.as_deref(), Some("203.0.113.7"));
    scanlatch_socket_disconnect::handle(&store, socket("socket-disconnect")?).await.unwrap();
    assert_eq!(store.connection(&id).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_tracked_action_that_is_gone_opens_nothing() -> Result<()> {
    let store = store().await?;
    let action = Action {
        name: shown(&store).await?.action_of(&UserId::parse("ann").unwrap()),
        state: ActionState::ChallengeRequired,
        state_updated_at: store.now(),
        created_at: store.now(),
        expires_at: store.now().plus(1_000),
        custom: None,
        context: Context::default(),
        verified_by: None,
        decided_in: None,
        newest: None,
        trace: None,
    };
    store.track(&action).await?;
    let token = UserToken {
        id: TokenId::from_random([9; 16]),
        issued_at: store.now(),
        tenant: tenant(),
        user: action.name.user.clone(),
        action: action.name.code.clone(),
        idempotency_key: action.name.idempotency_key.clone(),
        scope: Scope::accept(None).unwrap(),
    };
    let key = store.signing_key_or_first(store.now()).await?;
    let token = token.sign(&key, &config().issuer, 600_000);
    let mut request = http("challenge-create")?;
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
    store.advance(1_000);
    let (status, body) = told(scanlatch_challenge_create::handle(&store, &config(), request).await);
    assert_eq!((status, &body["error"]), (401, &json!("token_invalid")));
    Ok(())
}
