# The descriptions of both APIs: linted, and the local stack held against the one of HTTP by schemathesis.

lint_specs() {
  need node "install Node 20 or newer"
  need npm "install npm"
  # No scripts: one dependency's would report the installation to its author.
  npm ci --prefix tests/specs --ignore-scripts --no-audit --no-fund --silent
  REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true tests/specs/node_modules/.bin/redocly lint \
    --config tests/specs/redocly.yaml infra/openapi.yaml >"$scratch/redocly.log" 2>&1 ||
    { cat "$scratch/redocly.log"; return 1; }
  "$cache/specs/bin/openapi-spec-validator" infra/openapi.yaml
  node tests/specs/asyncapi.mjs infra/asyncapi.yaml
}

stage_specs() {
  heading "API descriptions"
  python_env specs tests/specs/requirements.txt
  lint_specs
  heading "the local stack, fuzzed from infra/openapi.yaml"
  start_stack
  # One worker: threads that parse Python at once break the parser of Python 3.11 (`AST constructor recursion depth mismatch`).
  HYPOTHESIS_STORAGE_DIRECTORY=$scratch/hypothesis SCANLATCH_READY=$ready SCANLATCH_CLI=$PWD/target/debug/scanlatch \
    "$cache/specs/bin/python" -B tests/specs/fuzz.py --workers 1
  stop "$stack"
}
