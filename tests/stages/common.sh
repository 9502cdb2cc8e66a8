# What all stages use.

heading() { printf '\n== %s\n' "$*"; }

fail() {
  echo "error: $*" >&2
  exit 1
}

need() { command -v "$1" >/dev/null || fail "$1 is missing; $2"; }

# Debian's packages, if a command is missing.
ensure() {
  local command=$1 package=$2
  command -v "$command" >/dev/null && return
  command -v apt-get >/dev/null || fail "$command is missing and there is no apt-get; install $command"
  local sudo=
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "$package" >/dev/null || fail "$package could not be installed"
}

# A Python environment of our own, made anew when its requirements change. uv takes seconds where pip takes a minute.
python_env() {
  local folder=$cache/$1 requirements=$2 uv=$cache/uv
  need python3 "install Python 3.11 or newer"
  if ! cmp -s tests/stages/uv.txt "$uv/requirements.txt"; then
    rm -rf "$uv"
    python3 -m venv "$uv" || fail "python3 cannot make environments; install its venv package"
    "$uv/bin/pip" install --quiet --disable-pip-version-check -r tests/stages/uv.txt
    cp tests/stages/uv.txt "$uv/requirements.txt"
  fi
  if ! cmp -s "$requirements" "$folder/requirements.txt"; then
    "$uv/bin/uv" venv --quiet --clear --python "$(command -v python3)" "$folder"
    "$uv/bin/uv" pip install --quiet --compile-bytecode --python "$folder/bin/python" -r "$requirements"
    cp "$requirements" "$folder/requirements.txt"
  fi
}

# The packages of a folder, fetched anew when its lock file changes.
node_packages() {
  local folder=$1
  need node "install Node 20 or newer"
  need npm "install npm"
  if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/installed.json"; then
    npm ci --prefix "$folder" --no-audit --no-fund --silent
    cp "$folder/package-lock.json" "$folder/node_modules/installed.json"
  fi
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Waits until a command succeeds: wait_for SECONDS PID WHAT COMMAND…
wait_for() {
  local seconds=$1 pid=$2 what=$3
  shift 3
  for _ in $(seq 1 $((seconds * 5))); do
    "$@" >/dev/null 2>&1 && return
    kill -0 "$pid" 2>/dev/null || fail "$what ended before it was ready"
    sleep 0.2
  done
  fail "$what was not ready within $seconds s"
}

# Builds the functions, the local stack and `scanlatch`, and starts the stack with further arguments. Its ready file is in
# $ready, its pid in $stack.
start_stack() {
  ready=$scratch/ready-$RANDOM.json
  cargo build --quiet
  target/debug/local --port 0 --ready-file "$ready" "$@" >"$ready.log" 2>&1 &
  stack=$!
  started+=("$stack")
  wait_for 600 "$stack" "the local stack" test -f "$ready"
}

stop() {
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
