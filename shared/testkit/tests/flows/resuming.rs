//! Screens that come back to their challenge.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::{Challenge, GRACE_MS};
use scanlatch_protocol::id::ConnectionId;
use scanlatch_protocol::secret::DeviceCode;
use scanlatch_protocol::wire::socket::Answer;
use scanlatch_testkit::scene::{DECIDE_MS, fresh};
use serde_json::{Value, json};

use crate::world::{Phone, World, refusal, text};

/// A screen with a code on a socket, and Ann's phone.
struct Scene {
    world: World,
    phone: Phone,
    socket: ConnectionId,
    challenge: Challenge,
    code: DeviceCode,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let phone = world.phone("ann").await;
        let socket = world.connect(&world.anybody()).await;
        let (challenge, code) = world.show_resumable(&socket).await;
        Self { world, phone, socket, challenge, code }
    }

    /// Another socket of the same page.
    async fn another(&self) -> ConnectionId {
        self.world.connect(&self.world.anybody()).await
    }

    async fn try_resume(&self, socket: &ConnectionId) -> scanlatch_service::Result<Value> {
        self.world.try_resume(socket, &self.challenge.id, &self.code).await
    }

    async fn resume(&self, socket: &ConnectionId) -> Value {
        self.world.resume(socket, &self.challenge.id, &self.code).await
    }
}

