//! What an attacker writes into a request, records on the way, or asks too early.

#![expect(clippy::unwrap_used, reason = "a test cannot go on without; its own texts are well formed")]

use p256::ecdsa::Signature;
use scanlatch_protocol::Refusal;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::base64;
use scanlatch_protocol::challenge::{ChallengeParams, State};
use scanlatch_protocol::id::{ChallengeId, ConnectionId};
use scanlatch_protocol::wire::screen::CreateRequest;
use scanlatch_protocol::wire::socket::{Asked, Message};
use scanlatch_service::{connect, create, message};
use scanlatch_testkit::scene::fresh;
use serde_json::{Value, json};

use crate::world::{ADD, Phone, World, refusal, text, viewer};

const CHOSEN: &str = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";

/// Members that no screen may send, beside those that it may.
fn presumptuous(mut body: Value) -> Value {
    for (member, value) in [
        ("challengeId", json!(CHOSEN)),
        ("deviceCode", json!("A".repeat(43))),
        ("idempotencyKey", json!(CHOSEN)),
        ("state", json!("approved")),
        ("userId", json!("ann")),
        ("subject", json!("ann")),
        ("ipAddress", json!("198.51.100.1")),
        ("location", json!({"city": "Oslo"})),
        ("origin", json!("https://bank.example")),
        ("expiresAt", json!("2999-01-01T00:00:00.000Z")),
        ("tenantId", json!(CHOSEN)),
    ] {
        body[member] = value;
    }
    body
}

fn of_http(body: Value) -> ChallengeParams {
    serde_json::from_value::<CreateRequest>(body).unwrap().accept().unwrap().0
}

fn of_socket(data: &Value) -> ChallengeParams {
    let message = json!({"type": "CREATE_CHALLENGE", "data": data}).to_string();
    match serde_json::from_str::<Message>(&message).unwrap().accept().unwrap() {
        Asked::Challenge { params, .. } => params,
        Asked::Resume(..) => panic!("it asked for a challenge"),
    }
}

#[tokio::test]
async fn a_screen_chooses_nothing_of_its_challenge_but_action_and_custom() {
    let world = World::new().await;
    let anybody = world.anybody();
    let wish = of_http(presumptuous(json!({"action": "login"})));
    let polled = create::run(&world.store, &world.issuer, &anybody, None, (wish, None), viewer()).await.unwrap().0;
    let socket = ConnectionId::parse("socket").unwrap();
    connect::run(&world.store, &world.issuer, &anybody, None, socket.clone(), viewer()).await.unwrap();
    let wish = of_socket(&presumptuous(json!({"actionCode": "login"})));
    let shown = message::run(&world.store, &socket, wish, false).await.unwrap().0;
    let plain = world.ask(&anybody).await.0;
    for challenge in [polled, shown] {
        let stored = world.stored(&challenge.id);
        assert_ne!(stored.id.to_string(), CHOSEN);
        assert_ne!(stored.idempotency_key.as_str(), CHOSEN);
        assert_eq!((&stored.state, &stored.subject, stored.tenant), (&State::Unclaimed, &None, world.tenant));
        assert_eq!((&stored.context, stored.expires_at), (&plain.context, plain.expires_at));
    }
}

#[tokio::test]
async fn whom_a_phones_body_names_approves_nothing() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    world.phone("ben").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    let mut body = phone.signed(&challenge.id);
    for member in ["userId", "sub", "user", "userAuthenticatorId", "phoneNumber"] {
        body[member] = json!("ben");
    }
    world.try_send_claim(&body).await.unwrap();
    let mut decision = phone.signed(&challenge.id);
    for member in ["userId", "sub", "user", "userAuthenticatorId", "phoneNumber"] {
        decision[member] = json!("ben");
    }
    world.try_send_decision(&decision, true).await.unwrap();
    let token = text(&world.poll(&challenge.id, &code).await["accessToken"]);
    assert_eq!(world.validate(&token).await["userId"], "ann");
    let claims = base64::decode(token.split('.').nth(1).unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&claims).unwrap()["sub"], "ann");
}

#[tokio::test]
async fn a_screen_is_told_nothing_of_a_person_before_the_approval() {
    let world = World::new().await;
    let phone = world.phone("canary-ann").await;
    let about = json!({"email": "canary@example.com", "username": "canary"});
    world.try_track("canary-ann", about).await.unwrap();
    let (polled, code) = world.ask(&world.anybody()).await;
    let shown = world.show(&world.connect(&world.anybody()).await).await;
    for id in [&polled.id, &shown.id] {
        world.claim(&phone, id).await;
    }
    let told = format!("{} {:?}", world.poll(&polled.id, &code).await, world.told());
    assert!(told.contains("claimed") && !told.contains("canary"), "{told}");
    for id in [&polled.id, &shown.id] {
        world.reject(&phone, id).await;
    }
    let told = format!("{} {:?}", world.poll(&polled.id, &code).await, world.told());
    assert!(told.contains("rejected") && !told.contains("canary"), "{told}");
}

