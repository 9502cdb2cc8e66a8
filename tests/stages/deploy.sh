# What is deployed, from a clean clone: the deployment rehearsed, and every function that `sam build` made for it small enough.

# A function's zip, of which a cold start fetches all. Without LTO it is a sixth larger.
most_bytes=4200000
most_bytes_without_lto=4900000
# Amazon Linux 2023 has this one.
glibc=2.34

# What a command said must hold each of these.
says() {
  local log=$1 line
  shift
  for line in "$@"; do grep -qF -- "$line" "$log" || { cat "$log" >&2 && fail "missing in the output above: $line"; }; done
}

check_binary() {
  local name=$1 binary=$2 most=$3 bytes newest
  bytes=$(gzip -c "$binary" | wc -c)
  newest=$(objdump -T "$binary" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)
  printf '%12d  %-10s  %s\n' "$bytes" "$newest" "$name"
  [ "$bytes" -lt "$most" ] || fail "$name takes $bytes bytes zipped; $most is the most"
  [ "$(printf '%s\n' "$newest" "GLIBC_$glibc" | sort -V | tail -1)" = "GLIBC_$glibc" ] ||
    fail "$name needs $newest; provided.al2023 has GLIBC_$glibc"
}

# What `sam build` needs, and a clean clone; sets $clone, $path and $target for the caller.
before_sam() {
  python_env sam tests/stages/sam.txt
  python_env cargo-lambda tests/stages/cargo-lambda.txt
  clone=$scratch/clone path=$cache/cargo-lambda/bin:$cache/sam/bin:$PATH target=$PWD/target
  clean_clone
}

# Builds every function, with LTO unless the environment turns it off.
sam_build() {
  (cd "$clone/infra" && PATH=$path CARGO_TARGET_DIR=$target SAM_CLI_TELEMETRY=0 \
    exec sam build --config-env dev --parameter-overrides Architecture=x86_64)
}

# Builds what the last stages need beside all others, which get the processor first. A group of its own ends as one.
build_ahead() {
  local clone path target
  before_sam
  set -m
  (
    renice -n 19 "$BASHPID" >/dev/null || true
    CARGO_PROFILE_RELEASE_LTO=off sam_build
    cfn_guard
  ) </dev/null >"$scratch/ahead.log" 2>&1 &
  set +m
  ahead=$!
  started+=("$ahead")
}

