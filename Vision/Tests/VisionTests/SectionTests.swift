import D2LTestSupport
import D2LVisionSections
import Foundation
import Testing

/// The sections as their readers run them: what they print, and that `--quick` learns.
@Suite struct SectionTests {
  private let program: Program
  private let folder: TemporaryFolder

  init() throws {
    program = try Program("d2l-vision")
    folder = try TemporaryFolder()
  }

  /// Runs a section to its end; what it printed, and its line of JSON.
  private func run(_ arguments: [String]) throws -> (output: String, summary: [String: Any]) {
    let outcome = try program.run(arguments + ["--json", "--out", "run"], in: folder.path)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let line = try #require(outcome.output.split(separator: "\n").last)
    let summary = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(FileManager.default.fileExists(atPath: folder.file("run/report.html")))
    return (outcome.output, summary)
  }

  // MARK: Sections that compute

  @Test func convolution() throws {
    let (_, summary) = try run(["convolution"])
    #expect(summary["corr2d of 0 … 8 and 0 … 3"] as? [Double] == [19, 25, 37, 43])
    #expect(
      summary["its edges by the kernel [1, -1]"] as? [Double]
        == [[Double]](repeating: [0, 1, 0, 0, 0, -1, 0], count: 6).flatMap { $0 })
    #expect(summary["the edges of its transpose"] as? [Double] == [Double](repeating: 0, count: 40))
    let losses = try (1...5).map { try #require(summary["loss after step \(2 * $0)"] as? Double) }
    #expect(losses == losses.sorted(by: >))
    let kernel = try #require(summary["the kernel learned by the layer written out"] as? [Double])
    #expect(mismatch(kernel, [1, -1], relative: 0.15) == nil)
    #expect(mismatch(try #require(summary["the kernel learned by Conv2d"] as? [Double]), kernel) == nil)
  }

  @Test func paddingAndStride() throws {
    let (output, _) = try run(["padding-and-stride"])
    for line in [
      "window 3, padding 1  →  8 × 8", "window 5 × 3, padding 2 and 1  →  8 × 8",
      "window 3, padding 1, stride 2  →  4 × 4", "window 3 × 5, padding 0 and 1, stride 3 and 4  →  2 × 2",
    ] { #expect(output.contains(line + "\n"), "\(line)") }
  }

  @Test func channels() throws {
    let (_, summary) = try run(["channels"])
    #expect(summary["corr2dMultiIn(X, K)"] as? [Double] == [56, 72, 104, 120])
    #expect(
      summary["corr2dMultiInOut(X, K)"] as? [Double] == [56, 72, 104, 120, 76, 100, 148, 172, 96, 128, 192, 224])
    #expect(try #require(summary["largest difference from the cross-correlation"] as? Double) < 1e-6)
  }

  @Test func pooling() throws {
    let (_, summary) = try run(["pooling"])
    for (name, values) in [
      ("largest of 2 × 2", [4, 5, 7, 8]), ("mean of 2 × 2", [2, 3, 5, 6]), ("padding 1, stride 2", [5, 7, 13, 15]),
      ("2 × 3, padding 1 and 1, stride 2 and 3", [1, 3, 9, 11, 13, 15]),
      ("X and X + 1, padding 1, stride 2", [5, 7, 13, 15, 6, 8, 14, 16]),
    ] as [(String, [Double])] { #expect(summary[name] as? [Double] == values, "\(name)") }
    #expect(summary["largest of 3 × 3, stride as large"] as? Double == 10)
  }

  // MARK: Sections that train

  /// A section, the whole network's parameters and some of the shapes that it prints.
  struct Trained: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let number: String
    let parameters: String
    let shapes: [String]
    var testDescription: String { arguments.joined(separator: " ") }

    static let all = [
      Trained(
        arguments: ["alexnet"], number: "7.1", parameters: "46,764,746",
        shapes: ["96, 54, 54", "96, 26, 26", "256, 26, 26", "256, 12, 12", "384, 12, 12", "256, 5, 5", "6400", "4096"]),
      Trained(
        arguments: ["vgg"], number: "7.2", parameters: "128,806,154",
        shapes: ["64, 112, 112", "128, 56, 56", "256, 28, 28", "512, 14, 14", "512, 7, 7", "25088", "4096"]),
      Trained(
        arguments: ["nin"], number: "7.3", parameters: "1,992,166",
        shapes: ["96, 54, 54", "96, 26, 26", "256, 26, 26", "256, 12, 12", "384, 12, 12", "384, 5, 5", "10, 5, 5"]),
      Trained(
        arguments: ["googlenet"], number: "7.4", parameters: "5,977,530",
        shapes: ["64, 24, 24", "192, 12, 12", "480, 6, 6", "832, 3, 3", "1024"]),
      Trained(
        arguments: ["batch-norm"], number: "7.5", parameters: "44,878", shapes: ["6, 12, 12", "16, 4, 4", "256"]),
      Trained(
        arguments: ["batch-norm", "--scratch"], number: "7.5", parameters: "44,878",
        shapes: ["6, 12, 12", "16, 4, 4", "256"]),
      Trained(
        arguments: ["resnet"], number: "7.6", parameters: "11,178,378",
        shapes: ["64, 56, 56", "128, 28, 28", "256, 14, 14", "512, 7, 7", "512"]),
      Trained(
        arguments: ["densenet"], number: "7.7", parameters: "758,226",
        shapes: ["64, 24, 24", "192, 24, 24", "96, 12, 12", "224, 12, 12", "240, 6, 6", "248, 3, 3", "248"]),
      Trained(
        arguments: ["small-resnet"], number: "12.6", parameters: "11,175,818",
        shapes: ["64, 28, 28", "128, 14, 14", "256, 7, 7", "512, 4, 4"]),
    ]
  }

  @Test(arguments: Trained.all) func quickLearns(_ section: Trained) throws {
    let (output, summary) = try run(section.arguments + ["--quick"])
    #expect(summary["section"] as? String == section.number)
    #expect(output.contains("\(section.parameters) parameters"))
    for shape in section.shapes { #expect(output.contains("[1, \(shape)]\n"), "\(shape)") }
    #expect(output.contains("guessing gets 0.1 right, a linear model about 0.5"))
    // Not above that baseline by luck: 500 images tell 0.5 from 0.65.
    #expect(try #require(summary["test_accuracy"] as? Double) > 0.65)
  }
}
