# What infra/deploy and infra/destroy share. They run in this folder, where samconfig.toml and template.yaml are.

repository=$(dirname "$PWD")
target=${CARGO_TARGET_DIR:-$repository/target}
scratch=$(mktemp -d)
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

# Reads the outputs of a stack, into a file that `output` looks at; fails quietly if there is no such stack.
read_outputs() {
  local name=$1
  shift
  : >"$scratch/outputs"
  sam list stack-outputs --stack-name "$name" --output json "$@" >"$scratch/outputs" 2>"$scratch/why" && return
  grep -qE "do(es)? not exist" "$scratch/why" && return 1
  fail "AWS does not answer; log in (AWS_PROFILE, aws sso login) and set AWS_REGION: $(tail -1 "$scratch/why")"
}

output() {
  awk -F'"' -v key="$1" '$2 == "OutputKey" { this = $4 == key } $2 == "OutputValue" && this { print $4; exit }' "$scratch/outputs"
}

scanlatch() { "$target/debug/scanlatch" "$@"; }
