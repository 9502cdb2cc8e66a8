# What infra/deploy and infra/destroy share. They run in this folder, where samconfig.toml and template.yaml are.

repository=$(dirname "$PWD")
target=${CARGO_TARGET_DIR:-$repository/target}
scratch=$(mktemp -d)
: >"$scratch/stack.json"
stack_status=
local_stack=
under_way=false
export SAM_CLI_TELEMETRY=0 AWS_PAGER=
# sam reads the one, scanlatch the other.
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
[ -z "$region" ] || export AWS_REGION=$region AWS_DEFAULT_REGION=$region

finish() {
  local code=$?
  [ -z "$local_stack" ] || kill "$local_stack" 2>/dev/null || true
  rm -rf "$scratch"
  [ "$code" -eq 0 ] || ! $under_way || echo "It stopped here; once that is mended, the same command does the rest." >&2
}
trap finish EXIT

heading() { printf '\n== %s\n' "$*"; }

fail() {
  echo "error: $*" >&2
  exit 1
}

# Used wrongly.
misuse() {
  echo "error: $*" >&2
  exit 2
}

need() { command -v "$1" >/dev/null || fail "$1 is missing; $2"; }

# A call to AWS; a rehearsal shows it instead.
on_aws() {
  if $rehearse; then
    printf '  would run:'
    printf ' %q' "$@"
    printf '\n'
  else
    "$@"
  fi
}

# The stack's name, which samconfig.toml alone knows.
stack_name() {
  [ "$environment" = dev ] || [ "$environment" = prod ] || misuse "say which: infra/${0##*/} dev or infra/${0##*/} prod"
  awk -v section="[$environment.deploy.parameters]" \
    '/^\[/ { here = $0 == section } here && $1 == "stack_name" { gsub(/"/, "", $3); print $3 }' samconfig.toml
}

# Reads a stack: its status into stack_status, which stays empty if there is none, and the rest into a file for `output`.
read_stack() {
  local name=$1
  shift
  stack_status=
  if aws cloudformation describe-stacks --stack-name "$name" --output json "$@" >"$scratch/stack.json" 2>"$scratch/why"; then
    stack_status=$(awk -F'"' '$2 == "StackStatus" { print $4; exit }' "$scratch/stack.json")
    return
  fi
  : >"$scratch/stack.json"
  grep -qF "does not exist" "$scratch/why" ||
    fail "AWS does not answer; log in (AWS_PROFILE, aws sso login) and set AWS_REGION: $(grep . "$scratch/why" | tail -1)"
}

# An output of the stack that was read last.
output() {
  awk -F'"' -v key="$1" '$2 == "OutputKey" { this = $4 == key } $2 == "OutputValue" && this { print $4; exit }' "$scratch/stack.json"
}

# The name that AWS gave to a resource of a stack, if the stack has it: resource STACK LOGICAL_ID [--region …]
resource() {
  local name=$1 id=$2
  shift 2
  aws cloudformation describe-stack-resources --stack-name "$name" --output text "$@" \
    --query "StackResources[?LogicalResourceId=='$id' && ResourceStatus!='DELETE_COMPLETE'].PhysicalResourceId" 2>"$scratch/why" ||
    fail "AWS does not show the resources of $name: $(grep . "$scratch/why" | tail -1)"
}

scanlatch() { "$target/debug/scanlatch" "$@"; }
