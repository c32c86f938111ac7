import D2LFiles
import D2LTensor

/// An MXNet `.params` file: a list of arrays with names, as `mx.nd.save`, Gluon and Module write it.
///
/// Format: Apache MXNet 1.9, `src/ndarray/ndarray.cc`, `NDArray::Save` and `Load`. The arrays may be of the first layout (no magic
/// number, 32-bit sizes), of V1 (64-bit sizes), V2 (storage types) or V3 (NumPy semantics: a shape [] is a number).
public struct MXNetFile: TableFile {
  let table: TensorTable
  /// Names of arrays without content, which say "none".
  public let metadata: [String: String]
  /// Names of what Module saves as auxiliary state, with "aux:" before it: running statistics.
  public let auxiliaryNames: Set<String>
  /// Always ``WeightFormat/mxnet``.
  public var format: WeightFormat { .mxnet }

  /// The number a file begins with.
  static let magic: UInt64 = 0x112

  /// Opens the file at `path`. Prefixes "arg:" and "aux:" are taken off where every name has one, as Gluon does.
  ///
  /// Throws if it cannot be read, is no list of arrays, or has sparse ones.
  public init(_ path: String, options: ReadOptions = ReadOptions()) throws(FileError) {
    try self.init(MappedFile(path), options: options)
  }

  init(_ source: any ByteSource, options: ReadOptions) throws(FileError) {
    var reader = ByteReader(source)
    guard try reader.integer(UInt64.self) == Self.magic else {
      throw reader.error("does not begin with MXNet's magic number 0x112", at: 0, help: "this is not a .params file")
    }
    try reader.skip(8)
    let count = try reader.count(UInt64.self, elementSize: 4, of: "arrays")
    // An array without content takes four bytes, but some hundred in memory.
    guard count <= source.memoryLimit / 1024 else {
      throw reader.error(
        "\(count) arrays in a file of \(source.count) bytes", at: 16, help: "the file is damaged; get it again")
    }
    var slots: [TensorSlot?] = []
    for index in 0..<count { slots.append(try Self.array(&reader, key: "array \(index)")) }
    var names: [String] = []
    for _ in 0..<(try reader.count(UInt64.self, elementSize: 8, of: "names")) {
      names.append(try reader.string(prefixedBy: UInt64.self))
    }
    guard names.count == count || names.isEmpty else {
      throw reader.error("\(count) arrays have \(names.count) names", help: "the file is damaged; get it again")
    }
    guard reader.isAtEnd else { throw reader.error("\(reader.remaining) bytes follow the names") }
    if names.isEmpty { names = (0..<count).map(String.init) }

    let isPrefixed = !names.isEmpty && names.allSatisfy { $0.hasPrefix("arg:") || $0.hasPrefix("aux:") }
    var table = TensorTable(source, options: options)
    var metadata: [String: String] = [:]
    var auxiliaryNames: Set<String> = []
    for (fullName, slot) in zip(names, slots) {
      let name = isPrefixed ? String(fullName.dropFirst(4)) : fullName
      if isPrefixed, fullName.hasPrefix("aux:") { auxiliaryNames.insert(name) }
      if let slot { try table.add(name, slot) } else { metadata[name] = "none" }
    }
    self.table = table
    self.metadata = metadata
    self.auxiliaryNames = auxiliaryNames
  }

  private static let v1Magic: UInt32 = 0xf993_fac8
  private static let v2Magic: UInt32 = 0xf993_fac9
  private static let v3Magic: UInt32 = 0xf993_faca

  /// One array; nil for one without content.
  private static func array(_ reader: inout ByteReader, key: String) throws(FileError) -> TensorSlot? {
    let start = reader.offset
    let magic = try reader.integer(UInt32.self)
    if magic == v2Magic || magic == v3Magic {
      let storage = try reader.integer(Int32.self)
      guard storage == 0 else {
        let kind = storage == 1 ? "row-sparse" : storage == 2 ? "compressed sparse rows" : "storage type \(storage)"
        throw reader.error(
          "\(key) is sparse (\(kind)), which is not supported", at: start, help: "save it as dense array")
      }
    }
    var sizes: [Int] = []
    if magic == v1Magic || magic == v2Magic || magic == v3Magic {
      let rank = try reader.integer(Int32.self)
      // V3 says "not known" by -1, the others by a shape without dimensions.
      if magic == v3Magic ? rank < 0 : rank == 0 { return nil }
      guard (0...32).contains(rank) else { throw reader.error("\(key) has \(rank) dimensions", at: start) }
      for _ in 0..<rank { sizes.append(Int(try reader.integer(Int64.self))) }
      if magic == v3Magic, sizes.contains(-1) { return nil }
    } else {
      guard magic <= 32 else { throw reader.error("\(key) begins with the unknown number \(magic)", at: start) }
      if magic == 0 { return nil }
      for _ in 0..<magic { sizes.append(Int(try reader.integer(UInt32.self))) }
    }
    try reader.skip(8)  // Kind and number of the device it was on.
    let flag = try reader.integer(Int32.self)
    guard let dtype = dtypes[flag] else { throw reader.error("\(key) has the unknown element type \(flag)", at: start) }
    let shape = try checkedShape(sizes, of: dtype, key: key, file: reader.source.file)
    let data = reader.offset
    try reader.skip(shape.elementCount * dtype.byteWidth)
    return TensorSlot(.stored(reader.source, data..<reader.offset), dtype, shape)
  }

  /// mshadow's numbers, `3rdparty/mshadow/mshadow/base.h`.
  private static let dtypes: [Int32: FileDType] = [
    0: .float32, 1: .float64, 2: .float16, 3: .uint8, 4: .int32, 5: .int8, 6: .int64, 7: .bool, 8: .int16, 9: .uint16,
    10: .uint32, 11: .uint64, 12: .bfloat16,
  ]
}
