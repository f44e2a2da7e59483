#!/bin/sh
# Checks licences, advisories and bans by deploy/deny.toml, where cargo-deny is there; it is too large to be compiled
# for every change. Without a network, advisories are those of the last time.
cd "$(dirname "$0")/.." || exit 1
if command -v cargo-deny > /dev/null; then
  exec cargo deny --offline check --config deploy/deny.toml bans licenses sources
fi
echo "cargo-deny is not installed, so licences and bans were not checked (cargo install --locked cargo-deny)"
