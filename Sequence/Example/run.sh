#!/usr/bin/env bash
# Runs the built example on weights made by the package's own program: run.sh BUILD-FOLDER EMPTY-FOLDER
set -euo pipefail
build=$1
cd "$2"
"$build/d2l-sequence" gru --quick --epochs 4 --out run >log
"$build/compose" run/model.safetensors "the old " | tee texts
test "$(grep -c '^the old ' texts)" -eq 3
