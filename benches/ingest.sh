#!/usr/bin/env bash
# First ingest and duplicate re-run of a CT study, side by side with the peers, round by round. Beside the re-run stands
# what its bytes cost to read and hash with OpenSSL, which is less than anything that knows a duplicate by SHA-256 can cost.
# Needs the workloads and peers of ../shared/bench (its README says how to make them) under $LAB; see RESULTS.md.
# usage: LAB=… RUNS=3 [SCRIPT=1] [BEFORE=an earlier casegate] benches/ingest.sh [first|dup]
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
bench=${BENCH:-$here/../shared/bench}
. "$bench/env.sh"
casegate=${CASEGATE:-$here/target/release/casegate}
patient=$BENCH_TMP/patient.toml
printf 'given = "Bench"\nfamily = "Mark"\nbirth_date = "2015-01-01"\n' > "$patient"
bytes=$(du -sb --apparent-size "$STUDY" | cut -f1)
find "$STUDY" -type f -print0 | xargs -0 cat > /dev/null
before=${BEFORE:-}
# The earlier one makes the site: a later one opens it, not the other way round.
maker=${before:-$casegate}
open="$maker --data {D}/s init --no-recovery; $maker --data {D}/s case open --json --programme cincinnati --patient $patient | sed 's/.*:\"\\(.*\\)\".*/\\1/' > {D}/case"
ours() { echo "${2:-$casegate} --data {D}/s ingest --json --case \$(cat {D}/case) --until $1 $STUDY > /dev/null || [ \$? = 1 ]"; }
earlier=()
[ -z "$before" ] || earlier=("casegate-received-before=$(ours received "$before")" "casegate-filed-before=$(ours filed "$before")")
restic="restic -q -r {D}/r -p $LAB/pw --cache-dir {D}/c"
init="case \$LOG in *.casegate*) $open;; *.restic*) $restic init;; esac"
case ${1:-first} in
first)
  python3 "$bench/run_contenders.py" --work ingest-first --runs "$RUNS" --bytes "$bytes" --out "$OUT" --prep "$init" \
    "roofline-age-each-4t=roofline pipe $STUDY {D}/o 4 each age sha" \
    "casegate-received=$(ours received)" \
    "casegate-filed=$(ours filed)" "${earlier[@]}" \
    "restic-nocomp=$restic --compression off backup $STUDY" \
    ${SCRIPT:+"script-age=$bench/script_naive.sh $STUDY {D}/o $RCPT"} ;;
dup)
  python3 "$bench/run_contenders.py" --work ingest-dup --runs "$RUNS" --bytes "$bytes" --out "$OUT" \
    --prep "$init; case \$LOG in *.casegate*) $(ours filed);; *.restic*) $restic backup $STUDY;; esac" \
    "restic-force=$restic backup --force $STUDY" \
    "openssl-sha256=find $STUDY -type f -print0 | xargs -0 openssl sha256" \
    "casegate-received=$(ours received)" \
    "casegate-filed=$(ours filed)" "${earlier[@]}" ;;
*) echo "usage: benches/ingest.sh [first|dup]" >&2; exit 2 ;;
esac
