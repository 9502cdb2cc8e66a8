//! Random histories through the use cases, checked against the invariants that `scanlatch_protocol::challenge` states.
//!
//! Screens of every kind, phones of two users and a backend call at once. Calls are polled by hand, so that their steps
//! at the store and their pushes come in any order. Processes die, replies and pushes are lost, sockets drop, and the
//! clock jumps. [`checks`] runs after every step.
//!
//! `SCANLATCH_HISTORIES` sets the number of histories of each kind; `PROPTEST_RNG_SEED` plays the same ones again. A
//! failure names its invariant and prints the shortest history that was found.

mod calls;
mod checks;
mod history;
mod ledger;
mod page;
mod play;
mod world;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRunner};

use crate::history::History;
use crate::ledger::Mark;

/// With this number of histories of each kind, a debug build takes about twenty seconds.
const HISTORIES: u32 = 1_500;

fn hold(histories: impl Strategy<Value = History>, must_see: &[Mark]) {
    let cases = match std::env::var("SCANLATCH_HISTORIES").map(|text| text.parse()) {
        Ok(Ok(cases)) => cases,
        Ok(Err(_)) => panic!("SCANLATCH_HISTORIES is no number"),
        Err(_) => HISTORIES,
    };
    let config =
        Config { cases, failure_persistence: None, rng_algorithm: RngAlgorithm::XorShift, ..Config::default() };
    let seen = RefCell::new(BTreeSet::new());
    let begun = Cell::new(0);
    let played = TestRunner::new(config).run(&histories, |history| {
        begun.set(begun.get() + 1);
        let marks = play::play(&history).map_err(|violation| TestCaseError::fail(violation.to_string()))?;
        seen.borrow_mut().extend(marks);
        Ok(())
    });
    if let Err(failure) = played {
        panic!("{failure}\nafter {} histories", begun.get());
    }
    let unseen: Vec<&Mark> = must_see.iter().filter(|mark| !seen.borrow().contains(mark)).collect();
    assert!(unseen.is_empty(), "no history came to {unseen:?}; the invariants were hardly tried");
}

#[test]
fn every_history_of_a_few_screens_and_phones_keeps_the_invariants() {
    hold(history::crowded(), Mark::IN_A_CROWD);
}

#[test]
fn every_history_of_one_screen_and_its_phones_keeps_the_invariants() {
    hold(
        history::narrow(),
        &[Mark::Told, Mark::TakenBack, Mark::Held, Mark::Redeemed, Mark::Withdrawn, Mark::Renewed, Mark::OlderClaimed],
    );
}