# Every function that `sam build` left in $clone is small enough and runs on Lambda.
check_binaries() {
  local most=$1 folder built=0
  for folder in "$clone"/infra/.aws-sam/build/*/; do
    check_binary "$(basename "$folder")" "$folder/bootstrap" "$most"
    built=$((built + 1))
  done
  [ "$built" -eq "$(grep -c 'BuildMethod: rust-cargolambda' infra/template.yaml)" ] || fail "sam built $built functions, not all"
}

# With LTO, which takes a minute of CPU for each function; so only the stage `long` does it.
stage_deploy_lto() {
  heading "sam build of every function with LTO"
  ensure objdump binutils
  local clone path target
  before_sam
  sam_build >"$scratch/sam.log" 2>&1 || { cat "$scratch/sam.log" >&2 && fail "sam build failed"; }
  check_binaries "$most_bytes"
}

stage_deploy() {
  heading "the deployment, rehearsed from a clean clone, without LTO"
  ensure objdump binutils
  local clone path target
  before_sam
  local -x CARGO_PROFILE_RELEASE_LTO=off
  # What failed there fails here again, and says why.
  [ -z "${ahead:-}" ] || wait "$ahead" || true
  PATH=$path CARGO_TARGET_DIR=$target "$clone/infra/deploy" prod --rehearse --arch x86_64 --new-edge-secret \
    --parameter ClaimsPerMinute=600 --parameter Pages=on --parameter "PagesSite=Cafe Nord" 2>&1 | tee "$scratch/deploy.log"
  says "$scratch/deploy.log" "zip, bytes" "s3://THE-OUTPUT-PagesBucket" "/spaced-" "--stack-name scanlatch-prod-edge" "ClaimsPerMinute=600" \
    "would run: sam deploy --config-env prod" "/alone.yaml" "Made tenant First" "AUTHSIGNAL_SECRET_KEY=" \
    "the screen hears a token" "the screen polls a token" "it asks who logged in" "works, by socket, by polling and by OpenID" "Nothing was done on AWS."
  heading "every function as it was built"
  check_binaries "$most_bytes_without_lto"

  heading "infra/destroy, rehearsed"
  PATH=$path CARGO_TARGET_DIR=$target "$clone/infra/destroy" prod --rehearse --with-data >"$scratch/destroy.log"
  says "$scratch/destroy.log" "delete-table" "schedule-key-deletion" "aws s3 rm s3://THE-BUCKET-PagesBucket" "sam delete --stack-name scanlatch-prod" "nothing was done on AWS"

  heading "what infra/deploy refuses before it builds anything"
  # A Rust without any target, whatever this machine has.
  mkdir -p "$scratch/no-target"
  printf '#!/bin/sh\necho %s\n' "$scratch/empty" >"$scratch/no-target/rustc"
  chmod +x "$scratch/no-target/rustc"
  refuses "run \`rustup target add aarch64-unknown-linux-gnu\`" env PATH="$scratch/no-target:$path" "$clone/infra/deploy" dev --rehearse
  refuses "take a host name without \`v1\`" env PATH="$path" "$clone/infra/deploy" prod --rehearse --arch x86_64 \
    --parameter PublicHost=dev1.example.com --parameter CertificateArn=arn:aws:acm:us-east-1:123456789012:certificate/1
  refuses "two-hosts needs PublicHost" env PATH="$path" "$clone/infra/deploy" prod --rehearse --arch x86_64 --parameter Domains=two-hosts
  refuses "LogRetentionDays must be one of" env PATH="$path" "$clone/infra/deploy" prod --rehearse --arch x86_64 \
    --parameter LogRetentionDays=2
  refuses "Pages needs Domains one-host" env PATH="$path" "$clone/infra/deploy" dev --rehearse --arch x86_64 --parameter Pages=on
  refuses "has a parameter for Nonsense=1" "$clone/infra/deploy" dev --rehearse --parameter Nonsense=1

  after_failures
}

# infra/deploy and infra/destroy where CloudFormation says that something failed before. What they make is on a local stack.
after_failures() {
  heading "after a failed first deployment"
  python_env aws tests/stages/aws.txt
  # After those: its folder has a Python too, without zig.
  path=$path:$cache/aws/bin
  # The one of the rehearsal.
  ready=$scratch/ready-failures.json
  "$target/debug/local" --port 0 --ready-file "$ready" >"$ready.log" 2>&1 &
  stack=$!
  started+=("$stack")
  wait_for 600 "$stack" "the local stack" test -f "$ready"
  local failed='"resources": {"DirectoryTable": {"id": "scanlatch-dev-DirectoryTable-1", "type": "AWS::DynamoDB::Table", "status": "DELETE_SKIPPED"}}'
  played "{\"scanlatch-dev\": {\"status\": \"ROLLBACK_COMPLETE\", \"outputs\": {}, $failed}}"
  AWS_ENDPOINT_URL_DYNAMODB=$(of_stack dynamodbEndpoint) on_played "$clone/infra/deploy" dev --arch x86_64 >"$scratch/again.log" 2>&1 || { cat "$scratch/again.log" >&2 && fail "it did not deploy"; }
  says "$scratch/again.log" "aws dynamodb delete-table --table-name scanlatch-dev-DirectoryTable-1" "Made tenant First" \
    "The pages are there, for the tenant First" "works, by socket and by polling" "Deployed scanlatch-dev" "Nobody can log in on the pages yet"
  made "DeleteStack scanlatch-dev" "CreateChangeSet scanlatch-dev CREATE" "ExecuteChangeSet scanlatch-dev CREATE_COMPLETE" \
    "CreateChangeSet scanlatch-dev UPDATE" "ExecuteChangeSet scanlatch-dev UPDATE_COMPLETE"
  # The stage `edge` looks at all of them.
  says "$scratch/calls.objects" '"pages-1"' '"demo/config"' '"phone.html"'

  heading "what infra/deploy says of a stack that it cannot update"
  local status
  for status in ROLLBACK_IN_PROGRESS UPDATE_COMPLETE_CLEANUP_IN_PROGRESS; do
    played "{\"scanlatch-dev\": {\"status\": \"$status\", \"outputs\": {}, \"resources\": {}}}"
    refuses "is busy ($status)" on_played "$clone/infra/deploy" dev --arch x86_64
  done
  played '{"scanlatch-dev": {"status": "UPDATE_ROLLBACK_FAILED", "outputs": {}, "resources": {}}}'
  refuses "aws cloudformation continue-update-rollback --stack-name scanlatch-dev" on_played "$clone/infra/deploy" dev --arch x86_64
  played '{"scanlatch-dev": {"status": "UPDATE_FAILED", "outputs": {}, "resources": {}}}'
  refuses "aws cloudformation rollback-stack --stack-name scanlatch-dev" on_played "$clone/infra/deploy" dev --arch x86_64
  played '{"scanlatch-prod-edge": {"status": "DELETE_FAILED", "outputs": {}, "resources": {}}}'
  refuses "run infra/destroy prod to finish that" on_played "$clone/infra/deploy" prod --arch x86_64
  made

  heading "what infra/destroy takes and leaves"
  local data='"DirectoryTable": {"id": "table-1", "type": "AWS::DynamoDB::Table", "status": "CREATE_COMPLETE"},
    "WrappingKey": {"id": "mrk-1", "type": "AWS::KMS::Key", "status": "CREATE_COMPLETE"},
    "PagesBucket": {"id": "pages-1", "type": "AWS::S3::Bucket", "status": "CREATE_COMPLETE"}'
  local edge='{"scanlatch-dev-edge": {"status": "CREATE_COMPLETE", "outputs": {}, "resources": {}}}'
  local arns='"arn:aws:dynamodb:us-east-1:123456789012:table/table-1", "arn:aws:kms:us-east-1:123456789012:key/mrk-1"'
  played "{\"scanlatch-dev\": {\"status\": \"CREATE_COMPLETE\", \"outputs\": {}, \"resources\": {$data}}}" "" '"pages-1": ["index.html"]'
  on_played "$clone/infra/destroy" dev --with-data <<<scanlatch-dev >"$scratch/destroy.log" 2>&1 || { cat "$scratch/destroy.log" >&2 && fail "it did not destroy"; }
  made "DeleteTable table-1" "ScheduleKeyDeletion mrk-1" "DeleteObject pages-1 index.html" "DeleteStack scanlatch-dev"
  played "$edge" "$arns"
  refuses "scanlatch-dev is gone; nothing was deleted" on_played "$clone/infra/destroy" dev --with-data <<<scanlatch-dev
  says "$scratch/refused.log" "aws dynamodb delete-table --table-name table-1" "aws kms schedule-key-deletion --key-id mrk-1"
  made
  played "$edge" "$arns"
  on_played "$clone/infra/destroy" dev --yes >"$scratch/destroy.log" 2>&1
  says "$scratch/destroy.log" "aws dynamodb delete-table --table-name table-1" "Took down scanlatch-dev-edge."
  made "DeleteStack scanlatch-dev-edge"
  stop "$cloudformation"
  stop "$stack"
}

# Plays CloudFormation with these stacks, with these ARNs that are left of earlier ones, and with these objects in S3:
# played STACKS [ARNS [OBJECTS]]
played() {
  [ -z "${cloudformation:-}" ] || stop "$cloudformation"
  rm -f "$scratch/aws.port" "$scratch/calls" "$scratch/calls.objects"
  : >"$scratch/calls"
  cat >"$scratch/stacks.json" <<JSON
{"stacks": $1, "left": [${2:-}], "objects": {${3:-}},
 "resources": {"SigningKeyRotate": {"id": "SigningKeyRotate", "type": "AWS::Lambda::Function", "status": "CREATE_COMPLETE"}},
 "outputs": {"scanlatch-dev": {"PublicUrl": "$(of_stack apiUrl)", "PublicSocketUrl": "$(of_stack wsUrl)",
   "LiveTableName": "LiveTable", "DirectoryTableName": "DirectoryTable", "DashboardUrl": "https://example.com",
   "PagesBucket": "pages-1"}}}
JSON
  python3 tests/infra/cloudformation.py "$scratch/stacks.json" "$scratch/calls" "$scratch/aws.port" &
  cloudformation=$!
  started+=("$cloudformation")
  wait_for 10 "$cloudformation" "the played CloudFormation" test -s "$scratch/aws.port"
}

# What the local stack says of itself.
of_stack() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "$ready"; }

# A command whose AWS is the played one, with the functions and tables of the local stack.
on_played() {
  local url lambda
  url=http://127.0.0.1:$(cat "$scratch/aws.port")
  lambda=$(of_stack apiUrl)
  env PATH="$path" CARGO_TARGET_DIR="$target" AWS_ENDPOINT_URL="$url" AWS_ENDPOINT_URL_LAMBDA="${lambda%/v1}" \
    AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_EC2_METADATA_DISABLED=true \
    SAM_CLI_POLL_DELAY=1 "$@"
}

# The calls that changed anything were these.
made() {
  [ "$(cat "$scratch/calls")" = "$(printf '%s\n' "$@")" ] || { cat "$scratch/calls" >&2 && fail "these calls were made, and not: $*"; }
}

# A clean clone in $scratch/clone; the stage that uses it last forgets it.
clean_clone() { [ -d "$scratch/clone" ] || git clone --quiet . "$scratch/clone"; }

# The clone goes. To cargo what it built is as good as this tree's, but it looks for its template in the clone.
forget_clone() {
  touch infra/local/src/lib.rs infra/local/src/bin/audit.rs
  rm -rf "$scratch/clone"
}

# It must fail, and say this in one line.
refuses() {
  local why=$1
  shift
  ! CARGO_TARGET_DIR=$target "$@" >"$scratch/refused.log" 2>&1 || fail "it did not refuse: $*"
  [ "$(grep -c '^error: ' "$scratch/refused.log")" -eq 1 ] || { cat "$scratch/refused.log" >&2 && fail "that is not one sentence"; }
  says "$scratch/refused.log" "$why"
  grep '^error: ' "$scratch/refused.log"
}
