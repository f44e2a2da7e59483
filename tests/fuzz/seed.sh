#!/bin/bash
# Copies the seeds that seeds.toml names to corpus/<target>/, where cargo-fuzz looks for them.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=
while IFS= read -r line; do
  if [[ $line =~ ^\[([a-z0-9_]+)\]$ ]]; then
    target=${BASH_REMATCH[1]}
    mkdir -p "tests/fuzz/corpus/$target"
  fi
  while [[ $line =~ \"(samples/[^\"]+)\"(.*) ]]; do
    cp -- "${BASH_REMATCH[1]}" "tests/fuzz/corpus/$target/"
    line=${BASH_REMATCH[2]}
  done
done < tests/fuzz/seeds.toml
