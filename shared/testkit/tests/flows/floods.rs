//! Sockets that ask too often, and what the end of a socket costs.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::action::ActionState;
use scanlatch_protocol::authorization::Identity;
use scanlatch_protocol::bucket::{CAPACITY, REFILL_MS};
use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::id::ConnectionId;
use scanlatch_service::measure::{Measure, gathered};
use scanlatch_service::port::Connections as _;
use serde_json::json;

use crate::world::{World, refusal};

/// A socket without a token left, and what it shows.
async fn exhausted() -> (World, ConnectionId, Challenge) {
    let world = World::new().await;
    let screen = world.connect(&world.anybody()).await;
    for _ in 1..CAPACITY {
        world.show(&screen).await;
    }
    let last = world.show(&screen).await;
    (world, screen, last)
}

#[tokio::test]
async fn a_socket_that_asks_too_often_is_refused_and_nothing_is_written() {
    let (world, screen, last) = exhausted().await;
    let before = world.store.snapshot();
    world.store.calls();
    assert_eq!(refusal(world.try_show(&screen).await), Refusal::TooManyRequests);
    assert_eq!(world.store.calls(), ["connection"]);
    assert_eq!(world.store.snapshot(), before);
    let phone = world.phone("ann").await;
    assert_eq!(world.claim(&phone, &last.id).await["success"], true);
}

#[tokio::test]
async fn coming_back_costs_a_token_too() {
    let world = World::new().await;
    let screen = world.connect(&world.anybody()).await;
    let (challenge, code) = world.show_resumable(&screen).await;
    for _ in 1..CAPACITY {
        world.resume(&screen, &challenge.id, &code).await;
    }
    world.store.calls();
    assert_eq!(refusal(world.try_resume(&screen, &challenge.id, &code).await), Refusal::TooManyRequests);
    assert_eq!(world.store.calls(), ["connection"]);
    assert_eq!(refusal(world.try_show(&screen).await), Refusal::TooManyRequests);
}

#[tokio::test]
async fn the_first_message_too_many_closes_the_socket_and_is_counted() {
    let (world, screen, _) = exhausted().await;
    let before = world.store.snapshot();
    let (refused, counted) = gathered(world.try_show_or_pay(&screen)).await;
    assert_eq!(refusal(refused), Refusal::TooManyRequests);
    assert_eq!(counted.value(Measure::SocketsClosed), Some(1.0));
    assert_eq!(world.store.snapshot(), before);
    // More messages may be under way.
    assert_eq!(gathered(world.try_show_or_pay(&screen)).await.1.value(Measure::SocketsClosed), None);
    assert_eq!(world.store.closed(), [screen]);
}

#[tokio::test]
async fn a_token_comes_back_every_five_seconds() {
    let (world, screen, _) = exhausted().await;
    world.store.advance(REFILL_MS - 1);
    assert_eq!(refusal(world.try_show(&screen).await), Refusal::TooManyRequests);
    world.store.advance(1);
    world.show(&screen).await;
    assert_eq!(refusal(world.try_show(&screen).await), Refusal::TooManyRequests);
}

#[tokio::test]
async fn each_socket_has_its_own_tokens() {
    let (world, _, _) = exhausted().await;
    world.show(&world.connect(&world.anybody()).await).await;
    assert_eq!(world.store.closed(), []);
}

/// A wrong code reads three items, and a barred action fails a transaction. Neither may be free.
#[tokio::test]
async fn messages_that_are_refused_for_other_reasons_use_the_tokens_up() {
    let world = World::new().await;
    let tracked = Identity::Token(world.token("ann", json!({ "idempotencyKey": "order-7" })).await);
    let screen = world.connect(&tracked).await;
    world.set_state("ann", "order-7", ActionState::Block).await;
    for _ in 0..CAPACITY {
        assert_eq!(refusal(world.try_show_or_pay(&screen).await), Refusal::ActionBlocked);
    }
    assert_eq!(world.store.closed(), []);
    assert_eq!(refusal(world.try_show_or_pay(&screen).await), Refusal::TooManyRequests);
    assert_eq!(world.store.closed(), [screen]);
}

#[tokio::test]
async fn a_refused_message_leaves_what_the_socket_shows() {
    let world = World::new().await;
    let screen = world.connect(&world.anybody()).await;
    world.show(&screen).await;
    let before = world.store.connection(&screen).await.unwrap().unwrap();
    world.refuse(&screen).await;
    let after = world.store.connection(&screen).await.unwrap().unwrap();
    assert_eq!(after.shows, before.shows);
    assert_ne!(after.bucket, before.bucket);
    world.refuse(&ConnectionId::parse("nobody").unwrap()).await;
}

/// A read unit costs a fifth of a write unit.
#[tokio::test]
async fn the_end_of_a_usual_login_writes_no_challenge() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    for approves in [true, false] {
        let screen = world.connect(&world.anybody()).await;
        let challenge = world.show(&screen).await;
        world.claim(&phone, &challenge.id).await;
        if approves {
            world.approve(&phone, &challenge.id).await;
        } else {
            world.reject(&phone, &challenge.id).await;
        }
        world.store.calls();
        world.leave(&screen).await;
        assert_eq!(world.store.calls(), ["disconnect", "challenge"]);
    }
}

#[tokio::test]
async fn the_end_of_a_socket_writes_where_somebody_could_still_claim_or_decide() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    for (resumable, claims) in [(false, false), (false, true), (true, false), (true, true)] {
        let screen = world.connect(&world.anybody()).await;
        let challenge = if resumable { world.show_resumable(&screen).await.0 } else { world.show(&screen).await };
        if claims {
            world.claim(&phone, &challenge.id).await;
        }
        world.store.calls();
        world.leave(&screen).await;
        assert_eq!(world.store.calls(), ["disconnect", "challenge", "leave"]);
    }
}

#[tokio::test]
async fn the_end_of_a_socket_writes_no_challenge_that_is_over_or_shown_elsewhere() {
    let world = World::new().await;
    let idle = world.connect(&world.anybody()).await;
    world.store.calls();
    world.leave(&idle).await;
    assert_eq!(world.store.calls(), ["disconnect"], "it showed nothing");

    let (first, second) = (world.connect(&world.anybody()).await, world.connect(&world.anybody()).await);
    let (challenge, code) = world.show_resumable(&first).await;
    world.resume(&second, &challenge.id, &code).await;
    world.store.calls();
    world.leave(&first).await;
    assert_eq!(world.store.calls(), ["disconnect", "challenge"], "another socket shows it");

    world.store.set_now(challenge.expires_at);
    world.leave(&second).await;
    assert_eq!(world.store.calls(), ["disconnect", "challenge"], "it has expired");
}
