// swift-tools-version: 6.2
import PackageDescription

let core = "Core"

let package = Package(
  name: "Vision",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "D2LVision", targets: ["D2LVision"]),
    .library(name: "D2LVisionSections", targets: ["D2LVisionSections"]),
    .library(name: "D2LVisionBench", targets: ["D2LVisionBench"]),
    .executable(name: "d2l-vision", targets: ["d2l-vision"]),
  ],
  dependencies: [
    .package(path: "../Core"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .target(name: "D2LVision", dependencies: [.product(name: "D2LCore", package: core)]),
    .target(
      name: "D2LVisionSections",
      dependencies: [
        "D2LVision", .product(name: "D2LCore", package: core), .product(name: "D2LCommands", package: core),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "D2LVisionBench",
      dependencies: [
        "D2LVision", .product(name: "D2LCore", package: core), .product(name: "D2LBench", package: core),
      ]),
    .executableTarget(
      name: "d2l-vision",
      dependencies: [
        "D2LVisionSections", .product(name: "D2LCommands", package: core),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(
      name: "VisionTests",
      dependencies: [
        "D2LVision", "D2LVisionSections", "d2l-vision", .product(name: "D2LCore", package: core),
        .product(name: "D2LTestSupport", package: core),
      ], exclude: ["Goldens"]),
  ],
  swiftLanguageModes: [.v6]
)
