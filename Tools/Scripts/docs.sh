#!/usr/bin/env bash
# Builds the documentation of Core's modules with DocC, one archive for all, in .build/docs. A warning is an error.
#
#   docs.sh [MODULE ...]
set -euo pipefail
cd "$(dirname "$0")/../.."
modules=("$@")
if ((${#modules[@]} == 0)); then
  modules=(D2LTensor D2LFiles D2LPlots D2LImages D2LLayers D2LOptim D2LData D2LWeights D2LTraining D2LCore D2LCommands
    D2LBench)
fi

Tools/Scripts/build.sh Core --target D2LCoreSections
target=$(swiftc -print-target-info | sed -nE 's/.*"triple": "([^"]*)".*/\1/p' | head -1)
source Tools/Scripts/compiler-options.sh

output=.build/docs
rm -rf "$output"
archives=()
for module in "${modules[@]}"; do
  graphs=$output/graphs/$module
  mkdir -p "$graphs"
  swift symbolgraph-extract -module-name "$module" -target "$target" "${imports[@]}" -minimum-access-level public \
    -skip-synthesized-members -output-dir "$graphs"
  catalog=()
  if [[ -d Core/Sources/$module/$module.docc ]]; then catalog=("Core/Sources/$module/$module.docc"); fi
  docc convert ${catalog[@]+"${catalog[@]}"} --additional-symbol-graph-dir "$graphs" \
    --output-path "$output/$module.doccarchive" --fallback-display-name "$module" \
    --fallback-bundle-identifier "$module" --warnings-as-errors
  archives+=("$output/$module.doccarchive")
done
docc merge "${archives[@]}" --synthesized-landing-page-name Core --synthesized-landing-page-kind Package \
  --output-path "$output/Core.doccarchive"
echo "docs: $output/Core.doccarchive; any web server shows it: python3 -m http.server -d $output/Core.doccarchive"
