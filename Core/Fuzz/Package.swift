// swift-tools-version: 6.2
import PackageDescription

// One program with a libFuzzer target for every parser of Core. A package of its own, so that nothing of it is in normal builds;
// fuzz.sh builds it, and Core with it, under AddressSanitizer with the coverage that libFuzzer steers by.

let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(path: "..")],
  targets: [
    .target(name: "CD2LFuzz"),
    .executableTarget(
      name: "D2LFuzz",
      dependencies: [
        "CD2LFuzz", .product(name: "D2LCore", package: "Core"), .product(name: "D2LFiles", package: "Core"),
        .product(name: "D2LTensor", package: "Core"), .product(name: "D2LImages", package: "Core"),
      ],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])],
      // GNU's gold fails on the sanitizer's symbols.
      linkerSettings: [.unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux]))]),
  ],
  swiftLanguageModes: [.v6]
)
