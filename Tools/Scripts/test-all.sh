#!/usr/bin/env bash
# Tests packages one after the other and ends with a table. Fails if a package fails or ran no test.
#
#   test-all.sh PACKAGE ...
set -uo pipefail
cd "$(dirname "$0")/../.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0
rows=()
for package in "$@"; do
  echo "== $package"
  start=$SECONDS
  tests=0
  result=passed
  if ! Tools/Scripts/build.sh "$package" --build-tests; then
    result="build failed"
  else
    (cd "$package" && swift test -c release --scratch-path ../.build --skip-build) 2>&1 | tee "$log"
    if ((PIPESTATUS[0] != 0)); then result=failed; fi
    tests=$(sed -nE 's/.*Test run with ([0-9]+) tests?.*/\1/p' "$log" | awk '{ sum += $1 } END { print sum + 0 }')
    if [[ $result == passed && $tests == 0 ]]; then result="ran no test"; fi
  fi
  if [[ $result != passed ]]; then failed=1; fi
  rows+=("$(printf '%-14s %6d %8d  %s' "$package" "$tests" $((SECONDS - start)) "$result")")
done

printf '\n%-14s %6s %8s  %s\n' package tests seconds result
printf '%s\n' "${rows[@]}"
exit "$failed"
