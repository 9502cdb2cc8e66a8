# What infra/deploy and infra/destroy do for the pages. CloudFront serves the files of shared/pages/dist from a bucket, where each
# file's headers are its metadata. headers.json alone says which they are.

dist=$repository/shared/pages/dist

# Whether this deployment takes the pages of the last one away.
pages_go() {
  [ -n "$(output PagesBucket)" ] || return 1
  [ "$(parameter Pages)" = off ] || { [ -n "$(parameter Domains)" ] && [ "$(parameter Domains)" != one-host ]; }
}

# CloudFormation deletes only an empty bucket: empty_bucket BUCKET
empty_bucket() {
  if $rehearse; then
    on_aws aws s3 rm "s3://$1" --recursive --only-show-errors
  else
    aws s3 rm "s3://$1" --recursive --only-show-errors 2>"$scratch/why" || grep -qF NoSuchBucket "$scratch/why" ||
      fail "the bucket $1 could not be emptied: $(grep . "$scratch/why" | tail -1)"
  fi
}

# What the stack says of the pages, or in a rehearsal what it will be told.
setting() {
  if $rehearse; then parameter "$1"; else output "$1"; fi
}

origin_of() { cut -d/ -f1-3 <<<"$1"; }

# What `{connect}` stands for. The pages' own origin is allowed anyway, but not every browser counts its socket to it.
connect_sources() {
  local backend
  backend=$(setting PagesBackendUrl)
  origin_of "$socket_url"
  [ -z "$backend" ] || origin_of "$backend"
}

# Whether headers.json has headers for this file alone.
has_own_headers() { grep -qF "  \"$1\": {" "$dist/headers.json"; }

# The headers of a file, or of those without their own (`*`), a name and a value a line: headers_of FILE CONNECT
headers_of() {
  awk -F'"' -v file="$1" -v connect="$2" '
    /\\/ { exit 1 }
    /^  "/ { section = $2 }
    /^    "/ && (section == "*" || section == file) {
      if (!($2 in values)) names[++count] = $2
      values[$2] = $4
    }
    END {
      if (!count) exit 1
      for (i = 1; i <= count; i++) {
        gsub(/\{connect\}/, connect, values[names[i]])
        print names[i] "\t" values[names[i]]
      }
    }' "$dist/headers.json" || fail "$dist/headers.json is not as the build of the pages writes it; run npm run build there"
}

type_of() {
  case $1 in
    demo/config) echo application/json ;;
    *.html) echo "text/html; charset=utf-8" ;;
    *.js) echo "text/javascript; charset=utf-8" ;;
    *.css) echo "text/css; charset=utf-8" ;;
    *.txt) echo "text/plain; charset=utf-8" ;;
    *.webmanifest) echo application/manifest+json ;;
    *.svg) echo image/svg+xml ;;
    *.png) echo image/png ;;
    *.wasm) echo application/wasm ;;
    *) fail "infra/pages.sh knows no type for $1" ;;
  esac
}

# What the pages are told of their deployment, as JSON: pages_config TENANT_ID
pages_config() {
  local name member
  printf '{"tenantId": "%s", "baseUrl": "%s", "socketUrl": "%s", "shortCodes": true' "$1" "$public_url" "$socket_url"
  for name in site:PagesSite phoneUrl:PagesPhoneUrl backendUrl:PagesBackendUrl; do
    member=$(setting "${name#*:}")
    [ -z "$member" ] || printf ', "%s": "%s"' "${name%:*}" "$member"
  done
  printf '}\n'
}

# The id of a tenant in the list that `scanlatch tenant list --json` gave, whatever the order of its members: tenant_id NAME
tenant_id() {
  awk -F'"' -v wanted="$1" '
    /^    \{/ { name = ""; id = "" }
    /^      "name": / { name = $4 }
    /^      "tenantId": / { id = $4 }
    /^    \}/ && name == wanted { print id; exit }' "$scratch/tenants.json"
}

# Puts files that have type and headers in common: put_files BUCKET FOLDER TYPE HEADERS_FILE CACHE_CONTROL FILE…
put_files() {
  local bucket=$1 folder=$2 type=$3 headers=$4 cache=$5 included=() file
  shift 5
  for file in "$@"; do included+=(--include "$file"); done
  metadata "$headers" >"$headers.json"
  on_aws aws s3 cp "$folder" "s3://$bucket" --recursive --only-show-errors --exclude "*" "${included[@]}" --content-type "$type" \
    --cache-control "$cache" --metadata "file://$headers.json"
}

# S3 keeps cache-control by itself, and all else as metadata.
metadata() { awk -F'\t' '$1 != "cache-control" { printf "%s\"%s\": \"%s\"", (some++ ? ", " : "{"), $1, $2 } END { print "}" }' "$1"; }

# Brings the bucket to what dist is now: upload_pages BUCKET TENANT_ID
upload_pages() {
  local bucket=$1 folder=$scratch/pages connect file group type whose cache files
  rm -rf "$folder"
  cp -R "$dist" "$folder"
  rm "$folder/headers.json"
  mkdir "$folder/demo"
  pages_config "$2" >"$folder/demo/config"
  connect=$(connect_sources | paste -sd' ' -)
  # A group a line: type, whose headers, file. What pages load goes first.
  (cd "$folder" && find assets ./*.* demo -type f | sed 's,^\./,,') >"$scratch/files"
  while IFS= read -r file; do
    type=$(type_of "$file")
    whose="*"
    ! has_own_headers "$file" || whose=$file
    printf '%s\t%s\t%s\n' "$type" "$whose" "$file"
  done <"$scratch/files" >"$scratch/groups"
  while IFS= read -r group; do
    type=${group%$'\t'*} whose=${group#*$'\t'} files=()
    while IFS= read -r file; do files+=("$file"); done < <(awk -F'\t' -v group="$group" '$1 "\t" $2 == group { print $3 }' "$scratch/groups")
    headers_of "$whose" "$connect" >"$scratch/headers"
    cache=$(awk -F'\t' '$1 == "cache-control" { print $2 }' "$scratch/headers")
    # An answer of the backend, which is not a file to keep.
    [ "$type" != application/json ] || cache=no-store
    put_files "$bucket" "$folder" "$type" "$scratch/headers" "$cache" "${files[@]}"
  done < <(cut -f1,2 "$scratch/groups" | awk '!seen[$0]++')
  # All that is wanted is there with its size by now, so this only deletes.
  on_aws aws s3 sync "$folder" "s3://$bucket" --delete --size-only --only-show-errors
}
