#!/usr/bin/env bash
# Two promises of every domain package that has an Example: a client that names only this package builds, runs and compiles no other domain; and
# a copy of the package with Core beside it, in an empty folder, builds and passes its tests. The copy is built from nothing: minutes.
#
#   test-clients.sh [--without-copies] [PACKAGE ...]
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD

copies=1
if [[ ${1:-} == --without-copies ]]; then
  copies=0
  shift
fi
packages=("$@")
if ((${#packages[@]} == 0)); then
  for example in */Example/Package.swift; do packages+=("${example%%/*}"); done
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "test-clients: $1" >&2
  exit 1
}

# Domain packages other than the one given, as their modules are called.
others() {
  for manifest in */Package.swift; do
    local name=${manifest%%/*}
    if [[ $name != Core && $name != "$1" ]]; then echo "D2L$name"; fi
  done
}

for package in "${packages[@]}"; do
  echo "== a client of $package"
  start=$SECONDS
  # Modules that are built already are taken from the common folder; what is in the plan is what would be compiled anywhere.
  swift build -c release --package-path "$package/Example" --scratch-path .build
  for module in $(others "$package"); do
    if grep -q "\b$module\b" .build/release.yaml; then fail "a client of $package compiles $module"; fi
  done
  # shellcheck disable=SC1090
  "$package/Example/run.sh" "$root/.build/release" "$work" || fail "the client of $package does not do its work"
  echo "client of $package: $((SECONDS - start)) s"

  if ((copies)); then
    echo "== a copy of $package"
    start=$SECONDS
    mkdir "$work/copy"
    git ls-files Core "$package" | tar -cf - -T - | tar -xf - -C "$work/copy"
    (cd "$work/copy/$package" && swift build -c release --build-tests && swift test -c release --skip-build)
    rm -rf "$work/copy"
    echo "copy of $package: $((SECONDS - start)) s"
  fi
done
