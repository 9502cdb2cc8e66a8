# Template, code and specifications, by what the stages before this one recorded; then templates broken on purpose.

# With everything that a parameter deploys.
audit() {
  local tenant=7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64
  target/debug/audit --recordings "$SCANLATCH_RECORD" --openapi infra/openapi.yaml --asyncapi infra/asyncapi.yaml --template "$1" \
    --parameter CognitoTrigger=on --parameter CognitoTenantId=$tenant --parameter Authorizer=on --parameter AuthorizerTenantId=$tenant
}

# A copy of the template with one edit must be refused, and in one sentence: broken WHAT SED SENTENCE
broken() {
  local what=$1 edit=$2 expected=$3 copy=$scratch/broken.yaml said
  sed "$edit" infra/template.yaml >"$copy"
  ! cmp -s infra/template.yaml "$copy" || fail "the template has changed, so that the edit for $what finds nothing; adapt it"
  if said=$(audit "$copy"); then fail "the audit lets a template with $what pass"; fi
  [ "$said" = "$expected." ] || fail "of a template with $what the audit says: $said"
}

stage_audit() {
  heading "template, code and specifications"
  compgen -G "$SCANLATCH_RECORD/*.jsonl" >/dev/null \
    || fail "nothing was recorded; the audit follows the other stages, so run tests/run without naming any"
  cargo build --quiet --bin audit
  audit infra/template.yaml || fail "template, code and specifications disagree, or some stages did not run"
  broken "a route too few" '/Path: \/validate }/d' \
    "POST /validate was called and is in the OpenAPI file, but is not in the template"
  broken "a permission too few" '/^  ChallengeDecide:/,/^  # / s/dynamodb:GetItem, dynamodb:UpdateItem/dynamodb:GetItem/' \
    'ChallengeDecide used dynamodb:UpdateItem on LiveTable for Challenge "T#…#C#…", which the template does not grant it'
  broken "a partition too few" '/^  SocketMessage:/,/^  # / s/, !FindInMap \[Partitions, Waiting, Keys\]//' \
    'SocketMessage used dynamodb:PutItem on LiveTable for Waiting "T#…#P#…", which the template does not grant it'
  broken "a permission too many" '/^  Jwks:/,/^  # / s/\[dynamodb:Query\]/[dynamodb:Query, dynamodb:Scan]/' \
    'Jwks is granted dynamodb:Scan on DirectoryTable for SigningKeys "SERVICE#SIGNING", which no test used; take it away, or test what needs it'
  broken "a partition too many" '/^  Jwks:/,/^  # / s/SigningKeys, Keys\]/&, !FindInMap [Partitions, Tenant, Keys]/' \
    'Jwks is granted dynamodb:Query on DirectoryTable for Tenant "T#…", which no test used; take it away, or test what needs it'
}
