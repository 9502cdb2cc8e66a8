# `cargo lambda watch` serves the same HTTP functions: by itself, and behind the local stack.

stage_watch() {
  heading "cargo lambda watch"
  install_sdks
  python_env cargo-lambda tests/stages/cargo-lambda.txt
  local port data=$scratch/watch-data
  port=$(free_port)
  start_stack --data "$data" --lambda-endpoint "http://127.0.0.1:$port"
  PATH=$cache/cargo-lambda/bin:$PATH cargo lambda watch --invoke-address 127.0.0.1 --invoke-port "$port" \
    --env-file "$data/functions.env" --ignore-changes >"$scratch/watch.log" 2>&1 &
  local watch=$!
  started+=("$watch")
  wait_for 60 "$watch" "cargo lambda watch" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
  SCANLATCH_READY=$ready node --test tests/sdk/server.test.mjs || { cat "$scratch/watch.log"; return 1; }
  python3 - "$ready" "$port" <<'PY'
import json, pathlib, sys
ready = pathlib.Path(sys.argv[1])
ready.write_text(json.dumps({**json.loads(ready.read_text()), "apiUrl": f"http://127.0.0.1:{sys.argv[2]}/v1"}))
PY
  SCANLATCH_READY=$ready node --test tests/sdk/server.test.mjs || { cat "$scratch/watch.log"; return 1; }
  stop "$watch"
  stop "$stack"
}
