#!/usr/bin/env bash
# Builds the fuzz targets under AddressSanitizer and runs them, one after the other.
#
#   fuzz.sh [--build | --no-build] [TARGET ...]
#
# FUZZ_SECONDS and FUZZ_RUNS bound each target (600 seconds or 5,000,000 runs, whichever comes first; 0 seconds are no bound). Finds lie in
# .build/fuzz/finds as TARGET-crash-..., and are tried again by: .build/fuzz/release/D2LFuzz run TARGET FILE
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${FUZZ_SECONDS:-600}
runs=${FUZZ_RUNS:-5000000}
folder=$PWD/.build/fuzz
program=$folder/release/D2LFuzz

if [[ ${1:-} != --no-build ]]; then
  # -enable-testing lets targets reach parsers that are not public.
  swift build -c release --package-path Core/Fuzz --scratch-path "$folder" --sanitize address \
    -Xswiftc -sanitize=fuzzer -Xswiftc -enable-testing -Xcc -fsanitize=fuzzer-no-link
fi
if [[ ${1:-} == --build ]]; then exit; fi
if [[ ${1:-} == --no-build ]]; then shift; fi

memory=/dev/shm
if [[ ! -d $memory ]]; then memory=${TMPDIR:-/tmp}; fi
D2L_FUZZ_SCRATCH=$(mktemp -d "$memory/d2l-fuzz-XXXXXX")
trap 'rm -rf "$D2L_FUZZ_SCRATCH"' EXIT
# One thread.
export D2L_FUZZ_SCRATCH OPENBLAS_NUM_THREADS=1
mkdir -p "$folder/finds" "$folder/logs"
finds=0
for target in ${*:-$("$program" list | cut -d' ' -f1)}; do
  corpus=$folder/corpus/$target
  log=$folder/logs/$target.log
  "$program" corpus "$target" "$corpus/seeds" Core/Tests
  mkdir -p "$corpus/found"
  # The harness bounds memory and processor time itself; libFuzzer's clock only catches what waits for ever.
  if "$program" run "$target" -dict="$corpus/seeds.dict" -max_total_time="$seconds" -runs="$runs" -timeout=300 \
    -rss_limit_mb=4096 -malloc_limit_mb=128 -print_final_stats=1 -artifact_prefix="$folder/finds/$target-" \
    "$corpus/found" "$corpus/seeds" >"$log" 2>&1; then
    executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    took=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$log")
    echo "$target: $executed executions in $took s; $(sed -n "s/^$target: //p" "$log")"
  else
    finds=$((finds + 1))
    echo "$target: a find, see $log" >&2
    grep -E -m 3 "^fuzz: |Fatal error|ERROR: |SUMMARY: " "$log" >&2 || true
  fi
done
if ((finds > 0)); then
  echo "fuzz: $finds of the targets ended with a find" >&2
  exit 1
fi
