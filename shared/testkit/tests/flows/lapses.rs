//! Claims that nobody decides.

use scanlatch_protocol::Refusal;
use scanlatch_protocol::challenge::LAPSE_MARGIN_MS;
use scanlatch_testkit::scene::DECIDE_MS;
use serde_json::json;

use crate::world::{World, refusal, text};

#[tokio::test]
async fn a_decision_that_comes_too_late_is_refused() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.store.advance(DECIDE_MS);
    for approved in [true, false] {
        assert_eq!(refusal(world.try_decide(&phone, &challenge.id, approved).await), Refusal::Lapsed);
    }
}

#[tokio::test]
async fn a_decision_in_the_last_millisecond_counts() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.store.advance(DECIDE_MS - 1);
    world.approve(&phone, &challenge.id).await;
    assert_eq!(world.poll(&challenge.id, &code).await["isVerified"], true);
}

#[tokio::test]
async fn a_tenant_may_give_its_users_more_time() {
    let world = World::new().await;
    world.change(|tenant| tenant.settings.decision_lifetime_ms = 2 * DECIDE_MS).await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.store.advance(2 * DECIDE_MS - 1);
    assert_eq!(world.approve(&phone, &challenge.id).await["isVerified"], true);
}

#[tokio::test]
async fn a_polling_screen_hears_of_the_lapse() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.ask(&world.anybody()).await;
    world.claim(&phone, &challenge.id).await;
    world.store.advance(DECIDE_MS + LAPSE_MARGIN_MS - 1);
    assert_eq!(world.poll(&challenge.id, &code).await["isConsumed"], false);
    world.store.advance(1);
    let over = json!({"isClaimed": true, "isConsumed": true, "isVerified": false});
    assert_eq!(world.poll(&challenge.id, &code).await, over);
}

#[tokio::test]
async fn a_screen_that_comes_back_hears_of_the_lapse() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, code) = world.show_resumable(&world.connect(&world.anybody()).await).await;
    world.claim(&phone, &challenge.id).await;
    world.store.advance(DECIDE_MS + LAPSE_MARGIN_MS);
    let resumed = world.resume(&world.connect(&world.anybody()).await, &challenge.id, &code).await;
    assert_eq!(resumed["state"], "rejected");
}

#[tokio::test]
async fn a_late_decision_tells_a_screen_on_a_socket() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let challenge = world.show(&world.connect(&world.anybody()).await).await;
    world.claim(&phone, &challenge.id).await;
    world.told();
    world.store.advance(DECIDE_MS);
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::Lapsed);
    assert!(world.told().is_empty(), "an approval that began in time may still be under way");
    world.store.advance(LAPSE_MARGIN_MS);
    assert_eq!(refusal(world.try_decide(&phone, &challenge.id, true).await), Refusal::Lapsed);
    let told = world.told();
    assert_eq!((told.len(), text(&told[0].1["data"]["state"])), (1, "rejected".to_owned()));
}

#[tokio::test]
async fn a_known_user_who_claimed_nothing_has_the_challenges_whole_life() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = scanlatch_protocol::authorization::Identity::Token(world.token("ann", json!({})).await);
    let (challenge, _) = world.ask(&screen).await;
    world.store.set_now(challenge.expires_at.plus(-1));
    assert_eq!(world.approve(&phone, &challenge.id).await["isVerified"], true);
}

#[tokio::test]
async fn a_repeated_claim_does_not_buy_time() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let (challenge, _) = world.ask(&world.anybody()).await;
    let first = world.claim(&phone, &challenge.id).await;
    world.store.advance(DECIDE_MS - 1);
    assert_eq!(world.claim(&phone, &challenge.id).await["decideBy"], first["decideBy"]);
    world.store.advance(1);
    assert_eq!(refusal(world.try_claim(&phone, &challenge.id).await), Refusal::Lapsed);
}
