# infra/deploy and infra/destroy, done to an AWS that nobody here wrote. tests/ministack/README.md says what stands between.

# Its URL is in $aws, its pid in $ministack; "${on_ministack[@]}" runs a command that takes it for AWS and sees no other account.
start_ministack() {
  local port
  port=$(free_port)
  aws=http://127.0.0.1:$port
  on_ministack=(env -u AWS_PROFILE -u AWS_SESSION_TOKEN AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
    AWS_ENDPOINT_URL="$aws" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
    SAM_CLI_TELEMETRY=0 CARGO_TARGET_DIR="$target" PATH="$cache/cargo-lambda/bin:$cache/sam/bin:$cache/ministack/bin:$PATH")
  mkdir -p "$scratch/ministack"
  "${on_ministack[@]}" AUTH=true BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" MINISTACK_HOST=us-east-1.amazonaws.com \
    TMPDIR="$scratch/ministack" "${python[@]}" tests/ministack/serve.py >"$scratch/ministack.log" 2>&1 &
  ministack=$!
  started+=("$ministack")
  wait_for 60 "$ministack" "ministack" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
}

# Runs one of infra's scripts and keeps what it said: logged LOG SCRIPT ARGUMENT…
logged() {
  local log=$1 script=$2
  shift 2
  "${on_ministack[@]}" "$scratch/clone/infra/$script" "$@" >"$log" 2>&1 ||
    { cat "$log" && tail -50 "$scratch/ministack.log" && fail "this failed on ministack: infra/$script $*"; } >&2
}

login_for_a_try() { (set -a && . "$scratch/judge.env" && "${on_ministack[@]}" "$@" "$target/debug/scanlatch" smoke); }

stage_ministack() {
  python_env ministack tests/stages/ministack.txt
  python_env sam tests/stages/sam.txt
  python_env cargo-lambda tests/stages/cargo-lambda.txt
  [ -n "${CHROMIUM:-}" ] || ensure chromium chromium
  install_sdks
  local target=$PWD/target python=("$cache/ministack/bin/python" -B) log=$scratch/deploy.log tables key
  clean_clone
  local -x CARGO_PROFILE_RELEASE_LTO=off
  start_ministack
  "${python[@]}" tests/ministack/template.py infra/template.yaml "$aws" >"$scratch/clone/infra/template.yaml"

  heading "infra/deploy dev on ministack"
  logged "$log" deploy dev --arch x86_64
  says "$log" "Made tenant First" "Base URL for SDKs  $aws/v1"
  sed -n '/^== a login/,/^== done/p' "$log"
  tables=$(sed -n 's/^  Tables  *//p' "$log")
  export SCANLATCH_DIRECTORY_TABLE=${tables%, *} SCANLATCH_LIVE_TABLE=${tables#*, }

  heading "the official server SDK on what was deployed"
  "${on_ministack[@]}" "$target/debug/scanlatch" tenant create Judge --session-client demo --api-url "$aws/v1" >"$scratch/judge.env" 2>/dev/null
  ready=$scratch/judge.json
  (. "$scratch/judge.env" && printf '{"apiUrl":"%s","tenantId":"%s","secretKey":"%s"}' \
    "$AUTHSIGNAL_API_URL" "$AUTHSIGNAL_TENANT_ID" "$AUTHSIGNAL_SECRET_KEY") >"$ready"
  (cd tests/sdk && SCANLATCH_READY=$ready npm run test:server --silent)

  heading "a login without one of its permissions"
  login_for_a_try "${python[@]}" tests/ministack/withheld.py scanlatch-dev

  heading "a deployment over it, with CloudFront and its firewall before both APIs"
  logged "$log" deploy dev --arch x86_64 --parameter Domains=one-host
  says "$log" "limits per address" '"made": false' "The tenant First is there" "works, by socket and by polling"
  login_for_a_try 2>/dev/null

  heading "the official browser and server SDKs through CloudFront"
  (cd tests/sdk && SCANLATCH_READY=$ready node --test --test-concurrency=1 screen.test.mjs server.test.mjs)

  heading "infra/destroy dev on ministack"
  key=$("${on_ministack[@]}" sam list stack-outputs --stack-name scanlatch-dev --output json 2>/dev/null | grep -o 'arn:aws:kms:[^"]*')
  logged "$scratch/destroy.log" destroy dev --yes
  says "$scratch/destroy.log" "The table $SCANLATCH_DIRECTORY_TABLE and the key ${key##*/} are kept"
  "${on_ministack[@]}" "${python[@]}" tests/ministack/left.py scanlatch-dev "$SCANLATCH_DIRECTORY_TABLE" "$key"
  logged "$scratch/destroy.log" destroy dev --yes
  says "$scratch/destroy.log" "The stack scanlatch-dev is gone and left its data behind"

  unset SCANLATCH_DIRECTORY_TABLE SCANLATCH_LIVE_TABLE
  stop "$ministack"
  forget_clone
}
