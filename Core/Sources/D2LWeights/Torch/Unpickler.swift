import D2LFiles

/// A reader of Python pickles, protocols 0 to 5, that can build data and do nothing else.
///
/// Format: CPython, `Lib/pickletools.py`. A pickle is a program for a stack machine; here its names are limited to
/// ``PickleGlobal``, what it may call to the cases of that list, and its memory to a multiple of its length. Anything else is
/// an error that names what was asked for.
struct Unpickler {
  var reader: ByteReader
  var heap = PickleHeap()
  var stack: [PickleValue] = []
  var marks: [Int] = []
  var memo: [Int: PickleValue] = [:]
  /// Values that a persistent id stands for beside storages: the tensors of the tar format, by their key.
  var persistent: [String: PickleValue] = [:]

  /// What the values may take, by the size of the file, and the most that were on the stack.
  private let memoryLimit: Int
  private var deepestStack = 0

  /// A reader of pickles in a file that may take `memoryLimit` bytes; see ``ByteSource/memoryLimit``.
  init(_ reader: ByteReader, memoryLimit: Int) {
    self.reader = reader
    self.memoryLimit = memoryLimit
  }

  /// What the values take, each counted with the room of an array or a dictionary that has just grown.
  private var memory: Int {
    heap.memory + 3 * MemoryLayout<PickleValue>.stride * deepestStack + 128 * memo.count
  }

  var file: String { reader.source.file }

  func error(_ problem: String, at place: Int? = nil, help: String? = nil) -> FileError {
    reader.error("pickle: " + problem, at: place, help: help ?? "the file is damaged; get it again")
  }

  func refusal(of name: String, at place: Int) -> FileError {
    let isModel = name.hasPrefix("torch.nn.") || name.hasPrefix("__torch__") || name.hasPrefix("__main__")
    return error(
      "asks for \(name), which is not on the list of what is data; nothing was run", at: place,
      help: isModel
        ? "the file holds a whole model; save its weights: torch.save(model.state_dict(), …)"
        : "if you trust the file, load it in Python and save the weights only: torch.save(model.state_dict(), …)")
  }

  /// Runs one pickle up to its end and returns its value. Objects and memo of an earlier one are not visible to it, but the heap
  /// is the same.
  mutating func load() throws(FileError) -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    while true {
      let start = reader.offset
      let opcode = try reader.byte()
      if opcode == UInt8(ascii: ".") { return try pop() }
      try step(opcode, at: start)
      deepestStack = max(deepestStack, stack.count + marks.count)
      guard memory <= memoryLimit else { throw error("builds more values than the size of the file allows", at: start) }
    }
  }

  // MARK: Stack

  mutating func pop() throws(FileError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else { throw error("takes from an empty stack") }
    return value
  }

  /// The values above the last mark, which is taken away.
  mutating func popMark() throws(FileError) -> [PickleValue] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw error("looks for a mark that is not there") }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  func top() throws(FileError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.last else { throw error("looks at an empty stack") }
    return value
  }

  /// The container on top of the stack, which must be of one of these kinds.
  func container(_ kinds: PickleHeap.Container.Kind...) throws(FileError) -> Int {
    guard case .container(let id) = try top(), kinds.contains(heap.containers[id].kind) else {
      throw error("adds items to something that has none")
    }
    return id
  }

  // MARK: Fields

  mutating func line() throws(FileError) -> String {
    let bytes = try reader.bytes(upTo: 10)
    return String(decoding: bytes.last == 13 ? bytes.dropLast() : bytes[...], as: UTF8.self)
  }

  mutating func text(_ count: Int) throws(FileError) -> String {
    // Python allows half surrogate pairs in strings ("surrogatepass"); they become replacement characters.
    String(decoding: try reader.bytes(count), as: UTF8.self)
  }

  mutating func count<T: FixedWidthInteger>(_ type: T.Type) throws(FileError) -> Int {
    try reader.count(type, elementSize: 1, of: "bytes")
  }

  /// Two's complement, least significant byte first.
  func integer(_ bytes: [UInt8]) -> PickleValue {
    guard bytes.count > 8 else {
      var value: UInt64 = bytes.last.map { $0 >= 0x80 } == true ? .max : 0
      for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
      return .integer(Int(Int64(bitPattern: value)))
    }
    let sign: UInt8 = bytes[bytes.count - 1] >= 0x80 ? 0xff : 0
    let isNarrow = bytes[8...].allSatisfy { $0 == sign } && (bytes[7] >= 0x80) == (sign == 0xff)
    return isNarrow ? integer(Array(bytes[..<8])) : .bigInteger(bytes)
  }
}
