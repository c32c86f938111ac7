#!/usr/bin/env bash
# Runs the built example on weights and a picture made by the package's own program: run.sh BUILD-FOLDER EMPTY-FOLDER
set -euo pipefail
build=$1
cd "$2"
"$build/d2l-vision" finetune --model cifar_resnet20 --quick --epochs 1 --out run >log
picture=$(find run/pictures/validation -name '*.png' | sort | head -1)
"$build/classify" cifar_resnet20 run/model.safetensors "$picture" | tee guesses
test "$(wc -l <guesses)" -eq 4
