#!/bin/bash
# Stands between Cargo and rustc for our own crate (RUSTC_WORKSPACE_WRAPPER): compiles with Clippy's driver, which also
# makes the code that the tests run, and documents the library with the same compiled dependencies. `cargo clippy` and
# `cargo doc` would each compile the dependencies' interfaces once more, minutes on a small machine.
# usage, by Cargo: deploy/rustc-lint.sh RUSTC ARGUMENTS...
set -eu
# nextest drops the variable before it asks Cargo for the metadata.
export CLIPPY_ARGS=${CLIPPY_ARGS:--Dwarnings__CLIPPY_HACKERY__}
clippy-driver "$@"

# The library as others see it, not its test build, and none of Cargo's questions about the compiler.
case " $* " in
  *" --test "*) exit 0 ;;
  *" --crate-type lib "*) ;;
  *) exit 0 ;;
esac
shift
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --extern | --cfg | --check-cfg | --crate-name | --edition | --crate-type | -L) arguments+=("$1" "$2"); shift ;;
    --edition=* | --error-format=* | --json=*) arguments+=("$1") ;;
    *.rs) arguments+=("$1") ;;
  esac
  shift
done
exec rustdoc "${arguments[@]}" -Dwarnings -Arustdoc::private-intra-doc-links --document-private-items --out-dir "${CARGO_TARGET_DIR:-target}/doc"
