#!/bin/bash
# Runs one phase of `make test` and says what it took; `--sum` says what all of them took.
# usage: deploy/phase.sh NAME COMMAND...  |  deploy/phase.sh --sum
set -u
log=target/phases
mkdir -p target
if [ "$1" = --sum ]; then
  printf '\nPassed. What each phase took:\n'
  awk -F '\t' '{ printf "  %6d s  %s\n", $1, $2; sum += $1 } END { printf "  %6d s  in all\n", sum }' "$log"
  exit 0
fi
name=$1
shift
[ "$name" = tools ] && : > "$log"
printf '\n== %s\n' "$name"
began=$(date +%s)
"$@"
code=$?
printf '%d\t%s\n' $(($(date +%s) - began)) "$name" >> "$log"
[ $code = 0 ] || printf '== %s: FAILED (%s)\n' "$name" "$*" >&2
exit $code
