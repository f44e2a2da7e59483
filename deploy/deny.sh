#!/bin/sh
# Checks licences, sources and bans by deploy/deny.toml with cargo-deny, where it is installed; it is too large to be
# compiled for every change. The tests read the same rules without it, but trust what each crate says of its licence.
cd "$(dirname "$0")/.." || exit 1
if command -v cargo-deny > /dev/null; then
  exec cargo deny --offline check --config deploy/deny.toml bans licenses sources
fi
echo "Licences, sources and bans were checked by the tests; cargo-deny is not installed and read no licence texts"
echo "(cargo install --locked cargo-deny)"
