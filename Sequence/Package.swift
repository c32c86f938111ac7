// swift-tools-version: 6.2
import PackageDescription

let core = "Core"

let package = Package(
  name: "Sequence",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "D2LSequence", targets: ["D2LSequence"]),
    .library(name: "D2LSequenceSections", targets: ["D2LSequenceSections"]),
    .library(name: "D2LSequenceBench", targets: ["D2LSequenceBench"]),
    .executable(name: "d2l-sequence", targets: ["d2l-sequence"]),
  ],
  dependencies: [
    .package(path: "../Core"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .target(name: "D2LSequence", dependencies: [.product(name: "D2LCore", package: core)]),
    .target(
      name: "D2LSequenceSections",
      dependencies: [
        "D2LSequence", .product(name: "D2LCore", package: core), .product(name: "D2LCommands", package: core),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "D2LSequenceBench",
      dependencies: [
        "D2LSequence", .product(name: "D2LCore", package: core), .product(name: "D2LBench", package: core),
      ]),
    .executableTarget(
      name: "d2l-sequence",
      dependencies: [
        "D2LSequenceSections", .product(name: "D2LCommands", package: core),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(
      name: "SequenceTests",
      dependencies: [
        "D2LSequence", "D2LSequenceSections", "d2l-sequence", .product(name: "D2LCore", package: core),
        .product(name: "D2LTestSupport", package: core),
      ], exclude: ["Goldens", "Fixtures"]),
  ],
  swiftLanguageModes: [.v6]
)
