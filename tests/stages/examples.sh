# The programs in README.md and the examples, in Chromium; every link in the documents, and the page of attacks.

# Runs the example page's tests against a backend: test_example FOLDER COMMAND…
test_example() {
  local folder=$1 url=http://localhost:$PORT/
  shift
  (cd "examples/$folder" && exec "$@") >"$scratch/example-$folder.log" 2>&1 &
  local pid=$!
  started+=("$pid")
  wait_for 60 "$pid" "examples/$folder" curl -fsS "${url}config.json"
  (cd tests/sdk && EXAMPLE_URL=$url SCANLATCH_READY=$ready npm run test:examples --silent) ||
    { cat "$scratch/example-$folder.log"; return 1; }
  stop "$pid"
}

ready_field() { node -p 'JSON.parse(fs.readFileSync(process.argv[1]))[process.argv[2]]' "$ready" "$1"; }

stage_examples() {
  heading "links and paths in the documents"
  need python3 "install Python 3.11 or newer"
  python3 -B tests/docs/links.py
  heading "every attack has its answer"
  python3 -B tests/coverage/page.py
  heading "the programs in README.md and the examples"
  [ -n "${CHROMIUM:-}" ] || ensure chromium chromium
  ensure curl curl
  local folder
  for folder in tests/sdk examples/page examples/express; do
    node_packages "$folder"
  done
  python_env example-fastapi examples/fastapi/requirements.txt
  start_stack
  (cd tests/sdk && SCANLATCH_READY=$ready npm run test:readme --silent)
  local -x AUTHSIGNAL_API_URL AUTHSIGNAL_TENANT_ID AUTHSIGNAL_SECRET_KEY PORT
  AUTHSIGNAL_API_URL=$(ready_field apiUrl)
  AUTHSIGNAL_TENANT_ID=$(ready_field tenantId)
  AUTHSIGNAL_SECRET_KEY=$(ready_field secretKey)
  PORT=$(free_port)
  test_example express node server.js
  PORT=$(free_port)
  test_example fastapi "$cache/example-fastapi/bin/uvicorn" server:app --port "$PORT"
  stop "$stack"
}
