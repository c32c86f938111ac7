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

/// One TensorProto: where its numbers lie, or what they are.
private struct OnnxTensor {
  private(set) var name = ""
  private var sizes: [Int] = []
  private var type = 0
  private var place: Range<Int>?
  /// Numbers of types that are stored as varints, each in its own width.
  private var numbers: [UInt64] = []
  private let start: Int

  init(in range: Range<Int>, of source: any ByteSource) throws(FileError) {
    start = range.lowerBound
    var tensor = try ProtobufReader(source, in: range)
    var isOutside = false
    while let (number, value) = try tensor.next() {
      switch (number, value) {
      case (1, .varint(let size)): sizes.append(Int(truncatingIfNeeded: size))
      case (1, .bytes(let range)): sizes += try tensor.varints(range).map { Int(truncatingIfNeeded: $0) }
      case (2, .varint(let code)): type = Int(truncatingIfNeeded: code)
      case (8, .bytes(let range)): name = try tensor.text(range)
      // Raw bytes, float_data and double_data lie as in memory.
      case (9, .bytes(let range)), (4, .bytes(let range)), (10, .bytes(let range)):
        guard place == nil || place?.isEmpty == true else { throw tensor.damaged("numbers in two pieces", at: start) }
        place = range
      case (5, .bytes(let range)), (7, .bytes(let range)), (11, .bytes(let range)):
        numbers += try tensor.varints(range)
      case (5, .varint(let number)), (7, .varint(let number)), (11, .varint(let number)): numbers.append(number)
      case (14, .varint(let location)): isOutside = location != 0
      default: continue
      }
    }
    guard !isOutside else {
      throw FileError(
        file: source.file, at: .key(name), problem: "the numbers lie in another file, which is not supported",
        help: "save the model in one file")
    }
  }

  func slot(in source: any ByteSource) throws(FileError) -> TensorSlot {
    let file = source.file
    guard let dtype = Self.dtypes[type] else {
      throw FileError(
        file: file, at: .key(name), problem: "elements of ONNX's type \(type) are not supported",
        help: "convert the model to float32 first")
    }
    let shape = try checkedShape(sizes, of: dtype, key: name, file: file)
    let width = dtype.byteWidth
    let stored: TensorSlot.Place
    if numbers.isEmpty {
      let range = place ?? start..<start
      stored = .stored(source, range)
    } else {
      let memory = MemoryFile(
        numbers.flatMap { withUnsafeBytes(of: $0.littleEndian) { Array($0.prefix(width)) } }, file: file)
      stored = .stored(memory, 0..<memory.count)
    }
    guard stored.byteCount == shape.elementCount * width else {
      throw FileError(
        file: file, at: .key(name),
        problem:
          "\(dtype) of shape \(shape) takes \(shape.elementCount * width) bytes, but there are \(stored.byteCount)",
        help: "the file is damaged; get it again")
    }
    return TensorSlot(stored, dtype, shape)
  }

  /// TensorProto.DataType.
  private static let dtypes: [Int: FileDType] = [
    1: .float32, 2: .uint8, 3: .int8, 4: .uint16, 5: .int16, 6: .int32, 7: .int64, 9: .bool, 10: .float16, 11: .float64,
    12: .uint32, 13: .uint64, 14: .complex64, 15: .complex128, 16: .bfloat16, 17: .float8e4m3fn, 18: .float8e4m3fnuz,
    19: .float8e5m2, 20: .float8e5m2fnuz,
  ]
}
