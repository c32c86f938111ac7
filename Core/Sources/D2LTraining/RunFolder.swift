import D2LFiles
import D2LImages
import D2LPlots
import D2LTensor
import Foundation

/// The folder that a run leaves behind: settings, metrics, curves, pictures, weights, report.
public struct RunFolder: Sendable {
  /// Where it is.
  public let path: String

  /// A folder at `path`, made if it is not there. Throws a `FileError` where it cannot be made or written to.
  public init(_ path: String) throws(FileError) {
    try createFolder(path)
    self.path = path
    // Whether the folder can be written shows only by writing: better now than after an hour's training.
    try AtomicFile(path + "/.writable").discard()
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { path + "/" + name }

  /// A path under `runs/` that bears the name and the time and that nothing has yet.
  public static func freshPath(for name: String) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyyMMdd-HHmmss"
    let base = "runs/\(name)-\(formatter.string(from: Date()))"
    var path = base
    var number = 2
    while FileManager.default.fileExists(atPath: path) {
      path = "\(base)-\(number)"
      number += 1
    }
    return path
  }

  /// Where the run's checkpoint is.
  public var checkpoint: String { file("checkpoint.safetensors") }
  /// Where the trained weights are.
  public var weights: String { file("model.safetensors") }
  /// Where the report is.
  public var report: String { file("report.html") }

  /// Writes text.
  public func write(_ text: String, to name: String) throws(FileError) { try writeAtomically(text, to: file(name)) }

  /// Writes a chart as SVG.
  public func write(_ chart: any Chart, to name: String, width: Double = 640, height: Double = 380) throws(FileError) {
    try write(chart.svg(width: width, height: height), to: name)
  }

  /// Writes an image as PNG.
  public func write(_ image: Image, to name: String) throws { try image.write(to: file(name)) }
}

extension [EpochReport] {
  /// One line an epoch: averages in training (`train_…`) and validation (`test_…`), seconds and speed.
  public var csv: String {
    let training = flatMap(\.training.names).uniqued()
    let validation = compactMap(\.validation).flatMap(\.names).uniqued()
    var lines = [
      (["epoch"] + training.map { "train_" + $0 } + validation.map { "test_" + $0 } + [
        "seconds", "examples_per_second",
      ])
      .joined(separator: ",")
    ]
    for report in self {
      let numbers: [Double?] =
        training.map { report.training[$0] } + validation.map { report.validation?[$0] } + [
          report.seconds, report.examplesPerSecond,
        ]
      lines.append(([String(report.epoch)] + numbers.map { $0.map(\.description) ?? "" }).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The curves of one average over the epochs, in training and validation.
  public func chart(of name: String, title: String = "") -> LineChart {
    var chart = LineChart(title: title, x: Axis("epoch"), y: Axis(name))
    let epochs = map { Double($0.epoch) }
    chart.add(Series("train \(name)", x: epochs, y: map { $0.training[name] ?? .nan }))
    if contains(where: { $0.validation?[name] != nil }) {
      chart.add(Series("test \(name)", x: epochs, y: map { $0.validation?[name] ?? .nan }, dash: .dashed))
    }
    return chart
  }

  /// The same curves for a terminal.
  public func textChart(of name: String, width: Int = 70, height: Int = 12) -> TextChart {
    var chart = TextChart(x: Axis("epoch"), y: Axis(name), width: width, height: height)
    let epochs = map { Double($0.epoch) }
    chart.add(Series("train \(name)", x: epochs, y: map { $0.training[name] ?? .nan }))
    if contains(where: { $0.validation?[name] != nil }) {
      chart.add(Series("test \(name)", x: epochs, y: map { $0.validation?[name] ?? .nan }))
    }
    return chart
  }
}

extension Sequence where Element: Hashable {
  /// The elements without repetitions, in order of first appearance.
  fileprivate func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
