# Races and random histories with many more rounds than the other stages play: for changes to the state machine or a store.

stage_long() {
  heading "races of 1,000 rounds"
  SCANLATCH_ROUNDS=1000 cargo test --package scanlatch-tests --test e2e --quiet -- races:: mixed_races:: revocation:: --nocapture
  heading "random histories against the invariants"
  PROPTEST_CASES=5000 cargo test --package scanlatch-testkit --test invariants --quiet
}
