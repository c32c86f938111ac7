import D2LFiles

extension TorchFile {
  /// The tar container from before 0.1.10: the members `storages`, `tensors` and `pickle`.
  ///
  /// `storages` is a pickled number of storages; for each a pickle (key, location, type), a count and the elements; then a
  /// pickled list of views. `tensors` is a pickled number of tensors; for each a pickle (key, storage key, type), the rank in
  /// eight bytes, sizes, strides and offset. `pickle` is the object, with the tensors as persistent ids.
  init(tar source: any ByteSource, options: ReadOptions) throws(FileError) {
    var members: [String: any ByteSource] = [:]
    let archive = try TarArchive(source, limit: options.unpackedLimit(for: source))
    var names: Set<String> = []
    while let entry = try archive.next() {
      guard names.insert(entry.name).inserted else {
        throw FileError(
          file: source.file, at: .key(entry.name), problem: "two members have this name",
          help: "do not trust this archive; get it from its publisher")
      }
      guard entry.kind == .file, ["storages", "tensors", "pickle"].contains(entry.name) else { continue }
      members[entry.name] = MemoryFile(try archive.bytes(entry.size), file: source.file)
    }
    guard let storages = members["storages"], let tensors = members["tensors"], let pickle = members["pickle"] else {
      throw FileError(
        file: source.file, problem: "the archive has no members storages, tensors and pickle",
        help: "this is not a PyTorch file")
    }
    var unpickler = Unpickler(ByteReader(storages), memoryLimit: source.memoryLimit)
    let places = try unpickler.tarStorages(in: storages)
    unpickler.reader = ByteReader(tensors)
    try unpickler.tarTensors()
    unpickler.reader = ByteReader(pickle)
    let root = try unpickler.load()
    self.init(
      try TorchContent(root, in: unpickler.heap, places: places, order: .little, of: source, options: options),
      format: .torchTar)
  }
}

extension Unpickler {
  fileprivate mutating func number() throws(FileError) -> Int {
    guard case .integer(let value) = try load(), value >= 0, value <= reader.remaining else {
      throw error("a number of parts that cannot be")
    }
    return value
  }

  fileprivate mutating func tarStorages(
    in source: any ByteSource
  ) throws(FileError) -> [String: TensorSlot.Place] {
    var places: [String: TensorSlot.Place] = [:]
    for _ in 0..<(try number()) {
      let value = try load()
      guard let fields = heap.sequence(value), fields.count == 3, let key = keyText(fields[0]),
        case .global(.storageType(let dtype?)) = fields[2]
      else { throw error("a storage without key, location and type") }
      let count = try reader.count(Int64.self, elementSize: dtype.byteWidth, of: "elements")
      let start = reader.offset
      try reader.skip(count * dtype.byteWidth)
      guard places.updateValue(.stored(source, start..<reader.offset), forKey: key) == nil else {
        throw error("two storages have the key \(key)")
      }
      heap.storages.append(TorchStorage(key: key, dtype: dtype, count: count))
      persistent[key] = .storage(heap.storages.count - 1)
    }
    let views = try load()
    for view in heap.sequence(views) ?? [] {
      guard let fields = heap.sequence(view), fields.count == 4, let key = keyText(fields[0]),
        let root = keyText(fields[1]), case .storage(let id) = persistent[root], case .integer(let offset) = fields[2],
        case .integer(let count) = fields[3], offset >= 0, count >= 0
      else { throw error("a view of a storage that is not there") }
      heap.storages.append(
        TorchStorage(key: heap.storages[id].key, dtype: heap.storages[id].dtype, count: count, offset: offset))
      persistent[key] = .storage(heap.storages.count - 1)
    }
    return places
  }

  fileprivate mutating func tarTensors() throws(FileError) {
    for _ in 0..<(try number()) {
      let value = try load()
      guard let fields = heap.sequence(value), fields.count == 3, let key = keyText(fields[0]),
        let storageKey = keyText(fields[1]), case .storage(let id) = persistent[storageKey],
        let dtype = heap.storages[id].dtype
      else { throw error("a tensor without key, storage and type") }
      let rank = try reader.count(Int32.self, elementSize: 16, of: "dimensions")
      try reader.skip(4)
      var numbers: [Int] = []
      for _ in 0..<(2 * rank + 1) { numbers.append(Int(try reader.integer(Int64.self))) }
      heap.tensors.append(
        TorchTensor(
          storage: id, dtype: dtype, offset: numbers[2 * rank], sizes: Array(numbers[..<rank]),
          strides: Array(numbers[rank..<(2 * rank)])))
      persistent[key] = .tensor(heap.tensors.count - 1)
    }
  }
}
