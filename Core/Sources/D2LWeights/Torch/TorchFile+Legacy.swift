import D2LFiles

extension TorchFile {
  /// The number that the stream begins with, as a pickle of its own.
  static let legacyMagic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

  /// The stream of pickles from before 1.6: magic number, protocol version, machine, object, keys of the storages; then for
  /// each storage its number of elements and the elements, little-endian.
  init(legacy source: any ByteSource, options: ReadOptions) throws(FileError) {
    var unpickler = Unpickler(ByteReader(source), memoryLimit: source.memoryLimit)
    let magic = try unpickler.load()
    guard case .bigInteger(Self.legacyMagic) = magic else {
      throw FileError(
        file: source.file, at: .byte(0), problem: "does not begin with PyTorch's magic number",
        help: "this is a pickle, but not one that torch.save wrote")
    }
    guard case .integer(1001) = try unpickler.load() else {
      throw unpickler.error("the version of the stream is not 1001")
    }
    _ = try unpickler.load()  // Sizes of C's types where it was written; elements are little-endian whatever it says.
    let root = try unpickler.load()
    let list = try unpickler.load()
    guard let keys = unpickler.heap.sequence(list) else {
      throw unpickler.error("the keys of the storages are no list")
    }

    var storages: [String: TorchStorage] = [:]
    for storage in unpickler.heap.storages { storages[storage.key] = storage }
    var places: [String: TensorSlot.Place] = [:]
    var reader = unpickler.reader
    for key in keys {
      guard let name = unpickler.keyText(key), let storage = storages[name], let dtype = storage.dtype else {
        throw reader.error("a storage that no tensor uses", help: "the file is damaged; get it again")
      }
      let start = reader.offset
      let count = try reader.count(Int64.self, elementSize: dtype.byteWidth, of: "elements")
      guard count == storage.count, places[name] == nil else {
        throw reader.error(
          "storage \"\(name)\" has \(count) elements where \(storage.count) are promised", at: start,
          help: "the file is damaged; get it again")
      }
      let data = reader.offset
      try reader.skip(count * dtype.byteWidth)
      places[name] = .stored(source, data..<reader.offset)
    }
    guard reader.isAtEnd else {
      throw reader.error("\(reader.remaining) bytes follow the last storage", help: "the file is damaged; get it again")
    }
    self.init(
      try TorchContent(root, in: unpickler.heap, places: places, order: .little, of: source, options: options),
      format: .torchLegacy)
  }
}
