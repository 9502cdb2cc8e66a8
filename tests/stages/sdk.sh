# The official packages, unmodified, against the local stack; its pages in real Chromium, and the backend that they ask.

install_sdks() {
  node_packages tests/sdk
  python_env python-sdk tests/sdk/python/requirements.txt
}

python_sdk() {
  SCANLATCH_READY=$ready "$cache/python-sdk/bin/python" -B -m pytest -q -p no:cacheprovider "$@"
}

# A tenant whose users' first devices need no scope; its ready file is in $ready from then on.
lenient_tenant() {
  local url made=$scratch/lenient.json
  url=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).apiUrl.replace(/\/v1$/, "")' "$ready")
  target/debug/scanlatch tenant create Lenient --enrolment-needs-scope off --session-client demo --json --local "$url" >"$made"
  node -e '
    const [ready, made] = process.argv.slice(1).map((path) => JSON.parse(fs.readFileSync(path)));
    const { tenantId, secretKey, settings: { enrolmentNeedsScope } } = made;
    console.log(JSON.stringify({ ...ready, tenantId, secretKey, enrolmentNeedsScope }));
  ' "$ready" "$made" >"$ready.lenient"
  ready=$ready.lenient
}

stage_sdk() {
  heading "the official SDKs and the pages"
  [ -n "${CHROMIUM:-}" ] || ensure chromium chromium
  install_sdks
  start_stack
  (cd tests/sdk && SCANLATCH_READY=$ready npm test --silent)
  python_sdk tests/sdk/python
  heading "the backend of the pages, as shared/pages/BACKEND.md says"
  SCANLATCH_PAGES_URL=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).demoUrl' "$ready") \
    node --test shared/pages/test/contract.test.mjs
  heading "the official SDKs where a first device needs no scope"
  lenient_tenant
  (cd tests/sdk && SCANLATCH_READY=$ready npm run test:enrolment --silent)
  python_sdk tests/sdk/python/test_authenticators.py
  stop "$stack"
}
