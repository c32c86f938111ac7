#!/usr/bin/env bash
# Finds expressions that take the type-checker more than 200 ms. Fails if there are any.
#
#   typecheck.sh PACKAGE ...
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tools/Scripts/compiler-options.sh

found=0
for package in "$@"; do
  Tools/Scripts/build.sh "$package" --build-tests
  for folder in "$package"/Sources/*/ "$package"/Tests/*/; do
    mapfile -t sources < <(find "$folder" -name '*.swift')
    if ((${#sources[@]} == 0)); then continue; fi
    slow=$(swiftc -typecheck -swift-version 6 -parse-as-library -module-name "$(basename "$folder" | tr - _)" \
      -package-name "${package,,}" \
      "${imports[@]}" -Xfrontend -warn-long-expression-type-checking=200 "${sources[@]}" 2>&1 |
      grep -E '^[^ ]*: warning: expression took|error:' || true)
    if [[ -n $slow ]]; then
      echo "$slow"
      found=1
    fi
  done
done
if ((found)); then
  echo "typecheck: expressions above take the type-checker more than 200 ms; break them into named parts" >&2
  exit 1
fi
