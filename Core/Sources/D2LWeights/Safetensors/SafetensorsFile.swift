import D2LFiles
import D2LTensor

/// A safetensors file: a JSON header and the tensors' bytes, read in place.
///
/// Format: <https://github.com/huggingface/safetensors>, "Format". Eight bytes give the header's length; the header maps names
/// to dtype, shape and a range of the data behind it. The ranges cover the data without gaps or overlaps, which is checked.
public struct SafetensorsFile: TableFile {
  let table: TensorTable
  /// The strings under `__metadata__`.
  public let metadata: [String: String]
  /// Always ``WeightFormat/safetensors``.
  public var format: WeightFormat { .safetensors }

  /// The longest header that is read, the same as in the reference implementation.
  static let headerLimit = 100_000_000

  /// Opens the file at `path`.
  ///
  /// Throws if it cannot be read or is not a valid safetensors file.
  public init(_ path: String, options: ReadOptions = ReadOptions()) throws(FileError) {
    try self.init(MappedFile(path), options: options)
  }

  init(_ source: any ByteSource, options: ReadOptions) throws(FileError) {
    let length = try source.integer(UInt64.self, at: 0)
    guard length <= UInt64(min(Self.headerLimit, source.count - 8)) else {
      throw FileError(
        file: source.file, at: .byte(0),
        problem: "the header claims \(length) bytes, but \(source.count - 8) follow "
          + "(and at most \(Self.headerLimit) are read)",
        help: "this is not a safetensors file, or it is cut off")
    }
    let dataStart = 8 + Int(length)
    let header = try source.bytes(in: 8..<dataStart)
    guard header.first == UInt8(ascii: "{") else {
      throw FileError(
        file: source.file, at: .byte(8), problem: "the header does not begin with '{'",
        help: "this is not a safetensors file")
    }
    let json = try JSONParser.parse(
      header, file: source.file, base: 8, depthLimit: 16, memoryLimit: source.memoryLimit / 2)

    var table = TensorTable(source, options: options)
    var metadata: [String: String] = [:]
    var ranges: [(range: Range<Int>, name: String)] = []
    for (name, value) in json.members ?? [] {
      if name == "__metadata__" {
        metadata = try Self.metadata(value, file: source.file)
        continue
      }
      let fields = try Fields(value, name: name, file: source.file)
      guard fields.range.upperBound <= source.count - dataStart else {
        throw FileError(
          file: source.file, at: .key(name),
          problem: "the bytes \(fields.range) lie outside the data of \(source.count - dataStart) bytes",
          help: "the file is cut off or damaged; get it again")
      }
      ranges.append((fields.range, name))
      let place = dataStart + fields.range.lowerBound..<dataStart + fields.range.upperBound
      try table.add(name, TensorSlot(.stored(source, place), fields.dtype, fields.shape))
    }
    try Self.checkCoverage(ranges, of: source.count - dataStart, file: source.file)
    self.table = table
    self.metadata = metadata
  }

  private static func metadata(_ value: JSONValue, file: String) throws(FileError) -> [String: String] {
    var result: [String: String] = [:]
    for (key, value) in value.members ?? [] { result[key] = value.text }
    guard let members = value.members, members.count == result.count else {
      throw FileError(file: file, at: .key("__metadata__"), problem: "not an object of strings")
    }
    return result
  }

  /// Every byte of the data belongs to exactly one tensor; what is more would be hidden, what is less would be read twice.
  private static func checkCoverage(
    _ ranges: [(range: Range<Int>, name: String)], of count: Int, file: String
  ) throws(FileError) {
    var end = 0
    var last = ""
    let ordered = ranges.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for (range, name) in ordered {
      guard range.lowerBound == end else {
        let overlaps = range.lowerBound < end
        let what = overlaps ? "overlaps with \"\(last)\"" : "leaves a gap of \(range.lowerBound - end) bytes"
        throw FileError(
          file: file, at: .key(name), problem: "the tensor at the bytes \(range) of the data \(what)",
          help: "the file is damaged; get it again")
      }
      end = range.upperBound
      last = name
    }
    guard end == count else {
      throw FileError(
        file: file, problem: "\(count - end) bytes at the end belong to no tensor",
        help: "the file is damaged; get it again")
    }
  }
}

/// The description of one tensor in the header, checked in itself.
private struct Fields {
  let dtype: FileDType
  let shape: Shape
  let range: Range<Int>

  init(_ value: JSONValue, name: String, file: String) throws(FileError) {
    func wrong(_ problem: String) -> FileError {
      FileError(file: file, at: .key(name), problem: problem, help: "the file is damaged; get it again")
    }
    guard let code = value["dtype"]?.text else { throw wrong("the header gives no dtype") }
    guard let dtype = FileDType.bySafetensorsCode[code] else {
      throw FileError(
        file: file, at: .key(name), problem: "elements of type \(code) are not supported",
        help: "convert the tensor to F32 before saving it")
    }
    let sizes = value["shape"]?.elements?.map(\.integer)
    guard let sizes, !sizes.contains(nil) else { throw wrong("the header gives no shape of whole numbers") }
    shape = try checkedShape(sizes.compactMap(\.self), of: dtype, key: name, file: file)
    let offsets = value["data_offsets"]?.elements?.compactMap(\.integer) ?? []
    guard offsets.count == 2, value["data_offsets"]?.elements?.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1]
    else { throw wrong("the header gives no range of bytes") }
    guard offsets[1] - offsets[0] == shape.elementCount * dtype.byteWidth else {
      throw wrong(
        "\(dtype) of shape \(shape) takes \(shape.elementCount * dtype.byteWidth) bytes, "
          + "but the header gives it \(offsets[1] - offsets[0])")
    }
    range = offsets[0]..<offsets[1]
    self.dtype = dtype
  }
}

extension FileDType {
  /// The name that safetensors gives the type; nil if it has none.
  var safetensorsCode: String? {
    switch self {
    case .float64: "F64"
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .float8e4m3fn: "F8_E4M3"
    case .float8e5m2: "F8_E5M2"
    case .float8e4m3fnuz: "F8_E4M3FNUZ"
    case .float8e5m2fnuz: "F8_E5M2FNUZ"
    case .float8e8m0fnu: "F8_E8M0"
    case .int64: "I64"
    case .int32: "I32"
    case .int16: "I16"
    case .int8: "I8"
    case .uint64: "U64"
    case .uint32: "U32"
    case .uint16: "U16"
    case .uint8: "U8"
    case .bool: "BOOL"
    case .complex64: "C64"
    case .complex32, .complex128: nil
    }
  }

  static let bySafetensorsCode: [String: FileDType] = Dictionary(
    uniqueKeysWithValues: allCases.compactMap { type in type.safetensorsCode.map { ($0, type) } })
}
