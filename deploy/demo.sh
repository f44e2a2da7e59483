#!/bin/bash
# `make demo`: builds Casegate, takes a sample family's upload into a new case through the running daemon, says what was
# found, and leaves the daemon serving until Ctrl-C. Everything it makes lies in ./demo; delete that to begin afresh.
# With standard input not a terminal it stops after printing.
#
# CASEGATE_PROFILE=dev uses the development build, which is quicker to make and slower to run.
set -euo pipefail
cd "$(dirname "$0")/.."

profile=${CASEGATE_PROFILE:-release}
folder=$PWD/demo
data=$folder/data
sample=$PWD/samples/family-upload
daemon=

say() { printf '%s\n' "$*"; }
headline() { printf '\n── %s\n' "$*"; }

casegate() { "$binary" --config "$folder/pipeline.toml" "$@"; }

# A command of which exit code 1, blocking findings, is an answer and no failure.
answer() {
  local code=0
  casegate "$@" || code=$?
  [ $code -le 1 ] || { say "casegate $1 failed with exit code $code"; exit $code; }
}

build() {
  headline "Building ($profile; the first time takes a while)"
  cargo build --locked --quiet --profile "$profile"
  local target=${CARGO_TARGET_DIR:-$PWD/target}
  case $profile in dev) binary=$target/debug/casegate ;; *) binary=$target/$profile/casegate ;; esac
}

# Does somebody listen on this port?
listening() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# The first port from the one named on which nobody does.
free_port() {
  local port=$1
  while listening "$port"; do port=$((port + 10)); done
  printf '%d' "$port"
}

prepare() {
  mkdir -p "$data"
  if ! flock --nonblock "$data/lock" true; then
    say "A demo is running already on ./demo; stop it first (Ctrl-C where it runs)."
    exit 1
  fi
  local metrics
  port=$(free_port 8480)
  metrics=$(free_port 8481)
  [ "$port" = 8480 ] || say "Port 8480 is taken: using $port."
  cat > "$folder/pipeline.toml" <<END
# Written anew by each \`make demo\`; laid over the shipped pipeline.toml.
[data]
folder = "$data"
[http]
listen = "127.0.0.1:$port"
[metrics]
listen = "127.0.0.1:$metrics"
END
  if [ ! -f "$data/catalog.db" ]; then
    headline "Making a site: data in ./demo/data, keys in ./demo/data.keys"
    casegate init --recovery-out "$folder/recovery.key"
  fi
}

start() {
  headline "Starting the daemon"
  # A socket that a killed daemon left behind would look like a living one.
  rm -f "$data/control.socket"
  # Not through the function above: the process has to be the daemon itself, for a signal to reach it.
  "$binary" --config "$folder/pipeline.toml" serve < /dev/null 2> "$folder/daemon.log" &
  daemon=$!
  trap 'stop; exit 0' INT TERM
  trap stop EXIT
  local tries=0
  until [ -S "$data/control.socket" ]; do
    if ! kill -0 $daemon 2> /dev/null || [ $((tries += 1)) -gt 300 ]; then
      say "The daemon did not start. Its last words (./demo/daemon.log):"
      tail -n 5 "$folder/daemon.log"
      daemon=
      exit 3
    fi
    sleep 0.1
  done
  say "It runs as process $daemon and writes to ./demo/daemon.log."
}

# Asks the daemon to stop and waits until it has.
stop() {
  trap - INT TERM EXIT
  [ -n "$daemon" ] || return 0
  kill -TERM $daemon 2> /dev/null || true
  wait $daemon 2> /dev/null || true
  daemon=
  printf '\nThe daemon has stopped. What it took in lies sealed in ./demo; `make demo` adds a case to it.\n'
}

show() {
  cd "$sample"
  headline "A case for the child of samples/family-upload/patient.toml, under the programme chla-families"
  local case link page
  case=$(casegate case open --programme chla-families --patient patient.toml --json | sed -n 's/.*"case":"\([^"]*\)".*/\1/p')
  say "Case $case"
  headline "The family's upload, samples/family-upload/upload"
  answer ingest --case "$case" --until read upload
  headline "The disc and the slides in it"
  answer case show "$case" | sed '/^Needs a person/,$d'
  headline "What the gate says: why this case is not ready, and what the desk can do"
  answer case gate "$case"
  headline "Search for: arrhythmia"
  answer search --case "$case" --reason demo arrhythmia
  link=$(casegate link --case "$case" --for family --expires 1d --json | sed -n 's/.*"address":"\([^"]*\)".*/\1/p')
  headline "To look further"
  page="the family's page, for one day"
  listening "$port" || page="the family's link; this daemon serves no pages yet"
  say "$link   $page"
  say "$binary --config demo/pipeline.toml case show $case"
}

demo() {
  build
  prepare
  start
  show
  if [ -t 0 ]; then
    headline "The daemon is serving. Ctrl-C stops it."
    wait $daemon || true
  fi
}

demo
