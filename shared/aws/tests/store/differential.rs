//! Random histories, played in lockstep on the rules, on the store in memory and on DynamoDB. After each step all three
//! must give the same result and keep the same. This finds a condition that is too lax or too strict.
//!
//! `SCANLATCH_STORE_HISTORIES` sets the number of histories, and `PROPTEST_RNG_SEED` plays the same ones again. A
//! failure prints the shortest failing history that was found.

mod history;
mod normal;
mod play;
mod world;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRunner};
use scanlatch_protocol::challenge::{Decision, Withdrawal};

use scanlatch_testkit::scene::DECIDE_MS;

use history::{History, Kind, Start, Step};

/// A debug build plays these in about a minute.
const HISTORIES: u32 = 100;
/// Each step takes as long as a history.
const SHRINKING_STEPS: u32 = 300;

#[test]
fn every_history_comes_to_the_same_by_the_rules_in_memory_and_on_dynamodb() {
    let cases = match std::env::var("SCANLATCH_STORE_HISTORIES").map(|text| text.parse()) {
        Ok(Ok(cases)) => cases,
        Ok(Err(_)) => panic!("SCANLATCH_STORE_HISTORIES is no number"),
        Err(_) => HISTORIES,
    };
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: SHRINKING_STEPS,
        rng_algorithm: RngAlgorithm::XorShift,
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let cloud = runtime.block_on(super::store());
    let played = TestRunner::new(config).run(&history::history(), |history| {
        runtime.block_on(play::play(&history, &cloud)).map_err(TestCaseError::fail)
    });
    if let Err(failure) = played {
        panic!("{failure}");
    }
}

/// Plays one history.
async fn hold(starts: Vec<Start>, steps: Vec<Step>) {
    let history = History { starts, steps: steps.into_iter().map(|step| (0, step)).collect() };
    let cloud = super::store().await;
    Box::pin(play::play(&history, &cloud)).await.unwrap();
}

#[tokio::test]
async fn a_decision_on_a_challenge_that_was_claimed_since_it_was_read_is_the_same_on_both() {
    let decide = Step::Decide { challenge: 0, phone: 3, decision: Decision::Approve, signature: None, stale: true };
    let start = Start { screen: Kind::Polling(0), subject: Some(1) };
    hold(vec![start], vec![Step::Claim { challenge: 0, phone: 3, signature: 0 }, decide]).await;
}

#[tokio::test]
async fn an_approval_that_was_superseded_since_it_was_read_is_taken_back_the_same_on_both() {
    let decide = Step::Decide { challenge: 0, phone: 0, decision: Decision::Approve, signature: None, stale: false };
    let withdraw = Step::Withdraw(0, Withdrawal::Superseded);
    let start = Start { screen: Kind::Socket(0), subject: Some(0) };
    hold(vec![start], vec![decide, withdraw, Step::TakeBack { challenge: 0, stale: true }]).await;
}

#[tokio::test]
async fn a_repeated_binding_of_a_challenge_that_was_decided_since_it_was_read_is_the_same_on_both() {
    let decide = Step::Decide { challenge: 0, phone: 1, decision: Decision::Approve, signature: None, stale: false };
    let start = Start { screen: Kind::Polling(0), subject: Some(1) };
    hold(vec![start], vec![decide, Step::Bind { challenge: 0, user: 1, stale: true }]).await;
}

#[tokio::test]
async fn a_challenge_whose_screen_left_since_it_was_read_is_bound_the_same_on_both() {
    let start = Start { screen: Kind::Resumable(0, 0), subject: None };
    hold(vec![start], vec![Step::Leave(0), Step::Bind { challenge: 0, user: 0, stale: true }]).await;
}

/// Nobody learns from a refusal that another user's challenge was claimed.
#[tokio::test]
async fn a_lapsed_claim_of_a_phone_that_is_gone_is_unknown_to_other_users_on_both() {
    let starts = vec![Start { screen: Kind::Polling(0), subject: Some(0) }];
    let claim = |phone| Step::Claim { challenge: 0, phone, signature: 0 };
    let steps = vec![(0, claim(2)), (DECIDE_MS, Step::SignOut(2)), (0, claim(1))];
    let cloud = super::store().await;
    Box::pin(play::play(&History { starts, steps }, &cloud)).await.unwrap();
}