#[tokio::test]
async fn only_a_screen_that_asks_for_it_is_given_a_code() {
    let Scene { world, challenge, code, .. } = Scene::new().await;
    let told =
        |challenge, code| -> Value { serde_json::from_str(&Answer::created(challenge, code, None).to_text()).unwrap() };
    assert_eq!(told(&challenge, Some(&code))["data"]["deviceCode"], code.expose());
    let official = world.show(&world.connect(&world.anybody()).await).await;
    assert_eq!(told(&official, None)["data"].get("deviceCode"), None);
    assert_eq!(refusal(world.try_poll(&official.id, &code).await), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn a_screen_whose_socket_dropped_gets_the_token_on_a_new_one() {
    let scene = Scene::new().await;
    let Scene { world, phone, challenge, .. } = &scene;
    world.claim(phone, &challenge.id).await;
    world.leave(&scene.socket).await;
    assert_eq!(world.approve(phone, &challenge.id).await, json!({"isVerified": true}));
    let socket = scene.another().await;
    let first = scene.resume(&socket).await;
    assert_eq!(first["state"], "approved");
    assert_eq!(world.validate(&text(&first["accessToken"])).await["isValid"], true);
    let before = world.store.look();
    assert_eq!(scene.resume(&socket).await, first);
    assert_eq!(world.store.look(), before);
    assert_eq!(scene.resume(&scene.another().await).await, first);
}

#[tokio::test]
async fn a_screen_whose_socket_dropped_may_poll() {
    let scene = Scene::new().await;
    let Scene { world, phone, challenge, code, .. } = &scene;
    world.claim(phone, &challenge.id).await;
    world.leave(&scene.socket).await;
    assert_eq!(world.poll(&challenge.id, code).await["isClaimed"], true);
    world.approve(phone, &challenge.id).await;
    let first = world.poll(&challenge.id, code).await;
    assert_eq!(world.validate(&text(&first["accessToken"])).await["isValid"], true);
    assert_eq!(world.poll(&challenge.id, code).await, first);
}

#[tokio::test]
async fn a_screen_that_is_back_hears_on_its_new_socket() {
    let scene = Scene::new().await;
    let Scene { world, phone, challenge, .. } = &scene;
    world.leave(&scene.socket).await;
    let socket = scene.another().await;
    assert_eq!(scene.resume(&socket).await["state"], "unclaimed");
    world.claim(phone, &challenge.id).await;
    assert_eq!(scene.resume(&socket).await["state"], "claimed");
    world.approve(phone, &challenge.id).await;
    let told = world.told();
    assert!(told.iter().all(|(to, _)| *to == socket));
    let states: Vec<&Value> = told.iter().map(|(_, notice)| &notice["data"]["state"]).collect();
    assert_eq!(states, ["claimed", "approved"]);
}

#[tokio::test]
async fn a_screen_may_come_back_before_the_service_hears_that_it_left() {
    let scene = Scene::new().await;
    let Scene { world, phone, challenge, .. } = &scene;
    let socket = scene.another().await;
    scene.resume(&socket).await;
    world.leave(&scene.socket).await;
    world.claim(phone, &challenge.id).await;
    world.approve(phone, &challenge.id).await;
    assert_eq!(world.told().into_iter().filter(|(to, _)| *to == socket).count(), 2);
}

#[tokio::test]
async fn a_screen_that_is_away_for_a_minute_has_its_code_claimed_no_more_until_it_is_back() {
    let scene = Scene::new().await;
    let Scene { world, phone, challenge, .. } = &scene;
    world.leave(&scene.socket).await;
    world.store.advance(GRACE_MS);
    let before = world.store.snapshot();
    assert_eq!(refusal(world.try_claim(phone, &challenge.id).await), Refusal::Cancelled);
    assert_eq!(world.store.snapshot(), before);
    scene.resume(&scene.another().await).await;
    assert_eq!(world.claim(phone, &challenge.id).await["success"], true);
}

#[tokio::test]
async fn what_was_claimed_can_be_decided_however_long_its_screen_is_away() {
    let scene = Scene::new().await;
    let Scene { world, phone, challenge, .. } = &scene;
    world.claim(phone, &challenge.id).await;
    world.leave(&scene.socket).await;
    world.store.advance(DECIDE_MS - 1);
    assert_eq!(world.approve(phone, &challenge.id).await, json!({"isVerified": true}));
    world.store.advance(challenge.redeemable_ms - 1);
    assert_eq!(scene.resume(&scene.another().await).await["state"], "approved");
    world.store.advance(1);
    assert_eq!(refusal(scene.try_resume(&scene.another().await).await), Refusal::Expired);
}

#[tokio::test]
async fn nobody_resumes_without_the_code() {
    let scene = Scene::new().await;
    let Scene { world, challenge, .. } = &scene;
    let socket = scene.another().await;
    let before = world.store.snapshot();
    let guessed = DeviceCode::from_random(fresh());
    assert_eq!(refusal(world.try_resume(&socket, &challenge.id, &guessed).await), Refusal::UnknownChallenge);
    let nobodys = ConnectionId::parse("nobody").unwrap();
    assert_eq!(refusal(scene.try_resume(&nobodys).await), Refusal::Unauthorized);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_neighbours_socket_resumes_nothing() {
    let scene = Scene::new().await;
    let (world, neighbour) = scene.world.neighbour().await;
    let socket = world.connect(&scanlatch_protocol::authorization::Identity::Tenant(neighbour.tenant)).await;
    let resumed = world.try_resume(&socket, &scene.challenge.id, &scene.code).await;
    assert_eq!(refusal(resumed), Refusal::UnknownChallenge);
}

#[tokio::test]
async fn what_is_over_is_not_resumed() {
    let refreshed = Scene::new().await;
    refreshed.world.show_resumable(&refreshed.socket).await;
    assert_eq!(refusal(refreshed.try_resume(&refreshed.another().await).await), Refusal::Superseded);
    let expired = Scene::new().await;
    expired.world.store.set_now(expired.challenge.expires_at);
    assert_eq!(refusal(expired.try_resume(&expired.another().await).await), Refusal::Expired);
}

#[tokio::test]
async fn a_screen_that_is_back_hears_of_a_rejection_without_a_token() {
    let scene = Scene::new().await;
    let Scene { world, phone, challenge, .. } = &scene;
    world.claim(phone, &challenge.id).await;
    world.leave(&scene.socket).await;
    world.reject(phone, &challenge.id).await;
    let told = scene.resume(&scene.another().await).await;
    assert_eq!((&told["state"], told.get("accessToken")), (&json!("rejected"), None));
}

#[tokio::test]
async fn a_code_that_its_screen_refreshed_can_no_longer_be_decided_but_what_was_approved_can_be_fetched() {
    let scene = Scene::new().await;
    let Scene { world, phone, challenge, code, socket } = &scene;
    world.claim(phone, &challenge.id).await;
    let (second, second_code) = world.show_resumable(socket).await;
    assert_eq!(refusal(world.try_decide(phone, &challenge.id, true).await), Refusal::Superseded);
    world.claim(phone, &second.id).await;
    world.approve(phone, &second.id).await;
    world.show_resumable(socket).await;
    assert!(world.poll(&second.id, &second_code).await["accessToken"].is_string());
    assert_eq!(world.poll(&challenge.id, code).await.get("accessToken"), None);
}

#[tokio::test]
async fn a_polling_screen_that_names_its_code_replaces_it() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (first, code) = world.ask(&world.anybody()).await;
    let (second, second_code) = world.ask_anew(&world.anybody(), (first.id, code)).await;
    assert_eq!(refusal(world.try_claim(&phone, &first.id).await), Refusal::Superseded);
    let (_, _) = world.ask_anew(&world.anybody(), (second.id, DeviceCode::from_random(fresh()))).await;
    world.claim(&phone, &second.id).await;
    let (third, _) = world.ask_anew(&world.anybody(), (second.id, second_code)).await;
    assert_eq!(refusal(world.try_decide(&phone, &second.id, true).await), Refusal::Superseded);
    assert_eq!(world.claim(&phone, &third.id).await["success"], true);
}
