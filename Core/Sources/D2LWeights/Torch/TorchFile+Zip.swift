import D2LFiles

extension TorchFile {
  /// The zip container: `<name>/data.pkl`, `<name>/byteorder` (since 2.1), and `<name>/data/<key>` for each storage.
  init(zip archive: ZipArchive, options: ReadOptions) throws(FileError) {
    let file = archive.source.file
    guard let pickle = Self.pickleMember(of: archive) else {
      throw FileError(file: file, problem: "the archive has no data.pkl", help: "this is not a PyTorch file")
    }
    let folder = pickle.name.dropLast("data.pkl".count)
    var order = ByteOrder.little
    if let member = archive[folder + "byteorder"] {
      switch String(decoding: try archive.bytes(of: member, limit: 64), as: UTF8.self) {
      case "little": order = .little
      case "big": order = .big
      case let other:
        throw FileError(file: file, at: .key(member.name), problem: "the byte order \"\(other)\" is unknown")
      }
    }
    var unpickler = Unpickler(
      try Self.reader(of: pickle, in: archive, options), memoryLimit: archive.source.memoryLimit)
    let root = try unpickler.load()

    var places: [String: TensorSlot.Place] = [:]
    for storage in unpickler.heap.storages where places[storage.key] == nil {
      let member = try archive.entry(folder + "data/" + storage.key)
      let width = storage.dtype?.byteWidth ?? 1
      let (size, overflow) = storage.count.multipliedReportingOverflow(by: width)
      guard !overflow, size <= member.size else {
        throw FileError(
          file: file, at: .key(member.name),
          problem: "the storage has \(member.size) bytes where \(storage.count) elements of \(width) are promised",
          help: "the file is damaged; get it again")
      }
      if member.method == .stored, options.borrowsMappedMemory {
        places[storage.key] = .stored(archive.source, try archive.range(ofStored: member))
      } else {
        places[storage.key] = .packed(byteCount: member.size) { () throws(FileError) in
          try archive.stream(of: member)
        }
      }
    }
    self.init(
      try TorchContent(root, in: unpickler.heap, places: places, order: order, of: archive.source, options: options),
      format: .torchZip)
  }

  /// The pickle: `data.pkl` in the archive's one folder, or at its top.
  static func pickleMember(of archive: ZipArchive) -> ZipEntry? {
    archive.entries.first { entry in
      entry.name == "data.pkl" || entry.name.hasSuffix("/data.pkl") && entry.name.split(separator: "/").count == 2
    }
  }

  private static func reader(
    of member: ZipEntry, in archive: ZipArchive, _ options: ReadOptions
  ) throws(FileError) -> ByteReader {
    if member.method == .stored {
      try archive.verify(member)
      return try ByteReader(archive.source, in: archive.range(ofStored: member))
    }
    return ByteReader(
      try archive.bytes(of: member, limit: options.unpackedLimit(for: archive.source)), file: archive.source.file)
  }
}
