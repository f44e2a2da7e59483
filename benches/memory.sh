#!/usr/bin/env bash
# Peak memory of a daemon: with nothing to do, after one file of 2 GiB, after a CT study as well.
# Needs the workloads of ../shared/bench under $LAB, and a file of 1 GiB there (`big1g`); see RESULTS.md.
# usage: LAB=… benches/memory.sh
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
bench=${BENCH:-$here/../shared/bench}
. "$bench/env.sh"
casegate=${CASEGATE:-$here/target/release/casegate}
folder=$(mktemp -d "$BENCH_TMP/memory.XXXXXX")
trap 'kill "$daemon" 2> /dev/null; wait "$daemon"; rm -rf "$folder"' EXIT
printf '[http]\nlisten = "127.0.0.1:18491"\n[metrics]\nlisten = ""\n' > "$folder/site.toml"
printf 'given = "Bench"\nfamily = "Mark"\nbirth_date = "2015-01-01"\n' > "$folder/patient.toml"
ours() { "$casegate" --data "$folder/s" --config "$folder/site.toml" "$@"; }
ours init --no-recovery > /dev/null
case=$(ours case open --json --programme cincinnati --patient "$folder/patient.toml" | sed 's/.*:"\(.*\)".*/\1/')
"$casegate" --data "$folder/s" --config "$folder/site.toml" serve > /dev/null 2>&1 & daemon=$!
until [ -S "$folder/s/control.socket" ]; do sleep 0.1; done
sleep 2
peak() { echo "$1: $(awk '/VmHWM/ { printf "%.1f MiB", $2 / 1024 }' "/proc/$daemon/status")"; }
ingest() { ours ingest --json --case "$case" --until filed "$1" > /dev/null || [ $? = 1 ]; }
peak idle
cat "$LAB/big1g" "$LAB/big1g" > "$folder/file"
ingest "$folder/file"
rm "$folder/file"
peak "one file of 2 GiB"
ingest "$STUDY"
peak "and the study"
