// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Example",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Vision", path: "..")],
  targets: [
    .executableTarget(name: "classify", dependencies: [.product(name: "D2LVision", package: "Vision")])
  ],
  swiftLanguageModes: [.v6]
)
