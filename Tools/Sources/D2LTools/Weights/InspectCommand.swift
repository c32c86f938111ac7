import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// `d2l inspect`: what is in a file of weights.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a file of weights: format, metadata, and every tensor with shape, type, size and range.",
    discussion: """
      Reads safetensors (with their index too), PyTorch, NumPy, MXNet and ONNX files and word vectors. What is in the file decides, not its \
      name. Nothing in the file is run.
      """)

  @Argument(help: "The file.")
  var file: String

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Do not look at the numbers: faster for files of gigabytes.")
  var headers = false

  func run() throws {
    try InspectCommand.refuseImage(file)
    let report = try FileReport(Weights.open(file), looksAtNumbers: !headers)
    if json { try printJSON(report) } else { print(report.text) }
  }

  /// A picture has a command of its own.
  private static func refuseImage(_ path: String) throws {
    let source = try MappedFile(path)
    guard let format = ImageFormat(sniffing: try source.bytes(in: 0..<min(source.count, 8))) else { return }
    throw FileError(
      file: path, problem: "a \(format.rawValue) picture, not weights", help: "see it with: d2l image info \(path)")
  }
}

/// All that `inspect` says of a file.
private struct FileReport: Encodable {
  /// One tensor.
  struct Row: Encodable {
    let name: String
    let dtype: String
    let shape: [Int]
    let bytes: Int
    let tiedTo: String?
    let minimum: Double?
    let mean: Double?
    let maximum: Double?
    let nanCount: Int?
    let infiniteCount: Int?
    /// Why there are no numbers, if that needs a reason.
    let note: String?

    enum CodingKeys: String, CodingKey {
      case name, dtype, shape, bytes, minimum, mean, maximum, note
      case tiedTo = "tied_to"
      case nanCount = "nan_count"
      case infiniteCount = "infinite_count"
    }
  }

  let file: String
  let format: String
  let metadata: [String: String]
  let containers: [String]
  let tensors: [Row]
  let words: Int?

  init(_ file: any WeightFile, looksAtNumbers: Bool) throws {
    self.file = file.file
    format = file.format.description
    metadata = file.metadata
    containers = file.containers
    words = (file as? WordVectorFile)?.vectors.count ?? (file as? FastTextFile)?.words.count
    tensors = try file.entries.map { try FileReport.row($0, of: file, looksAtNumbers) }
  }

  private static func row(_ entry: WeightEntry, of file: any WeightFile, _ looksAtNumbers: Bool) throws -> Row {
    var note: String?
    if entry.dtypeInFile.loaded == nil { note = "numbers of this type are not read" }
    // An expanded view of a few bytes is listed, not read.
    let width = entry.dtypeInFile.loaded?.byteWidth ?? entry.dtypeInFile.byteWidth
    let isTooLarge = entry.count * width > file.memoryLimit
    if isTooLarge { note = "numbers are not looked at: they take more memory than the size of the file justifies" }
    let statistics = looksAtNumbers && !isTooLarge ? try TensorStatistics(entry, of: file) : nil
    func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    return Row(
      name: entry.name, dtype: entry.dtypeInFile.description, shape: Array(entry.shape), bytes: entry.byteCount,
      tiedTo: entry.tiedTo, minimum: finite(statistics?.minimum), mean: finite(statistics?.mean),
      maximum: finite(statistics?.maximum), nanCount: statistics?.nanCount, infiniteCount: statistics?.infiniteCount,
      note: note)
  }

  var text: String {
    var lines = ["\(file): \(format)\(words.map { ", \(grouped($0)) words" } ?? "")"]
    if !metadata.isEmpty {
      var table = TextTable(
        columns: [TextTable.Column(""), TextTable.Column(""), TextTable.Column("", maximumWidth: 100)], style: .plain)
      for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { table.add("", key, value) }
      lines += ["", "Metadata:", table.description]
    }
    if !containers.isEmpty { lines += ["", "Containers: " + containers.joined(separator: ", ")] }
    if !tensors.isEmpty { lines += ["", table.description] }
    lines += ["", total]
    lines += tensors.filter { $0.note != nil }.map { "\($0.name): \($0.note ?? "") (\($0.dtype))" }
    return lines.joined(separator: "\n")
  }

  private var looksAtNumbers: Bool { tensors.contains { $0.nanCount != nil } }

  private var table: TextTable {
    let titles = ["tensor", "type", "shape", "size"] + (looksAtNumbers ? ["min", "mean", "max", "NaN", "inf"] : [])
    var table = TextTable(
      columns: titles.map { title in
        TextTable.Column(title, alignment: ["tensor", "type", "shape"].contains(title) ? .leading : .trailing)
      })
    for row in tensors {
      var texts = [
        row.name + (row.tiedTo.map { " = \($0)" } ?? ""), row.dtype, "\(Shape(row.shape))", byteText(row.bytes),
      ]
      if looksAtNumbers {
        // An infinite end is left out of the JSON, which has no such number.
        let hasInfinity = (row.infiniteCount ?? 0) > 0
        texts += [
          row.minimum == nil && hasInfinity ? "-inf" : numberText(row.minimum), numberText(row.mean),
          row.maximum == nil && hasInfinity ? "inf" : numberText(row.maximum), row.nanCount.map(String.init) ?? "–",
          row.infiniteCount.map(String.init) ?? "–",
        ]
      }
      table.add(texts)
    }
    return table
  }

  private var total: String {
    let own = tensors.filter { $0.tiedTo == nil }
    let numbers = own.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let bytes = own.reduce(0) { $0 + $1.bytes }
    let nan = tensors.reduce(0) { $0 + ($1.nanCount ?? 0) }
    return
      "\(tensors.count) \(tensors.count == 1 ? "tensor" : "tensors"), \(grouped(numbers)) numbers, \(byteText(bytes))"
      + (nan > 0 ? ", \(grouped(nan)) NaN" : "")
  }
}
