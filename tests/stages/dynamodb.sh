# The store contract, the command line and the official server SDKs once more, on DynamoDB Local.

start_dynamodb_local() {
  need java "install Java 17 or newer"
  ensure mvn maven
  local folder=$cache/dynamodb-local pom=tests/dynamodb-local/pom.xml
  if ! cmp -s "$pom" "$folder/pom.xml"; then
    rm -rf "$folder"
    mvn -q -B -f "$pom" dependency:copy-dependencies -DoutputDirectory="$folder"
    cp "$pom" "$folder/pom.xml"
  fi
  local port
  port=$(free_port)
  java -Djava.library.path="$folder" -cp "$folder/*" software.amazon.dynamodb.services.local.main.ServerRunner \
    -inMemory -sharedDb -disableTelemetry -port "$port" >"$scratch/dynamodb.log" 2>&1 &
  dynamodb_pid=$!
  started+=("$dynamodb_pid")
  dynamodb=http://127.0.0.1:$port
  wait_for 60 "$dynamodb_pid" "DynamoDB Local" bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
}

stage_dynamodb() {
  heading "the store contract on DynamoDB Local"
  start_dynamodb_local
  SCANLATCH_STORE_HISTORIES=50 DYNAMODB_ENDPOINT=$dynamodb cargo test --quiet --workspace --test store
  heading "the command line on DynamoDB Local"
  DYNAMODB_ENDPOINT=$dynamodb cargo test --quiet --workspace --test commands
  heading "the official server SDKs on DynamoDB Local"
  install_sdks
  start_stack --dynamodb-endpoint "$dynamodb"
  (cd tests/sdk && SCANLATCH_READY=$ready npm run test:server --silent)
  python_sdk tests/sdk/python
  stop "$stack"
  stop "$dynamodb_pid"
}
