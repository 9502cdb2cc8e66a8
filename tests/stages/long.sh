# For changes to the state machine, a store, the provider or the release profile: races and random histories with many more
# rounds than the other stages play. Also what takes long to build: OpenID consumers, and functions with LTO.

stage_long() {
  local -x PROPTEST_RNG_SEED=${given_seed:-$(date +%s)}
  heading "PROPTEST_RNG_SEED=$PROPTEST_RNG_SEED tests/run long plays the same histories again"
  heading "races of 1,000 rounds"
  SCANLATCH_ROUNDS=1000 cargo test --workspace --test e2e --quiet -- races:: mixed_races:: revocation:: --nocapture
  heading "random histories against the invariants"
  SCANLATCH_HISTORIES=10000 cargo test --workspace --test invariants --quiet
  heading "random histories on the rules, in memory and on the built-in database"
  SCANLATCH_STORE_HISTORIES=1500 cargo test --workspace --test store --quiet -- differential::
  heading "random histories on the rules, in memory and on DynamoDB Local"
  start_dynamodb_local
  SCANLATCH_STORE_HISTORIES=500 DYNAMODB_ENDPOINT=$dynamodb cargo test --workspace --test store --quiet -- differential::
  stop "$dynamodb_pid"
  stage_openid_judges
  stage_openid_ministack
  stage_deploy_lto
}
