# The official packages, unmodified, against the local stack; the demo pages in real Chromium.

install_sdks() {
  need node "install Node 20 or newer"
  need npm "install npm"
  npm ci --prefix tests/sdk --no-audit --no-fund --silent
  python_env python-sdk tests/sdk/python/requirements.txt
}

python_sdk() {
  SCANLATCH_READY=$ready "$cache/python-sdk/bin/python" -B -m pytest -q -p no:cacheprovider tests/sdk/python
}

stage_sdk() {
  heading "the official SDKs and the demo pages"
  [ -n "${CHROMIUM:-}" ] || ensure chromium chromium
  install_sdks
  start_stack
  (cd tests/sdk && SCANLATCH_READY=$ready npm test --silent)
  python_sdk
  stop "$stack"
}
