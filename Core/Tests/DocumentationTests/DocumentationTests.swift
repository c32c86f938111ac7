import D2LTestSupport
import Foundation
import Testing

/// What the documentation says and shows.
@Suite struct DocumentationTests {
  private static let core = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let sources = core.appending(path: "Sources")

  private static let modules = [
    "D2LTensor", "D2LFiles", "D2LPlots", "D2LImages", "D2LLayers", "D2LOptim", "D2LData", "D2LWeights", "D2LTraining",
    "D2LCore", "D2LCommands", "D2LBench",
  ]

  /// From the compiler's own list of public symbols; what the compiler itself adds (`init(rawValue:)`) is at no place in the sources.
  @Test(arguments: modules) func everyPublicSymbolHasASummary(_ module: String) throws {
    let tools = try SwiftTools()
    let folder = try TemporaryFolder()
    let run = try tools.run(
      [
        "swift", "symbolgraph-extract", "-module-name", module, "-target", tools.target(), "-minimum-access-level",
        "public", "-skip-synthesized-members", "-output-dir", folder.path,
      ] + tools.importOptions(sources: DocumentationTests.sources))
    try #require(run.succeeded, "\(run.output)")
    var checked = 0
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let data = try Data(contentsOf: URL(filePath: folder.file(file)))
      let graph = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
      for case let symbol as [String: Any] in try #require(graph["symbols"] as? [Any]) where symbol["location"] != nil {
        checked += 1
        let path = (symbol["pathComponents"] as? [String] ?? []).joined(separator: ".")
        let lines = (symbol["docComment"] as? [String: Any])?["lines"] as? [[String: Any]]
        let first = lines?.compactMap { $0["text"] as? String }.first { !$0.allSatisfy(\.isWhitespace) }
        #expect(first != nil && first?.hasPrefix("-") == false, "\(module): \(path) has no summary")
      }
    }
    // The umbrella declares nothing of its own.
    #expect(checked > (module == "D2LCore" ? -1 : 20))
  }

  /// The examples in comments, articles and README, each as a function of its own.
  @Test func examplesCompile() throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: DocumentationTests.sources.path)
      .filter { $0.hasSuffix(".swift") || $0.hasSuffix(".md") }.sorted()
    let files =
      [DocumentationTests.core.appending(path: "README.md")]
      + paths.map { DocumentationTests.sources.appending(path: $0) }
    let examples = try files.flatMap { try CodeExample.all(in: $0) }
    #expect(examples.count > 35)
    var text = DocumentationTests.given
    for (number, example) in examples.enumerated() {
      let lines = example.code.split(separator: "\n", omittingEmptySubsequences: false)
      let body = lines.filter { !$0.hasPrefix("import ") }.joined(separator: "\n")
      text += "\nfunc example\(number)() throws {\n#sourceLocation(file: \"\(example.place)\", line: 1)\n\(body)\n"
      text += "#sourceLocation()\n}\n"
    }
    let folder = try TemporaryFolder()
    try text.write(toFile: folder.file("Examples.swift"), atomically: true, encoding: .utf8)
    let tools = try SwiftTools()
    let run = try tools.run(
      ["swiftc", "-typecheck", "-swift-version", "6", "-parse-as-library", "-suppress-warnings"]
        + tools.importOptions(sources: DocumentationTests.sources) + [folder.file("Examples.swift")])
    #expect(run.succeeded, "\(run.output)")
  }

  /// What the examples take as given.
  private static let given = """
    import D2LCore
    import Foundation

    func given<T>(_ type: T.Type = T.self) -> T { fatalError() }
    var header: [UInt8] { given() }
    var payload: [UInt8] { given() }
    var pickle: [UInt8] { given() }
    var weights: [UInt8] { given() }
    var chart: LineChart { given() }
    var slow: LineChart { given() }
    var fast: LineChart { given() }
    var xs: [Double] { given() }
    var ys: [Double] { given() }
    var lengths: [Double] { given() }
    var w: Tensor<Float> { given() }
    var b: Tensor<Float> { given() }
    var s: Tensor<Float> { given() }
    var net: Sequential { given() }
    var optimizer: SGD { given() }
    var loader: DataLoader<TensorDataset> { given() }
    var testLoader: DataLoader<TensorDataset> { given() }
    var predictions: [(image: Image, label: String, guess: String)] { given() }
    var images: Tensor<Float> { given() }
    func train() {}
    enum VisionZoo {
      static func model(named name: String) -> ZooModel? { given() }
    }
    final class LeNet: Layer {
      func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x }
    }
    final class ResNet: Layer {
      enum Depth { case resnet18 }
      init(_ depth: Depth, classes: Int) {}
      func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x }
    }

    """
}
