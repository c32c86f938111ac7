#!/usr/bin/env bash
# Holds the promise that a domain package can be used by itself: a client that depends on it alone builds and runs, and a copy of it with Core beside builds
# and passes its tests. Takes minutes, because both are built from nothing.
#
#   standalone.sh PACKAGE
set -euo pipefail
cd "$(dirname "$0")/../.."
package=$1
root=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

echo "== A client of $package"
mkdir -p "$folder/client/Sources/client"
cat > "$folder/client/Package.swift" <<MANIFEST
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Client",
  platforms: [.macOS(.v15)],
  dependencies: [.package(path: "$root/$package")],
  targets: [
    .executableTarget(name: "client", dependencies: [.product(name: "D2L$package", package: "$package")])
  ],
  swiftLanguageModes: [.v6]
)
MANIFEST
echo "import D2L$package
print(\"D2L$package\")" > "$folder/client/Sources/client/main.swift"
(cd "$folder/client" && swift build -c release --scratch-path "$folder/build")
[[ $("$folder/build/release/client") == "D2L$package" ]]
# Of the other domains nothing may be compiled.
for other in */Package.swift; do
  other=${other%/Package.swift}
  [[ $other == Core || $other == "$package" || $other == Tools ]] && continue
  if compgen -G "$folder/build/release/D2L$other.build" > /dev/null; then
    echo "standalone: $package brings $other along" >&2
    exit 1
  fi
done

echo "== A copy of $package"
mkdir "$folder/copy"
cp -r Core "$package" "$folder/copy/"
(cd "$folder/copy/$package" && swift test -c release --scratch-path "$folder/build")
echo "$package stands on its own"
