# Signing keys wrapped by KMS, which moto plays: the real one needs an AWS account.

stage_kms() {
  heading "signing keys wrapped by KMS"
  python_env moto tests/stages/moto.txt
  local port key
  port=$(free_port)
  "$cache/moto/bin/moto_server" -H 127.0.0.1 -p "$port" >"$scratch/moto.log" 2>&1 &
  local moto=$!
  started+=("$moto")
  wait_for 60 "$moto" "moto" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
  key=$("$cache/moto/bin/python" - "http://127.0.0.1:$port" <<'PY'
import boto3, sys
kms = boto3.client("kms", endpoint_url=sys.argv[1], region_name="us-east-1",
                   aws_access_key_id="local", aws_secret_access_key="local")
print(kms.create_key()["KeyMetadata"]["Arn"])
PY
)
  DYNAMODB_ENDPOINT=http://127.0.0.1:$port WRAPPING_KEY=$key cargo test --quiet --package aws --test store -- --exact \
    keys::the_signing_key_is_among_the_verifying_keys keys::a_new_key_verifies_before_it_signs | tee "$scratch/kms.log"
  grep -q "2 passed" "$scratch/kms.log" || fail "the tests of the signing keys were not found"
  stop "$moto"
}
