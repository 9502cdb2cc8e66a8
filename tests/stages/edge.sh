# What CloudFront does for the pages: its functions, run in Node as the template has them, over the files that infra/deploy puts into a
# played S3.

# Runs a part of infra/pages.sh as a deployment does, for a stack with these outputs: on_pages OUTPUTS_AS_AWS_SAYS_THEM COMMAND…
on_pages() {
  local outputs=$1
  shift
  (
    cd infra
    environment=prod rehearse=false public_url=https://login.example.com/v1 socket_url=wss://login.example.com/ws-v1-challenge
    parameter() { sed -n "s/^$1=//p" <<<"${given:-}"; }
    . ./steps.sh
    . ./pages.sh
    printf '%s\n' "$outputs" >"$scratch/stack.json"
    export PATH=$cache/aws/bin:$PATH AWS_ENDPOINT_URL=http://127.0.0.1:$(cat "$port_file") AWS_REGION=us-east-1 \
      AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_EC2_METADATA_DISABLED=true
    "$@"
  )
}

# Outputs as `aws cloudformation describe-stacks` prints them: outputs Name=Value…
outputs() {
  local word
  for word in "$@"; do printf '"OutputKey": "%s",\n"OutputValue": "%s"\n' "${word%%=*}" "${word#*=}"; done
}

# Tenants as `scanlatch tenant list --json` prints them; their members have names too.
tenants() {
  python3 -c '
import json
print(json.dumps({"tenants": [{"createdAt": "2026", "enabled": True, "name": name, "settings": {"name": "Second", "tenantId": "none"}, "tenantId": id}
                              for name, id in [("First", "tenant-1"), ("Second", "tenant-2")]]}, indent=2))'
}

id_among() {
  cp "$1" "$scratch/tenants.json"
  tenant_id "$2"
}

stage_edge() {
  python_env infra tests/stages/infra.txt
  python_env aws tests/stages/aws.txt
  need node "install Node 20 or newer"
  local folder=$scratch/edge port_file=$scratch/edge/port played with_pages
  mkdir -p "$folder"
  echo '{"stacks": {}, "outputs": {}, "resources": {}, "left": [], "objects": {"pages-1": ["assets/former.js"], "pages-2": ["index.html"]}}' >"$folder/stacks.json"
  : >"$folder/calls"
  python3 tests/infra/cloudformation.py "$folder/stacks.json" "$folder/calls" "$port_file" &
  played=$!
  started+=("$played")
  wait_for 10 "$played" "the played S3" test -s "$port_file"

  heading "edge: what infra/deploy puts into the bucket"
  with_pages=$(outputs PagesBucket=pages-1 "PagesSite=Cafe Nord" PagesBackendUrl=https://backend.example.com/pages/)
  on_pages "$with_pages" upload_pages pages-1 3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063
  [ "$(cat "$folder/calls")" = "DeleteObject pages-1 assets/former.js" ] || { cat "$folder/calls" >&2 && fail "that is not the one file that is no more"; }
  on_pages "$with_pages" pages_config 3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063 >"$folder/config.json"

  heading "edge: whose the pages are"
  tenants >"$folder/tenants.json"
  [ "$(on_pages "$with_pages" id_among "$folder/tenants.json" Second)" = tenant-2 ] || fail "the pages get another tenant than the one of this name"
  [ -z "$(on_pages "$with_pages" id_among "$folder/tenants.json" Third)" ] || fail "a tenant was found that is not there"

  heading "edge: which deployments take the pages away"
  given=Pages=off on_pages "$with_pages" pages_go || fail "Pages=off keeps the pages"
  given=Domains=none on_pages "$with_pages" pages_go || fail "without CloudFront the pages stay"
  ! given=Domains=one-host on_pages "$with_pages" pages_go || fail "a deployment that says nothing of the pages takes them away"
  ! given=Pages=off on_pages "" pages_go || fail "pages go that are not there"
  on_pages "$with_pages" empty_bucket pages-2
  [ "$(tail -1 "$folder/calls")" = "DeleteObject pages-2 index.html" ] || { cat "$folder/calls" >&2 && fail "the bucket was not emptied"; }
  stop "$played"

  heading "edge: CloudFront's functions"
  "$cache/infra/bin/python" tests/infra/transform.py infra/template.yaml >"$folder/template.json"
  EDGE_TEMPLATE=$folder/template.json EDGE_OBJECTS=$folder/calls.objects EDGE_CONFIG=$folder/config.json \
    node --test tests/infra/edge.test.mjs
}
