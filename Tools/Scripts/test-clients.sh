#!/usr/bin/env bash
# Three promises of every domain package that has an Example: a client that names only this package builds, runs and compiles no other domain;
# a copy of the package with Core beside it, in an empty folder, builds and passes its tests; and so does a project that `d2l new` begins with it.
# Copies are built from nothing: minutes.
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

# Builds the package in a folder with its tests, and runs them.
built_and_tested() {
  local options=(-c release --package-path "$1" --scratch-path "$scratch")
  swift build "${options[@]}" --build-tests
  swift test "${options[@]}" --skip-build
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
    scratch=$work/copy/.build
    built_and_tested "$work/copy/$package"
    echo "copy of $package: $((SECONDS - start)) s"

    echo "== a project begun with $package"
    start=$SECONDS
    # Core is there already, and compiled.
    (cd "$work/copy" && "$root/.build/release/d2l" new MyProject --from "$package" --core beside)
    built_and_tested "$work/copy/MyProject"
    rm -rf "$work/copy"
    echo "project begun with $package: $((SECONDS - start)) s"
  fi
done
