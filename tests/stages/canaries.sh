# No secret and nothing personal in any line that functions logged: in this run so far, and at the most detailed level.

stage_canaries() {
  heading "logins at the most detailed log level"
  install_sdks
  SCANLATCH_LOG_LEVEL=TRACE cargo test --quiet --workspace --test e2e -- canaries:: login:: tokens:: trusted_device::
  start_stack --log-level TRACE
  (cd tests/sdk && SCANLATCH_READY=$ready node --test --test-reporter dot server.test.mjs sessions.test.mjs users.test.mjs)
  stop "$stack"
  heading "no secret in any log line"
  python3 tests/stages/canaries.py "$SCANLATCH_LOGS" "$scratch/watch.log"
}
