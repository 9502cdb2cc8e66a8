# Published OpenID clients, unmodified, log in through the local stack's pages in real Chromium.

stage_openid() {
  heading "OpenID clients"
  [ -n "${CHROMIUM:-}" ] || ensure chromium chromium
  node_packages tests/openid
  python_env openid tests/openid/requirements.txt
  start_stack
  (cd tests/openid && SCANLATCH_READY=$ready SCANLATCH_PYTHON=$cache/openid/bin/python npm test --silent)
  stop "$stack"
}
