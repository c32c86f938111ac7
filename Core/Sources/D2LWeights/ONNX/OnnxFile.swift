import D2LFiles
import D2LTensor

/// The weights of an ONNX file: the initializers of its graph. What the graph computes is not looked at.
///
/// Format: ONNX, `onnx/onnx.proto`, messages ModelProto, GraphProto and TensorProto. Weights in files beside it are refused.
public struct OnnxFile: TableFile {
  let table: TensorTable
  /// Who made the file and how old its rules are, by the format's names, and what its maker added.
  public let metadata: [String: String]
  /// Always ``WeightFormat/onnx``.
  public var format: WeightFormat { .onnx }

  /// Opens the file at `path`.
  ///
  /// Throws if it cannot be read, is no ONNX model, or is damaged.
  public init(_ path: String, options: ReadOptions = ReadOptions()) throws(FileError) {
    try self.init(MappedFile(path), options: options)
  }

  init(_ source: any ByteSource, options: ReadOptions) throws(FileError) {
    var model = try ProtobufReader(source, in: 0..<source.count)
    var table = TensorTable(source, options: options)
    var metadata: [String: String] = [:]
    var hasGraph = false
    while let (number, value) = try model.next() {
      switch (number, value) {
      case (1, .varint(let version)): metadata["ir_version"] = String(version)
      case (2, .bytes(let range)): metadata["producer_name"] = try model.text(range)
      case (3, .bytes(let range)): metadata["producer_version"] = try model.text(range)
      case (7, .bytes(let range)):
        hasGraph = true
        try Self.addInitializers(in: range, of: source, to: &table)
      case (14, .bytes(let range)):
        let (key, text) = try Self.property(in: range, of: source)
        metadata[key] = text
      default: continue
      }
    }
    guard hasGraph else {
      throw FileError(file: source.file, problem: "the model has no graph", help: "this is not an ONNX file")
    }
    self.table = table
    self.metadata = metadata
  }

  /// Whether a file that begins with these bytes can be a model: its version first, then a field that models have.
  static func isModel(_ start: [UInt8]) -> Bool {
    start.count > 3 && start[0] == 0x08 && (1...32).contains(start[1])
      && [0x12, 0x1a, 0x22, 0x3a, 0x42].contains(start[2])
  }

  private static func property(
    in range: Range<Int>, of source: any ByteSource
  ) throws(FileError) -> (key: String, text: String) {
    var entry = try ProtobufReader(source, in: range)
    var (key, text) = ("", "")
    while let (number, value) = try entry.next() {
      guard case .bytes(let range) = value else { continue }
      if number == 1 { key = try entry.text(range) }
      if number == 2 { text = try entry.text(range) }
    }
    return (key, text)
  }

  private static func addInitializers(
    in range: Range<Int>, of source: any ByteSource, to table: inout TensorTable
  ) throws(FileError) {
    var graph = try ProtobufReader(source, in: range)
    while let (number, value) = try graph.next() {
      guard number == 5, case .bytes(let range) = value else { continue }
      let tensor = try OnnxTensor(in: range, of: source)
      try table.add(tensor.name, tensor.slot(in: source))
    }
  }
}
