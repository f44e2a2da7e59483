#!/usr/bin/env bash
# Text of 300 digital PDFs, side by side with a process of pdftotext for each file, round by round. Ours does more with
# the same pages: it jails the reader, tells the language of each line, judges, and seals into memory (`inspect`).
# Needs the workloads and peers of ../shared/bench (its README says how to make them) under $LAB; see RESULTS.md.
# usage: LAB=… RUNS=5 benches/pdf.sh
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
bench=${BENCH:-$here/../shared/bench}
. "$bench/env.sh"
casegate=${CASEGATE:-$here/target/release/casegate}
pdfs=$DATA/pdf/text
cat "$pdfs"/*.pdf > /dev/null
printf '[reading]\nmode = "off"\n' > "$BENCH_TMP/pdf.toml"
python3 "$bench/run_contenders.py" --work pdf-text --runs "$RUNS" --bytes "$(bytes "$pdfs")" --out "$OUT" \
  "pdftotext=for f in $pdfs/*.pdf; do pdftotext \$f - ; done > /dev/null" \
  "casegate-inspect=$casegate --config $BENCH_TMP/pdf.toml inspect --json $pdfs > /dev/null || [ \$? = 1 ]"