#[tokio::test]
async fn what_a_phone_was_shown_does_not_change_until_it_decides() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let of_amount = |amount: &str| json!({"idempotencyKey": "order-7", "custom": {"amount": amount}});
    let screen = Identity::Token(world.token("ann", of_amount("5 EUR")).await);
    let (challenge, _) = world.ask(&screen).await;
    let shown = world.claim(&phone, &challenge.id).await;
    assert_eq!(shown["custom"], json!({"amount": "5 EUR"}));
    let before = world.stored(&challenge.id);
    world.token("ann", of_amount("500 EUR")).await;
    let mut bound = of_amount("500 EUR");
    bound["challengeId"] = json!(challenge.id.to_string());
    world.try_track("ann", bound.clone()).await.unwrap();
    bound["idempotencyKey"] = json!("order-8");
    assert_eq!(refusal(world.try_track("ann", bound).await), Refusal::NotOpen);
    assert_eq!(world.stored(&challenge.id), before);
    assert_eq!(world.claim(&phone, &challenge.id).await, shown);
    world.approve(&phone, &challenge.id).await;
    let record = world.record("ann", &world.stored(&challenge.id)).await;
    assert_eq!(record.custom.unwrap().to_text(), r#"{"amount":"5 EUR"}"#);
}

/// The other signature that is valid for the same text and key.
fn twin(body: &Value) -> Value {
    let signature = base64::decode(body["signature"].as_str().unwrap()).unwrap();
    let (r, s) = Signature::from_der(&signature).unwrap().split_scalars();
    let mut twin = body.clone();
    twin["signature"] = json!(base64::encode(Signature::from_scalars(*r, -*s).unwrap().to_der().as_bytes()));
    twin
}

#[tokio::test]
async fn a_recorded_claim_and_its_twin_decide_nothing() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    let recorded = phone.signed(&challenge.id);
    world.try_send_claim(&recorded).await.unwrap();
    let before = world.store.snapshot();
    for replayed in [&recorded, &twin(&recorded)] {
        for approved in [true, false] {
            assert_eq!(refusal(world.try_send_decision(replayed, approved).await), Refusal::SpentSignature);
        }
    }
    assert_eq!(world.store.snapshot(), before);
    assert_eq!(world.poll(&challenge.id, &code).await["isConsumed"], false);
}

/// A limit of the wire: the official SDKs sign the id alone. Whoever can change a request on its way can turn it.
#[tokio::test]
async fn a_signature_does_not_say_whether_it_approves() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    let declined = phone.signed(&challenge.id);
    assert_eq!(world.try_send_decision(&declined, true).await.unwrap(), json!({"isVerified": true}));
    assert_eq!(refusal(world.try_send_decision(&declined, false).await), Refusal::AlreadyDecided);
}

#[tokio::test]
async fn a_signature_over_one_challenge_serves_no_other() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (kiosk, _) = world.ask(&world.anybody()).await;
    let (other, _) = world.ask(&world.anybody()).await;
    let mut moved = phone.signed(&kiosk.id);
    moved["challengeId"] = json!(other.id.to_string());
    assert_eq!(refusal(world.try_send_claim(&moved).await), Refusal::InvalidCredential);
    world.claim(&phone, &other.id).await;
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_send_decision(&moved, true).await), Refusal::InvalidCredential);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn an_enrolment_token_that_was_shown_around_enrols_one_phone() {
    let world = World::new().await;
    let token = world.token("ann", json!({"scope": ADD})).await;
    world.try_enrol(&Phone::new(), &token).await.unwrap();
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_enrol(&Phone::new(), &token).await), Refusal::TokenSpent);
    assert_eq!(world.store.snapshot(), before);
    let late = world.token("ann", json!({"scope": ADD})).await;
    world.store.advance(10 * 60_000);
    assert_eq!(refusal(world.try_enrol(&Phone::new(), &late).await), Refusal::ExpiredToken);
}

#[tokio::test]
async fn a_guessed_id_is_as_unknown_as_one_that_is_over() {
    let (world, neighbour) = World::new().await.neighbour().await;
    let phone = world.phone("ann").await;
    let there = World { tenant: neighbour.tenant, secret: neighbour.secret, ..world };
    let (foreign, _) = there.ask(&there.anybody()).await;
    let meant = Identity::Token(there.token("cem", json!({})).await);
    let here = World { tenant: scanlatch_testkit::scene::tenant(), ..there };
    assert_eq!(refusal(here.try_claim(&phone, &foreign.id).await), Refusal::Unauthorized);
    let there = World { tenant: neighbour.tenant, ..here };
    let ben = there.phone("ben").await;
    let (hers, _) = there.ask(&meant).await;
    there.store.set_now(hers.expires_at);
    let unknown = ChallengeId::from_random(fresh());
    for id in [&unknown, &hers.id] {
        assert_eq!(refusal(there.try_claim(&ben, id).await), Refusal::UnknownChallenge);
        assert_eq!(refusal(there.try_decide(&ben, id, true).await), Refusal::UnknownChallenge);
    }
}
