# What infra/deploy does for the edge: its stack in us-east-1, and the secret by which CloudFront proves itself to the functions.
# The secret travels in a file that nobody else can read, never on a command line.

sha256() { { sha256sum 2>/dev/null || shasum -a 256; } | cut -d' ' -f1; }

random_secret() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }

# A file of parameters, as sam takes it; each word is Name=Value.
parameter_file() {
  local file=$scratch/$1 word
  shift
  (umask 077 && for word in "$@"; do printf '%s: "%s"\n' "${word%%=*}" "${word#*=}"; done >"$file")
  printf 'file://%s' "$file"
}

# Whether the limits per address are a stack of ours.
needs_edge() { [ "$(parameter Domains)" = one-host ] && [ -z "$(parameter WebAclArn)" ]; }

deploy_edge() {
  needs_edge || return 0
  heading "limits per address, in us-east-1"
  local given=() line
  while IFS= read -r line; do given+=("$line"); done < <(given_for edge.yaml)
  [ ${#given[@]} -eq 0 ] || given=(--parameter-overrides "${given[@]}")
  $rehearse || clear_failed "$stack-edge" --region us-east-1
  on_aws sam deploy --template-file edge.yaml --stack-name "$stack-edge" --region us-east-1 --resolve-s3 \
    --no-confirm-changeset --no-fail-on-empty-changeset ${given[@]+"${given[@]}"}
  $rehearse && parameters+=("WebAclArn=THE-OUTPUT-WebAclArn") && return
  read_stack "$stack-edge" --region us-east-1
  [ -n "$(output WebAclArn)" ] || fail "the stack $stack-edge is not there"
  parameters+=("WebAclArn=$(output WebAclArn)")
}

# Made once; then it stays what the stack knows it to be. Without the edge nobody can bring it, so the stack forgets it.
edge_secret() {
  [ -z "$(parameter EdgeSecret)" ] || return 0
  local had_one=false secret
  [ -z "$(output EdgeHost)" ] || had_one=true
  if [ "$(parameter Domains)" = one-host ]; then
    $had_one && return
    secret=$(random_secret)
    parameters+=("$(parameter_file edge.yaml "EdgeSecret=$secret" "EdgeSecretSha256=$(printf %s "$secret" | sha256)")")
  elif $had_one; then
    parameters+=("$(parameter_file edge.yaml EdgeSecret= EdgeSecretSha256=)")
  fi
}

# Three deployments, so that whatever CloudFront brings meanwhile is taken: functions learn the new secret, CloudFront brings it,
# functions forget the old one. The first digest is always that of the secret that CloudFront brings, so this may be repeated.
change_edge_secret() {
  $new_edge_secret || return 0
  heading "a new edge secret"
  local secret digest old=THE-OUTPUT-EdgeSecretSha256
  secret=$(random_secret)
  digest=$(printf %s "$secret" | sha256)
  $rehearse || old=$(output EdgeSecretSha256)
  old=${old%%,*}
  [ -n "$old" ] || fail "the stack $stack has no edge secret; Domains=one-host gives it one"
  local with=(on_aws sam deploy --config-env "$environment" --no-confirm-changeset --parameter-overrides "${parameters[@]}")
  "${with[@]}" "$(parameter_file both.yaml "EdgeSecretSha256=$old,$digest")"
  "${with[@]}" "$(parameter_file new.yaml "EdgeSecret=$secret" "EdgeSecretSha256=$digest,$old")"
  "${with[@]}" "$(parameter_file alone.yaml "EdgeSecret=$secret" "EdgeSecretSha256=$digest")"
}
