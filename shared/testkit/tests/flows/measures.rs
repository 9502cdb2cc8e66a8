//! What a login counts, call by call.

use scanlatch_protocol::challenge::Challenge;
use scanlatch_protocol::key_set::Cause;
use scanlatch_protocol::key_set::Period;
use scanlatch_service::measure::{Gathered, Measure, Outcome, gathered};
use scanlatch_service::port::Clock as _;
use scanlatch_service::rotate;
use scanlatch_testkit::memory::Fate;
use serde_json::json;

use crate::world::{ADD, Phone, World};

/// What a call counted, and how much.
async fn counted<T>(call: impl Future<Output = T>) -> (T, Vec<(Measure, f64)>) {
    let (result, gathered) = gathered(call).await;
    (result, gathered.values().to_vec())
}

async fn scene() -> (World, Phone, Challenge) {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen = world.connect(&world.anybody()).await;
    let challenge = world.show(&screen).await;
    (world, phone, challenge)
}

#[tokio::test]
async fn a_polling_screens_challenge_is_counted_as_such() {
    let world = World::new().await;
    assert_eq!(counted(world.ask(&world.anybody())).await.1, [(Measure::ChallengesPolled, 1.0)]);
}

#[tokio::test]
async fn each_challenge_on_a_socket_is_counted() {
    let world = World::new().await;
    let screen = world.connect(&world.anybody()).await;
    for _ in 0..2 {
        assert_eq!(counted(world.show(&screen)).await.1, [(Measure::ChallengesOnSockets, 1.0)]);
    }
}

#[tokio::test]
async fn a_claim_is_counted_once_and_each_push() {
    let (world, phone, challenge) = scene().await;
    let first = counted(world.claim(&phone, &challenge.id)).await.1;
    assert_eq!(first, [(Measure::PushesSent, 1.0), (Measure::Claims, 1.0)]);
    world.store.advance(10);
    assert_eq!(counted(world.claim(&phone, &challenge.id)).await.1, [(Measure::PushesSent, 1.0)]);
}

#[tokio::test]
async fn a_push_that_fails_is_counted_as_such() {
    let (world, phone, challenge) = scene().await;
    world.store.next_pushes([Fate::Lost]);
    let claimed = counted(world.claim(&phone, &challenge.id)).await.1;
    assert_eq!(claimed, [(Measure::PushesFailed, 1.0), (Measure::Claims, 1.0)]);
}

#[tokio::test]
async fn an_approval_is_counted_once_with_the_time_that_it_took() {
    let (world, phone, challenge) = scene().await;
    world.claim(&phone, &challenge.id).await;
    world.store.advance(2_500);
    let first = counted(Box::pin(world.approve(&phone, &challenge.id))).await.1;
    assert_eq!(first, [(Measure::Approvals, 1.0), (Measure::ClaimToDecision, 2_500.0), (Measure::PushesSent, 1.0)]);
    world.store.advance(10);
    assert_eq!(counted(Box::pin(world.approve(&phone, &challenge.id))).await.1, [(Measure::PushesSent, 1.0)]);
}

#[tokio::test]
async fn a_rejection_is_counted_as_such() {
    let (world, phone, challenge) = scene().await;
    world.claim(&phone, &challenge.id).await;
    let rejected = gathered(world.reject(&phone, &challenge.id)).await.1;
    assert_eq!((rejected.value(Measure::Rejections), rejected.value(Measure::Approvals)), (Some(1.0), None));
}

#[tokio::test]
async fn a_decision_without_a_claim_took_no_time_that_is_known() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let screen =
        world.connect(&scanlatch_protocol::authorization::Identity::Token(world.token("ann", json!({})).await)).await;
    let challenge = world.show(&screen).await;
    let decided = gathered(world.approve(&phone, &challenge.id)).await.1;
    assert_eq!((decided.value(Measure::Approvals), decided.value(Measure::ClaimToDecision)), (Some(1.0), None));
}

fn told(gathered: &Gathered) -> (Option<f64>, Option<f64>, Option<Outcome>) {
    (gathered.value(Measure::Logins), gathered.value(Measure::Validations), gathered.outcome)
}

#[tokio::test]
async fn a_login_is_counted_when_a_backend_first_hears_of_it() {
    let world = World::new().await;
    let phone = world.phone("ann").await;
    let token = world.log_in(&phone).await;
    let first = gathered(world.validate(&token)).await.1;
    assert_eq!(told(&first), (Some(1.0), Some(1.0), Some(Outcome::First)));
    let again = gathered(world.validate(&token)).await.1;
    assert_eq!(told(&again), (None, Some(1.0), Some(Outcome::Repeated)));
}

#[tokio::test]
async fn a_token_that_proves_nothing_is_no_login() {
    let world = World::new().await;
    let invalid = gathered(world.validate("nonsense")).await.1;
    assert_eq!(told(&invalid), (None, Some(1.0), Some(Outcome::Invalid)));
    let token = world.token("ann", json!({})).await;
    let unfinished = gathered(world.validate(&token)).await.1;
    assert_eq!(told(&unfinished), (None, Some(1.0), Some(Outcome::Unfinished)));
}

#[tokio::test]
async fn a_call_says_whose_it_is() {
    let world = World::new().await;
    assert_eq!(gathered(world.ask(&world.anybody())).await.1.tenant, Some(world.tenant));
}

#[tokio::test]
async fn a_new_key_is_counted_and_a_kept_one_is_not() {
    let world = World::new().await;
    let phone = Phone::new();
    let token = world.token("ann", json!({"scope": ADD})).await;
    assert_eq!(counted(world.try_enrol(&phone, &token)).await.1, [(Measure::CredentialsEnrolled, 1.0)]);
    assert_eq!(counted(world.try_enrol(&phone, &token)).await.1, []);
}

#[tokio::test]
async fn a_rotation_tells_the_age_of_the_key_that_signs_and_counts_what_it_made() {
    let world = World::new().await;
    let run = || gathered(rotate::run(&world.store, Cause::Schedule, Period::default(), world.store.now()));
    let told = |gathered: &Gathered| [Measure::SigningKeyAgeDays, Measure::SigningKeysMade].map(|m| gathered.value(m));
    assert_eq!(told(&run().await.1), [Some(0.0), Some(1.0)]);
    world.store.advance(88 * 86_400_000);
    assert_eq!(told(&run().await.1), [Some(88.0), Some(1.0)]);
    assert_eq!(told(&run().await.1), [Some(88.0), None]);
}
