// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Example",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Sequence", path: "..")],
  targets: [
    .executableTarget(name: "compose", dependencies: [.product(name: "D2LSequence", package: "Sequence")])
  ],
  swiftLanguageModes: [.v6]
)
