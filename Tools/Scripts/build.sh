#!/usr/bin/env bash
# Builds packages optimised, as tests and commands use them. A compiler warning in our sources is an error.
#
#   build.sh PACKAGE [option of swift build ...]
set -euo pipefail
cd "$(dirname "$0")/../.."
package=$1
shift

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
(cd "$package" && swift build -c release --scratch-path ../.build "$@") 2>&1 | tee "$log" || status=$?
if ((status != 0)); then exit "$status"; fi
if grep -E "^($PWD/[^.][^:]*:[0-9]+:[0-9]+: )?warning:" "$log" >/dev/null; then
  echo "build: compiler warnings, see above" >&2
  exit 1
fi
