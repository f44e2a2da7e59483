#!/bin/bash
# Copies what each target begins with (its corpus, and the samples that seeds.toml names) to found/<target>/, where a run
# keeps what it finds; and the versions of dependencies that the product is built with.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p tests/fuzz/found
cp Cargo.lock tests/fuzz/Cargo.lock
cp -r tests/fuzz/corpus/. tests/fuzz/found/
target=
while IFS= read -r line; do
  if [[ $line =~ ^([a-z0-9_]+)\ =\ \[ ]]; then
    target=${BASH_REMATCH[1]}
    mkdir -p "tests/fuzz/found/$target"
  fi
  while [[ $line =~ \"(samples/[^\"]+)\"(.*) ]]; do
    cp -- "${BASH_REMATCH[1]}" "tests/fuzz/found/$target/"
    line=${BASH_REMATCH[2]}
  done
done < tests/fuzz/seeds.toml
