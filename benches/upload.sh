#!/usr/bin/env bash
# One upload of 1 GiB over loopback by tus, side by side with tus on Node, round by round.
# Needs the workloads and peers of ../shared/bench (its README says how to make them) under $LAB; see RESULTS.md.
# usage: LAB=… RUNS=3 benches/upload.sh
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
bench=${BENCH:-$here/../shared/bench}
. "$bench/env.sh"
casegate=${CASEGATE:-$here/target/release/casegate}
file=$LAB/big1g
patient=$BENCH_TMP/patient.toml
config=$BENCH_TMP/upload.toml
printf 'given = "Bench"\nfamily = "Mark"\nbirth_date = "2015-01-01"\n' > "$patient"
printf '[http]\nlisten = "127.0.0.1:18480"\n[metrics]\nlisten = ""\n' > "$config"
cat "$file" > /dev/null
ours="$casegate --data {D}/s --config $config"
prep="mkdir -p {D}/f; $ours init --no-recovery; $ours case open --json --programme cincinnati --patient $patient | sed 's/.*:\"\\(.*\\)\".*/\\1/' > {D}/case; $ours link --case \$(cat {D}/case) > {D}/link 2> /dev/null"
python3 "$bench/run_contenders.py" --work upload-1GiB --runs "$RUNS" --bytes 1073741824 --out "$OUT" --prep "$prep" \
  "tus-node:d=node $bench/tus_server.js {D}/f 18091 $LAB/npm ;;18091;; $bench/tus_put.sh http://127.0.0.1:18091/files $file" \
  "casegate:d=$ours serve ;;18480;; $bench/tus_put.sh \$(cat {D}/link)/files $file"
