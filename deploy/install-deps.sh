#!/bin/bash
# Installs what Casegate needs on Debian 12 beside a Rust toolchain, and says what it does. What is there already is left
# alone, so that a second run takes a moment. Only the system's packages need root.
#
# usage: deploy/install-deps.sh [--tests]     --tests: also the outside programs that the tests talk to
set -euo pipefail
cd "$(dirname "$0")/.."

# Without these nothing is built.
needed=(gcc libc6-dev make pkg-config)
# The daemon runs without these and reads less: scans stay unread, and the stock `age` command is what opens a case
# without Casegate.
useful=(age poppler-utils tesseract-ocr)
while read -r pack; do useful+=("tesseract-ocr-$pack"); done < deploy/language-packs
# Outside clients and tools that the tests use as second opinions; a test says so when its tool is absent
# (CONTRIBUTING says how to require them all).
for_tests=(chromium dcmtk genisoimage jq nodejs openssl python3-venv xorriso zip)
# Comes with nodejs where that is not Debian's own.
command -v npm > /dev/null || for_tests+=(npm)

say() { printf '%s\n' "$*"; }

# Those of the packages named that are not installed.
missing() {
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2> /dev/null | awk '$1 == "ii" { print $2 }' || true)
  local package
  for package in "$@"; do
    grep -qx "$package" <<< "$installed" || printf '%s\n' "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif sudo -n true 2> /dev/null; then
    sudo -n "$@"
  else
    return 77
  fi
}

# Installs packages of the system; answers 77 where there is no way to become root.
install_packages() {
  say "Installing with apt: $*"
  local quiet=(-qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  as_root env DEBIAN_FRONTEND=noninteractive apt-get "${quiet[@]}" update || return $?
  as_root env DEBIAN_FRONTEND=noninteractive apt-get "${quiet[@]}" install -y --no-install-recommends "$@" > /dev/null
}

packages() {
  local must=() may=() code
  mapfile -t must < <(missing "${needed[@]}")
  mapfile -t may < <(missing "${useful[@]}" "$@")
  [ $((${#must[@]} + ${#may[@]})) -gt 0 ] || return 0
  install_packages "${must[@]}" "${may[@]}" && return 0
  code=$?
  if [ $code = 77 ]; then
    say "This step needs root, and there is no way to become root here. As root: apt-get install ${must[*]} ${may[*]}"
  else
    say "apt could not install them (see above)."
  fi
  if [ ${#must[@]} -gt 0 ]; then
    say "Nothing can be built without: ${must[*]}"
    return 1
  fi
  say "Going on without: ${may[*]}"
  lacking=yes
}

# Whether a package was left out that tests may do without.
lacking=

rust() {
  if ! command -v cargo > /dev/null; then
    say "There is no Rust toolchain. Install one from https://rustup.rs, then run this again."
    return 1
  fi
  local wanted have
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  have=$(rustc --version | cut -d ' ' -f 2)
  if [ "$(printf '%s\n%s\n' "$wanted" "$have" | sort -V | head -n 1)" != "$wanted" ]; then
    say "Rust $wanted or later is needed, and $have is here: rustup update stable"
    return 1
  fi
}

rust_for_tests() {
  if ! command -v clippy-driver > /dev/null || ! command -v rustfmt > /dev/null; then
    say "Adding rustfmt and clippy to the toolchain"
    rustup component add rustfmt clippy
  fi
  if ! cargo nextest --version > /dev/null 2>&1; then
    say "Compiling cargo-nextest, which runs the tests (some minutes, once)"
    cargo install --locked cargo-nextest
  fi
}

# Outside clients from the registries of Node and Python, under tests/clients and target/.
clients() {
  local folder=tests/clients made=target/clients code=0
  if [ -f $folder/package-lock.json ] &&
    ! { [ -d $folder/node_modules ] && cmp -s $folder/package-lock.json $made/package-lock.json; }; then
    say "Installing the Node clients of $folder/package-lock.json"
    (cd $folder && npm ci --silent --no-audit --no-fund) && remember package-lock.json || code=1
  fi
  if [ -f $folder/requirements.txt ] && ! cmp -s $folder/requirements.txt $made/requirements.txt; then
    say "Installing the Python clients of $folder/requirements.txt into $made/python"
    python3 -m venv $made/python && $made/python/bin/python -m pip install --quiet --requirement $folder/requirements.txt &&
      remember requirements.txt || code=1
  fi
  return $code
}

# What was installed is noted last, so that a run that broke off is made good by the next.
remember() { mkdir -p target/clients && cp "tests/clients/$1" "target/clients/$1"; }

case ${1-} in
  "")
    rust
    packages
    ;;
  --tests)
    rust
    packages "${for_tests[@]}"
    rust_for_tests
    mkdir -p target/clients && rm -f target/clients/whole
    if ! clients; then
      say "Not every outside client could be installed; tests that need one say so and are skipped, or fail where all are required."
    elif [ -z "$lacking" ]; then
      # Nothing that tests may need was left out: .ci/run then lets none be skipped.
      touch target/clients/whole
    fi
    ;;
  *)
    say "usage: deploy/install-deps.sh [--tests]"
    exit 2
    ;;
esac
