# The browser SDK and the pages: built, tried on a model and in Chromium, packed, and run on the local stack with the examples.

# Runs an example's page in Chromium, served by the Express example.
browser_example() {
  local folder=$1 url=http://localhost:$PORT/
  (cd examples/express && PAGE=$folder exec node server.js) >"$scratch/example-$folder.log" 2>&1 &
  local pid=$!
  started+=("$pid")
  wait_for 60 "$pid" "examples/$folder" curl -fsS "${url}config.json"
  (cd shared/browser && EXAMPLE_URL=$url SCANLATCH_READY=$ready npm run test:example --silent) ||
    { cat "$scratch/example-$folder.log"; return 1; }
  stop "$pid"
}

# The types, whether `dist` is what `src` gives (this prints the sizes), and the tests that need no stack.
package_holds() {
  local folder=$1
  node_packages "$folder"
  (cd "$folder" && npm run check --silent && npm run build:check --silent && npm test --silent)
}

stage_browser() {
  [ -n "${CHROMIUM:-}" ] || ensure chromium chromium
  ensure curl curl
  # Reads the codes in pictures of the pages.
  ensure zbarimg zbar-tools
  # Lets a Chromium trust the certificate of `--host`.
  ensure certutil libnss3-tools
  heading "the browser SDK"
  package_holds shared/browser
  (cd shared/browser && npm run pack:check --silent)
  heading "the pages"
  package_holds shared/pages
  heading "the browser SDK on the local stack, which is killed under it"
  start_stack
  (cd shared/browser && SCANLATCH_READY=$ready SCANLATCH_LOCAL=$PWD/../../target/debug/local npm run test:real --silent)
  heading "the pages on the local stack, whose codes are read from pictures, or typed"
  (cd shared/pages && SCANLATCH_PAGES_URL=$(ready_field demoUrl) npm run test:real --silent)
  heading "the pages over the network, by https with a certificate that Chromium trusts, and with one that it warns of"
  (cd shared/pages && SCANLATCH_LOCAL=$PWD/../../target/debug/local npm run test:host --silent)
  heading "the examples in plain HTML and React"
  local folder
  local -x AUTHSIGNAL_API_URL AUTHSIGNAL_TENANT_ID AUTHSIGNAL_SECRET_KEY PORT
  AUTHSIGNAL_API_URL=$(ready_field apiUrl)
  AUTHSIGNAL_TENANT_ID=$(ready_field tenantId)
  AUTHSIGNAL_SECRET_KEY=$(ready_field secretKey)
  node_packages examples/express
  for folder in html react; do
    # Not only when the lock file changes: they copy the SDK as it is now.
    npm ci --prefix "examples/$folder" --no-audit --no-fund --silent
    (cd "examples/$folder" && npm run build --if-present --silent)
    PORT=$(free_port)
    browser_example "$folder"
  done
  stop "$stack"
}
