# The OpenID provider and the Cognito trigger, judged by the Cognito, the load balancer and the HTTP API of an AWS that nobody here
# wrote. tests/ministack/README.md says what stands between.

stage_openid_ministack() {
  heading "the OpenID provider before ministack's Cognito, load balancer and HTTP API"
  [ -n "${CHROMIUM:-}" ] || ensure chromium chromium
  ensure openssl openssl
  node_packages tests/openid
  python_env openid-ministack tests/stages/openid_ministack.txt
  local target=$PWD/target python=("$cache/openid-ministack/bin/python" -B) folder=$scratch/openid-ministack
  mkdir -m 700 "$folder"
  start_stack --data "$folder/data"
  start_ministack
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=amazonaws.com \
    -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>/dev/null
  cat "$folder/key.pem" "$folder/certificate.pem" >"$folder/edge.pem"
  # What Lambda runs is called so.
  cp "$target/debug/cognito-trigger" "$folder/bootstrap"
  (cd "$folder" && "${python[@]}" -m zipfile -c trigger.zip bootstrap)
  "${on_ministack[@]}" SCANLATCH_READY="$ready" SCANLATCH_AWS="$cache/openid-ministack/bin/aws" SCANLATCH_EDGE="$folder/edge.pem" \
    SCANLATCH_TRIGGER="$folder/trigger.zip" SCANLATCH_FUNCTIONS="$folder/data/functions.env" \
    node --test --test-concurrency=1 --test-timeout=300000 tests/ministack/openid/*.test.mjs || { tail -50 "$scratch/ministack.log" >&2 && return 1; }
  stop "$ministack"
  stop "$stack"
}
