# What is deployed, from a clean clone: every function built by `sam build` and small enough, and the deployment rehearsed.

# A function's zip; a cold start fetches all of it.
most_bytes=5000000
# Amazon Linux 2023 has this one.
glibc=2.34

# What a command said must hold each of these.
says() {
  local log=$1 line
  shift
  for line in "$@"; do grep -qF -- "$line" "$log" || { cat "$log" >&2 && fail "missing in the output above: $line"; }; done
}

check_binary() {
  local name=$1 binary=$2 bytes newest
  bytes=$(gzip -c "$binary" | wc -c)
  newest=$(objdump -T "$binary" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)
  printf '%12d  %-10s  %s\n' "$bytes" "$newest" "$name"
  [ "$bytes" -lt "$most_bytes" ] || fail "$name takes $bytes bytes zipped; $most_bytes is the most"
  [ "$(printf '%s\n' "$newest" "GLIBC_$glibc" | sort -V | tail -1)" = "GLIBC_$glibc" ] ||
    fail "$name needs $newest; provided.al2023 has GLIBC_$glibc"
}

stage_deploy() {
  heading "sam build of every function from a clean clone"
  python_env sam tests/stages/sam.txt
  python_env cargo-lambda tests/stages/cargo-lambda.txt
  ensure objdump binutils
  local clone=$scratch/clone path=$cache/cargo-lambda/bin:$cache/sam/bin:$PATH target=${CARGO_TARGET_DIR:-$PWD/target}
  clean_clone
  (cd "$clone/infra" && PATH=$path CARGO_TARGET_DIR=$target SAM_CLI_TELEMETRY=0 sam build --config-env dev \
    --parameter-overrides Architecture=x86_64) >"$scratch/sam.log" 2>&1 || { cat "$scratch/sam.log" >&2 && fail "sam build failed"; }
  local folder built=0
  for folder in "$clone"/infra/.aws-sam/build/*/; do
    check_binary "$(basename "$folder")" "$folder/bootstrap"
    built=$((built + 1))
  done
  [ "$built" -eq "$(grep -c 'BuildMethod: rust-cargolambda' infra/template.yaml)" ] || fail "sam built $built functions, not all"

  heading "the deployment, rehearsed"
  PATH=$path CARGO_TARGET_DIR=$target "$clone/infra/deploy" prod --rehearse --arch x86_64 --new-edge-secret \
    --parameter ClaimsPerMinute=600 2>&1 | tee "$scratch/deploy.log"
  says "$scratch/deploy.log" "zip, bytes" "--stack-name scanlatch-prod-edge" "ClaimsPerMinute=600" \
    "would run: sam deploy --config-env prod" "/alone.yaml" "Made tenant First" "AUTHSIGNAL_SECRET_KEY=" \
    "the screen hears a token" "the screen polls a token" "works, by socket and by polling" "Nothing was done on AWS."
  PATH=$path CARGO_TARGET_DIR=$target "$clone/infra/destroy" prod --rehearse --with-data >"$scratch/destroy.log"
  says "$scratch/destroy.log" "delete-table" "schedule-key-deletion" "sam delete --stack-name scanlatch-prod" "nothing was done on AWS"

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
  refuses "has a parameter for Nonsense=1" "$clone/infra/deploy" dev --rehearse --parameter Nonsense=1
}

# A clean clone in $scratch/clone; the stage that uses it last forgets it.
clean_clone() { [ -d "$scratch/clone" ] || git clone --quiet . "$scratch/clone"; }

# The clone goes. To cargo what it built is as good as this tree's, but it looks for its template in the clone.
forget_clone() {
  rm -rf "$scratch/clone"
  touch infra/local/src/lib.rs infra/local/src/bin/audit.rs
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
