import D2LFiles
import D2LTensor

/// The tensors of an opened file in order, each with its place: what every reader produces.
struct TensorTable: Sendable {
  let file: String
  let options: ReadOptions
  private(set) var entries: [WeightEntry] = []
  private var slots: [TensorSlot] = []
  private var positions: [String: Int] = [:]
  /// About the bytes that the list itself takes.
  private var listed = 0
  /// Most bytes that the list, one tensor, or all that are read together may take.
  let memoryLimit: Int

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
    // A format may spend a few bytes on an entry.
    listed += 512 + 2 * name.utf8.count
    guard listed <= memoryLimit else {
      throw FileError(
        file: file, at: .key(String(name.prefix(200))),
        problem: "\(entries.count + 1) tensors are more than the size of the file allows",
        help: "the file is damaged; get it again")
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
    try affordableSlot(named: name).read(key: name, file: file, options: options)
  }

  func bytes(named name: String) throws(FileError) -> [UInt8] {
    try affordableSlot(named: name).readBytes(key: name, file: file)
  }

  private func affordableSlot(named name: String) throws(FileError) -> TensorSlot {
    let slot = try slot(named: name)
    guard slot.memory <= memoryLimit else { throw tooMuchMemory(slot.memory, limit: memoryLimit, at: name, in: file) }
    return slot
  }

  private func slot(named name: String) throws(FileError) -> TensorSlot {
    guard let position = positions[name] else { throw missing(name, among: entries.map(\.name), in: file) }
    return slots[position]
  }
}

/// The error for tensors that take more memory than their file justifies.
func tooMuchMemory(_ memory: Int, limit: Int, at name: String, in file: String) -> FileError {
  FileError(
    file: file, at: .key(name),
    problem: "reading up to and with this tensor takes \(memory) bytes; the limit for the file is \(limit)",
    help: "raise ReadOptions.unpackedLimit if you trust the file")
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
  /// What reading all tensors may take; see ``ReadOptions/unpackedLimit``.
  public var memoryLimit: Int { table.memoryLimit }
  /// The entry with this name, if there is one.
  public func entry(named name: String) -> WeightEntry? { table.entry(named: name) }
  /// Reads one tensor; see ``WeightFile``.
  public func tensor(named name: String) throws(FileError) -> AnyTensor { try table.tensor(named: name) }
  /// Reads the stored elements of one tensor; see ``WeightFile``.
  public func bytes(named name: String) throws(FileError) -> [UInt8] { try table.bytes(named: name) }
}
