# The store contract on another DynamoDB, its signing keys wrapped by a KMS: both are ministack's, the real ones need an AWS account.

stage_kms() {
  heading "signing keys wrapped by KMS"
  python_env ministack tests/stages/ministack.txt
  local port key bin=$cache/ministack/bin
  port=$(free_port)
  BIND_HOST=127.0.0.1 GATEWAY_PORT=$port TMPDIR=$scratch "$bin/ministack" >"$scratch/kms.log" 2>&1 &
  local ministack=$!
  started+=("$ministack")
  wait_for 60 "$ministack" "ministack" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
  key=$("$bin/aws" --endpoint-url "http://127.0.0.1:$port" --region us-east-1 --no-sign-request \
    kms create-key --query KeyMetadata.Arn --output text)
  SCANLATCH_STORE_HISTORIES=20 DYNAMODB_ENDPOINT=http://127.0.0.1:$port WRAPPING_KEY=$key cargo test --quiet --workspace --test store
  stop "$ministack"
}
