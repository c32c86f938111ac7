import D2LFiles
import D2LTensor

/// The tensors of an opened file in order, each with its place: what every reader produces.
struct TensorTable: Sendable {
  let file: String
  let options: ReadOptions
  private(set) var entries: [WeightEntry] = []
  private var slots: [TensorSlot] = []
  private var positions: [String: Int] = [:]
  /// Bytes that all tensors take together once they are read, and how many they may.
  private var memory = 0
  private let memoryLimit: Int

  /// An empty table of the file `source`.
  init(_ source: any ByteSource, options: ReadOptions) {
    file = source.file
    self.options = options
    memoryLimit = max(source.memoryLimit, options.unpackedLimit(for: source))
  }

  /// Adds a tensor; throws if there is one of this name already.
  mutating func add(_ name: String, _ slot: TensorSlot, tiedTo: String? = nil) throws(FileError) {
    guard positions.updateValue(entries.count, forKey: name) == nil else {
      throw FileError(
        file: file, at: .key(name), problem: "two tensors have this name", help: "the file is damaged; get it again")
    }
    // Views of the same bytes, or packed zeros, let a small file ask for any amount of memory.
    if tiedTo == nil { memory += slot.shape.elementCount * (slot.dtype.loaded?.byteWidth ?? slot.dtype.byteWidth) }
    guard memory <= memoryLimit else {
      throw FileError(
        file: file, at: .key(name),
        problem: "with this one the tensors take \(memory) bytes together; the limit for the file is \(memoryLimit)",
        help: "raise ReadOptions.unpackedLimit if you trust the file")
    }
    slots.append(slot)
    entries.append(
      WeightEntry(
        name: name, dtypeInFile: slot.dtype, shape: slot.shape, byteCount: slot.byteCount, tiedTo: tiedTo))
  }

  /// A table of one tensor.
  static func of(
    _ name: String, _ slot: TensorSlot, in source: any ByteSource, options: ReadOptions
  ) throws(FileError) -> TensorTable {
    var table = TensorTable(source, options: options)
    try table.add(name, slot)
    return table
  }

  func entry(named name: String) -> WeightEntry? { positions[name].map { entries[$0] } }

  func tensor(named name: String) throws(FileError) -> AnyTensor {
    try slot(named: name).read(key: name, file: file, options: options)
  }

  func bytes(named name: String) throws(FileError) -> [UInt8] {
    try slot(named: name).readBytes(key: name, file: file)
  }

  private func slot(named name: String) throws(FileError) -> TensorSlot {
    guard let position = positions[name] else { throw missing(name, among: entries.map(\.name), in: file) }
    return slots[position]
  }
}

/// The error for a tensor that is not there, with the name that comes nearest.
func missing(_ name: String, among names: [String], in file: String) -> FileError {
  let nearest = nearestName(to: name, among: names)
  return FileError(
    file: file, at: .key(name), problem: "there is no tensor of this name among the \(names.count) in the file",
    help: nearest.map { "the nearest name is \"\($0)\"" })
}

/// A file whose tensors are in a table.
protocol TableFile: WeightFile {
  var table: TensorTable { get }
}

extension TableFile {
  /// The path, for messages.
  public var file: String { table.file }
  /// What is in it, in the file's order.
  public var entries: [WeightEntry] { table.entries }
  /// The entry with this name, if there is one.
  public func entry(named name: String) -> WeightEntry? { table.entry(named: name) }
  /// Reads one tensor; see ``WeightFile``.
  public func tensor(named name: String) throws(FileError) -> AnyTensor { try table.tensor(named: name) }
  /// Reads the stored elements of one tensor; see ``WeightFile``.
  public func bytes(named name: String) throws(FileError) -> [UInt8] { try table.bytes(named: name) }
}
