// swift-tools-version: 6.2
import PackageDescription

// Core is small modules in layers; each names all that it may see. The umbrella `D2LCore` re-exports what a model needs.

/// What `import D2LCore` brings. A build looks for changes only in the modules that a target *names*: to name the umbrella alone would leave a
/// target compiled against yesterday's layers.
let umbrella = [
  "D2LTensor", "D2LFiles", "D2LPlots", "D2LImages", "D2LLayers", "D2LOptim", "D2LData", "D2LWeights", "D2LTraining",
  "D2LCore",
]
let core = umbrella.map { Target.Dependency(stringLiteral: $0) }

/// Modules whose inner loops would crawl in a debug build are optimised in every configuration.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno", "-fno-trapping-math"])]

func module(_ name: String, _ dependencies: [Target.Dependency], settings: [SwiftSetting] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, of dependencies: [Target.Dependency], excluding: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["D2LTestSupport"], exclude: excluding)
}

func systemLibrary(_ name: String, pkgConfig: String, apt: String, brew: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

let csv = Target.Dependency.product(name: "SwiftCSV", package: "SwiftCSV")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "Core",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "D2LCore", targets: umbrella),
    .library(name: "D2LTensor", targets: ["D2LTensor"]),
    .library(name: "D2LFiles", targets: ["D2LFiles"]),
    .library(name: "D2LImages", targets: ["D2LImages"]),
    .library(name: "D2LPlots", targets: ["D2LPlots"]),
    .library(name: "D2LCommands", targets: ["D2LCommands"]),
    .library(name: "D2LBench", targets: ["D2LBench"]),
    .library(name: "D2LCoreSections", targets: ["D2LCoreSections"]),
    .executable(name: "d2l-core", targets: ["d2l-core"]),
    .library(name: "D2LTestSupport", targets: ["D2LTestSupport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
  ],
  targets: [
    systemLibrary("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev", brew: "openblas"),
    systemLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev", brew: "zlib"),
    systemLibrary("CPNG", pkgConfig: "libpng", apt: "libpng-dev", brew: "libpng"),
    systemLibrary("CJPEG", pkgConfig: "libjpeg", apt: "libjpeg-dev", brew: "jpeg-turbo"),
    .target(
      name: "CD2LKernels", dependencies: ["COpenBLAS"], cSettings: kernelFlags,
      linkerSettings: [.linkedLibrary("m"), .linkedLibrary("pthread", .when(platforms: [.linux]))]),
    .target(name: "CD2LImages", dependencies: ["CPNG", "CJPEG"], cSettings: [.unsafeFlags(["-O2"])]),

    module("D2LTensor", ["CD2LKernels"], settings: optimized),
    module("D2LFiles", ["CZlib"], settings: optimized),
    module("D2LPlots", []),
    module("D2LImages", ["D2LTensor", "CD2LImages"], settings: optimized),
    module("D2LLayers", ["D2LTensor", "CD2LKernels"], settings: optimized),
    module("D2LOptim", ["D2LTensor", "D2LLayers", "CD2LKernels"], settings: optimized),
    module("D2LData", ["D2LTensor", "D2LFiles", csv], settings: optimized),
    module("D2LWeights", ["D2LTensor", "D2LLayers", "D2LFiles"], settings: optimized),
    module(
      "D2LTraining",
      ["D2LTensor", "D2LLayers", "D2LFiles", "D2LOptim", "D2LData", "D2LWeights", "D2LImages", "D2LPlots"]),
    module("D2LCore", Array(core.dropLast())),
    module("D2LCommands", core + [argumentParser]),
    module("D2LBench", core),
    module("D2LCoreSections", core + ["D2LCommands", argumentParser]),
    .executableTarget(name: "d2l-core", dependencies: ["D2LCoreSections", argumentParser]),

    .target(name: "D2LTestSupport", dependencies: ["D2LTensor"], path: "Tests/TestSupport"),
    tests("KernelTests", of: ["CD2LKernels"]),
    tests("TensorTests", of: ["D2LTensor"], excluding: ["Goldens"]),
    tests("FilesTests", of: ["D2LFiles", "CZlib"]),
    tests("ImagesTests", of: ["D2LTensor", "D2LImages"]),
    tests("PlotsTests", of: ["D2LPlots"]),
    tests("LayersTests", of: ["D2LTensor", "D2LLayers"], excluding: ["Goldens"]),
    tests("OptimTests", of: ["D2LLayers", "D2LTensor", "D2LOptim"], excluding: ["Goldens"]),
    tests("DataTests", of: ["D2LFiles", "D2LTensor", "D2LData"]),
    tests(
      "WeightsTests", of: ["D2LLayers", "D2LFiles", "D2LTensor", "D2LWeights"], excluding: ["Goldens", "Fixtures"]),
    tests("TrainingTests", of: core),
    tests("SectionsTests", of: core + ["D2LCommands", "D2LCoreSections", "d2l-core"]),
  ],
  swiftLanguageModes: [.v6]
)
