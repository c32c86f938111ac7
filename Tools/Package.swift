// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Tools",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "d2l", targets: ["d2l"])],
  dependencies: [
    .package(path: "../Core"),
    .package(path: "../Sequence"),
    .package(path: "../Vision"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .target(
      name: "D2LTools",
      dependencies: [
        .product(name: "D2LBench", package: "Core"),
        .product(name: "D2LCommands", package: "Core"),
        .product(name: "D2LCore", package: "Core"),
        .product(name: "D2LCoreSections", package: "Core"),
        .product(name: "D2LSequenceBench", package: "Sequence"),
        .product(name: "D2LSequenceSections", package: "Sequence"),
        .product(name: "D2LVision", package: "Vision"),
        .product(name: "D2LVisionBench", package: "Vision"),
        .product(name: "D2LVisionSections", package: "Vision"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "d2l", dependencies: ["D2LTools"]),
    .testTarget(
      name: "ToolsTests",
      dependencies: [
        "D2LTools", "d2l", .product(name: "D2LCore", package: "Core"),
        .product(name: "D2LTestSupport", package: "Core"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
