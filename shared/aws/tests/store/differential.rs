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

/// A debug build plays these in about a minute.
const HISTORIES: u32 = 200;
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
