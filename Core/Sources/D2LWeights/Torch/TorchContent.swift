import D2LFiles
import D2LTensor

/// What a PyTorch file holds once its pickle is read: named tensors and, as text, everything else.
///
/// Nested containers are flattened, with keys joined by dots: `{"model": {"fc.weight": …}, "epoch": 3}` gives the tensor
/// `model.fc.weight` and the metadata `epoch` = `3`.
struct TorchContent {
  private(set) var table: TensorTable
  private(set) var metadata: [String: String] = [:]
  private(set) var containers: [String] = []

  private let heap: PickleHeap
  private let places: [String: TensorSlot.Place]
  private let order: ByteOrder
  private var seen: [String: String] = [:]
  private var onPath: Set<Int> = []
  private var met: Set<Int> = []
  private var repeated = 0
  /// What names, text and entries take, and how much they may by the size of the file.
  private var memory = 0
  private let memoryLimit: Int

  /// No checkpoint is nested deeper, and no other has a reason to be.
  private static let depthLimit = 64
  /// Most items of containers that stand in more than one place: a hostile file repeats them on every level.
  private static let repeatedLimit = 1 << 16

  /// Flattens `root`.
  ///
  /// - Parameter places: the bytes of the storages, by key.
  init(
    _ root: PickleValue, in heap: PickleHeap, places: [String: TensorSlot.Place], order: ByteOrder,
    of source: any ByteSource, options: ReadOptions
  ) throws(FileError) {
    table = TensorTable(source, options: options)
    memoryLimit = source.memoryLimit
    self.heap = heap
    self.places = places
    self.order = order
    try add(root, "", depth: 0)
  }

  private func error(_ path: String, _ problem: String, help: String? = nil) -> FileError {
    FileError(
      file: table.file, at: .key(path), problem: problem, help: help ?? "the file is damaged; get it again")
  }

  /// Counts what is kept: keys stand in the name of everything below them, and text can be named again and again.
  private mutating func spend(_ bytes: Int, _ path: String) throws(FileError) {
    memory += bytes
    guard memory <= memoryLimit else {
      throw error(String(path.prefix(200)), "more text than the size of the file allows")
    }
  }

  private mutating func add(_ value: PickleValue, _ path: String, depth: Int) throws(FileError) {
    guard depth < Self.depthLimit else {
      throw error(String(path.prefix(200)), "nested deeper than \(Self.depthLimit) levels")
    }
    switch value {
    case .tensor(let id): try add(heap.tensors[id], path.isEmpty ? "tensor" : path)
    case .storage(let id): try add(storage: id, path.isEmpty ? "storage" : path)
    case .array(let id): try add(heap.arrays[id], path.isEmpty ? "array" : path)
    case .container(let id): try add(container: id, path, depth: depth)
    default:
      try spend(128 + textSize(value), path)
      metadata[path.isEmpty ? "value" : path] = text(value)
    }
  }

  private mutating func add(container id: Int, _ path: String, depth: Int) throws(FileError) {
    guard onPath.insert(id).inserted else { throw error(String(path.prefix(200)), "a container that contains itself") }
    defer { onPath.remove(id) }
    let container = heap.containers[id]
    if !met.insert(id).inserted { repeated += container.items.count }
    guard repeated <= Self.repeatedLimit else {
      throw error(String(path.prefix(200)), "more values than any checkpoint has")
    }
    try spend(container.items.reduce(container.keys.reduce(64) { $0 + textSize($1) }) { $0 + textSize($1) }, path)
    if let text = flatText(container) {
      if !path.isEmpty || !container.items.isEmpty { metadata[path.isEmpty ? "value" : path] = text }
      return
    }
    if !path.isEmpty { containers.append(path) }
    for (index, item) in container.items.enumerated() {
      let key = heap.isDictionary(id) ? text(container.keys[index]) : String(index)
      // Twice, because the path of a container is kept as well.
      try spend(2 * (path.utf8.count + key.utf8.count + 16), path)
      try add(item, path.isEmpty ? key : path + "." + key, depth: depth + 1)
    }
  }

  // MARK: Tensors

  private mutating func add(storage id: Int, _ path: String) throws(FileError) {
    let storage = heap.storages[id]
    let dtype = storage.dtype ?? .uint8
    try add(TorchTensor(storage: id, dtype: dtype, offset: 0, sizes: [storage.count], strides: [1]), path)
  }

  private mutating func add(_ tensor: TorchTensor, _ path: String) throws(FileError) {
    let storage = heap.storages[tensor.storage]
    guard let place = places[storage.key] else {
      throw error(path, "its storage \"\(storage.key)\" is not in the file")
    }
    try spend(1024, path)
    let (offset, overflow) = tensor.offset.addingReportingOverflow(storage.offset)
    guard !overflow else { throw error(path, "its offset is impossible") }
    let shape = try checkedShape(tensor.sizes, of: tensor.dtype, key: path, file: table.file)
    let slot = try TensorSlot(
      place, tensor.dtype, shape, strides: tensor.strides, offset: offset, order: order, key: path, file: table.file)
    let view = "\(storage.key) \(tensor.dtype) \(offset) \(tensor.sizes) \(tensor.strides)"
    let first = shape.elementCount == 0 ? nil : seen[view]
    if first == nil { seen[view] = path }
    try table.add(path, slot, tiedTo: first)
  }

  private mutating func add(_ array: PickledArray, _ path: String) throws(FileError) {
    try spend(1024, path)
    var header = NpyHeader(descr: array.type, isFortran: array.isFortran, shape: array.sizes)
    if header.type == nil, array.type.count > 1 { header.descr = "|" + array.type.dropFirst() }
    let source = MemoryFile(array.bytes, file: table.file)
    try table.add(path, header.slot(in: .stored(source, 0..<source.count), key: path, file: table.file))
  }

  // MARK: Text

  /// About how many bytes `text` will have, without making it.
  private func textSize(_ value: PickleValue) -> Int {
    switch value {
    case .string(let text): text.utf8.count
    case .bytes(let bytes): 3 * bytes.count
    case .bigInteger(let bytes): 64 * bytes.count
    default: 24
    }
  }

  private func text(_ value: PickleValue) -> String {
    switch value {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): String(value)
    case .bigInteger(let bytes):
      "0x" + bytes.reversed().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    case .double(let value): String(value)
    case .string(let text): text
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .global(.dtype(let dtype)): "torch.\(dtype)"
    case .global: "type"
    case .arrayType(let id): heap.arrayTypes[id]
    case .container(let id): flatText(heap.containers[id]) ?? "container"
    case .storage, .tensor, .array: "tensor"
    }
  }

  /// The text of a list, tuple or set of single values, or of an empty container; nil for any other.
  private func flatText(_ container: PickleHeap.Container) -> String? {
    let isKeyed = container.kind == .dictionary || container.kind == .namespace
    if isKeyed { return container.items.isEmpty ? "{}" : nil }
    for item in container.items {
      switch item {
      case .container, .storage, .tensor, .array: return nil
      default: continue
      }
    }
    let (open, close) = container.kind == .list ? ("[", "]") : container.kind == .tuple ? ("(", ")") : ("{", "}")
    return open + container.items.map(text).joined(separator: ", ") + close
  }
}
