//! A transition happens, its reply is lost, and the caller asks again.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::key_set::Cause;
use scanlatch_protocol::key_set::Period;
use scanlatch_service::port::{Clock as _, Rotates as _};
use scanlatch_service::rotate;
use serde_json::json;

use crate::world::{ADD, Phone, World, is_unavailable, refusal, text};

#[tokio::test]
async fn a_claim_whose_reply_was_lost_is_answered_alike() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    let body = phone.signed(&challenge.id);
    world.store.lose_reply(1);
    assert!(is_unavailable(&world.try_send_claim(&body).await));
    let before = world.store.look();
    let again = world.try_send_claim(&body).await.unwrap();
    assert_eq!(again["idempotencyKey"], challenge.idempotency_key.as_str());
    assert_eq!(again["ipAddress"], "203.0.113.7");
    assert_eq!(world.store.look(), before);
}

#[tokio::test]
async fn a_claim_that_is_signed_anew_is_answered_alike() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    let first = world.claim(&phone, &challenge.id).await;
    assert_eq!(world.claim(&phone, &challenge.id).await, first);
}

#[tokio::test]
async fn a_claim_whose_reply_was_lost_still_bars_others() {
    let world = World::new().await;
    let (phone, other) = (world.phone("ann").await, world.phone("ben").await);
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.store.lose_reply(1);
    assert!(is_unavailable(&world.try_claim(&phone, &challenge.id).await));
    assert_eq!(refusal(world.try_claim(&other, &challenge.id).await), Refusal::AlreadyClaimed);
}

#[tokio::test]
async fn a_decision_whose_reply_was_lost_is_answered_alike() {
    for approved in [true, false] {
        let world = World::new().await;
        let phone = world.phone("ann").await;
        let screen = world.connect(&world.anybody()).await;
        let challenge = world.show(&screen).await;
        world.claim(&phone, &challenge.id).await;
        world.told();
        world.store.lose_reply(1);
        assert!(is_unavailable(&world.try_decide(&phone, &challenge.id, approved).await));
        assert_eq!(world.told(), [], "the push died with the reply");
        let (stood, record) = (world.stored(&challenge.id), world.record("ann", &challenge).await);
        world.store.advance(1_000);
        for _ in 0..2 {
            let again = world.try_decide(&phone, &challenge.id, approved).await.unwrap();
            assert_eq!(again, json!({"isVerified": approved}));
            assert_eq!(world.told().len(), 1);
            let stands = world.stored(&challenge.id);
            assert_eq!(
                (stands.state.approval(), stands.state.holder()),
                (stood.state.approval(), stood.state.holder())
            );
            assert_eq!(world.record("ann", &challenge).await, record);
        }
    }
}

#[tokio::test]
async fn a_decision_whose_reply_was_lost_cannot_be_turned() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.store.lose_reply(1);
    assert!(is_unavailable(&world.try_decide(&phone, &challenge.id, false).await));
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::AlreadyDecided);
}

#[tokio::test]
async fn a_backend_whose_validation_was_lost_still_hears_of_the_login() {
    let world = World::new().await;
    let token = world.log_in(&world.phone("ann").await).await;
    world.store.lose_reply(1);
    assert!(is_unavailable(&world.try_validate(&world.secret, json!({"token": token})).await));
    let again = world.validate(&token).await;
    assert_eq!((&again["isValid"], &again["firstUse"]), (&json!(true), &json!(false)));
}

#[tokio::test]
async fn a_screen_whose_refresh_was_lost_gets_another_code() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let first = world.show(&screen).await;
    world.store.lose_reply(1);
    assert!(is_unavailable(&world.try_show(&screen).await));
    let third = world.show(&screen).await;
    assert_eq!(refusal(world.try_claim(&phone, &first.id).await), Refusal::Superseded);
    assert_eq!(world.claim(&phone, &third.id).await["success"], true);
}

#[tokio::test]
async fn an_enrolment_whose_reply_was_lost_is_answered_with_the_credential() {
    let world = World::new().await;
    let phone = Phone::new();
    let token = world.token("ann", json!({"scope": ADD})).await;
    world.store.lose_reply(1);
    assert!(is_unavailable(&world.try_enrol(&phone, &token).await));
    let before = world.store.snapshot();
    let credential = world.try_enrol(&phone, &token).await.unwrap();
    assert_eq!(credential.user.as_str(), "ann");
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn whichever_reply_is_lost_the_login_ends_with_one_token() {
    for nth in 1..=5 {
        let world = World::new().await;
        let phone = world.phone("ann").await;
        world.store.lose_reply(nth);
        let screen = match world.try_connect(&world.anybody(), None).await {
            Ok(screen) => screen,
            Err(_) => world.connect(&world.anybody()).await,
        };
        let challenge = match world.try_show(&screen).await {
            Ok(challenge) => challenge,
            Err(_) => world.show(&screen).await,
        };
        if world.try_claim(&phone, &challenge.id).await.is_err() {
            world.claim(&phone, &challenge.id).await;
        }
        if world.try_decide(&phone, &challenge.id, true).await.is_err() {
            world.approve(&phone, &challenge.id).await;
        }
        let token = text(&world.told().pop().unwrap().1["data"]["accessToken"]);
        let validated = match world.try_validate(&world.secret, json!({"token": token})).await {
            Ok(validated) => validated,
            Err(_) => world.validate(&token).await,
        };
        assert_eq!(validated["isValid"], true, "without reply {nth}");
    }
}

#[tokio::test]
async fn a_rotation_whose_reply_was_lost_is_found_done() {
    let world = World::new().await;
    let run = |now| rotate::run(&world.store, Cause::Schedule, Period::default(), now);
    run(world.store.now()).await.unwrap();
    world.store.advance(88 * 86_400_000);
    world.store.lose_reply(1);
    assert!(run(world.store.now()).await.is_err());
    let before = world.store.snapshot();
    assert!(!run(world.store.now()).await.unwrap().made);
    assert_eq!(world.store.snapshot(), before);
}

#[tokio::test]
async fn a_leak_whose_reply_was_lost_may_be_told_of_again() {
    let world = World::new().await;
    let leaked = world.token("ann", json!({})).await;
    let run = || rotate::run(&world.store, Cause::Leak, Period::default(), world.store.now());
    world.store.lose_reply(1);
    assert!(run().await.is_err());
    run().await.unwrap();
    assert_eq!(world.store.key_set().await.unwrap().verifying(world.store.now()).to_jwks().len(), 1);
    assert_eq!(refusal(world.try_enrol(&Phone::new(), &leaked).await), Refusal::InvalidToken);
}
