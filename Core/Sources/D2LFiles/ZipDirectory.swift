/// Reads the end records, the central directory and the local headers of a zip file, and checks each against the others.
struct ZipDirectory {
  let source: any ByteSource

  /// Where the central directory lies and how many members it has.
  private struct Location {
    var range: Range<Int>
    var count: Int
  }

  /// A member of the central directory before its local header was seen.
  private struct Record {
    var name: String
    var nameBytes: [UInt8]
    var flags: UInt16
    var method: UInt16
    var crc32: UInt32
    var compressedSize: Int
    var size: Int
    var headerOffset: Int
  }

  private func error(_ problem: String, at offset: Int) -> FileError {
    FileError(
      file: source.file, at: .byte(offset), problem: problem, help: "the file is cut off or damaged; get it again")
  }

  /// All members in the order of the central directory.
  func entries() throws(FileError) -> [ZipEntry] {
    let location = try locate()
    let records = try centralRecords(location)
    var entries: [ZipEntry] = []
    entries.reserveCapacity(records.count)
    var extents: [Range<Int>] = []
    for record in records {
      let data = try dataRange(of: record, before: location.range.lowerBound)
      extents.append(record.headerOffset..<data.upperBound)
      let method: ZipEntry.Method =
        switch record.method {
        case 0: .stored
        case 8: .deflated
        default: .other(record.method)
        }
      entries.append(
        ZipEntry(
          name: record.name, method: method, size: record.size, compressedSize: record.compressedSize,
          crc32: record.crc32, isEncrypted: record.flags & ZipFormat.encryptedFlags != 0, dataRange: data))
    }
    try checkDisjoint(extents, names: records.map(\.name))
    return entries
  }

  // MARK: End records

  private func locate() throws(FileError) -> Location {
    let offset = try findEnd()
    let disk = try source.integer(UInt16.self, at: offset + 4)
    let directoryDisk = try source.integer(UInt16.self, at: offset + 6)
    let countHere = try source.integer(UInt16.self, at: offset + 8)
    let count = try source.integer(UInt16.self, at: offset + 10)
    let size = try source.integer(UInt32.self, at: offset + 12)
    let start = try source.integer(UInt32.self, at: offset + 16)
    let locator = offset - ZipFormat.end64LocatorSize
    if locator >= 0, try source.integer(UInt32.self, at: locator) == ZipFormat.end64Locator {
      return try locate64(locator, count: count, size: size, start: start)
    }
    guard disk == 0, directoryDisk == 0, countHere == count else {
      throw FileError(file: source.file, at: .byte(offset), problem: "the archive is split over several files")
    }
    return try checked(count: UInt64(count), size: UInt64(size), start: UInt64(start), end: offset, at: offset)
  }

  /// The end record lies before a comment of unknown length; the one whose comment ends with the file is taken.
  private func findEnd() throws(FileError) -> Int {
    let reach = min(source.count, ZipFormat.endSize + 0xffff)
    let first = source.count - reach
    let tail = try source.bytes(in: first..<source.count)
    var position = tail.count - ZipFormat.endSize
    while position >= 0 {
      if tail[position] == 0x50, tail[position + 1] == 0x4b, tail[position + 2] == 5, tail[position + 3] == 6 {
        let comment = Int(tail[position + 20]) | Int(tail[position + 21]) << 8
        if position + ZipFormat.endSize + comment == tail.count { return first + position }
      }
      position -= 1
    }
    let begins = source.count >= 4 ? try source.integer(UInt32.self, at: 0) : 0
    if begins == ZipFormat.localHeader {
      throw error("the zip archive's directory at the end of the file is missing", at: source.count)
    }
    throw FileError(
      file: source.file, problem: "not a zip archive", help: "check that this is the right file, and whole")
  }

  private func locate64(_ locator: Int, count: UInt16, size: UInt32, start: UInt32) throws(FileError) -> Location {
    let claimed = try source.integer(UInt64.self, at: locator + 8)
    guard let offset = Int(exactly: claimed), offset <= locator - ZipFormat.end64Size,
      try source.integer(UInt32.self, at: offset) == ZipFormat.end64
    else { throw error("the zip64 end record is not at offset \(claimed), where it should be", at: locator) }
    let disks = try source.integer(UInt64.self, at: offset + 16)
    let countHere = try source.integer(UInt64.self, at: offset + 24)
    let count64 = try source.integer(UInt64.self, at: offset + 32)
    let size64 = try source.integer(UInt64.self, at: offset + 40)
    let start64 = try source.integer(UInt64.self, at: offset + 48)
    guard disks == 0, countHere == count64 else {
      throw FileError(file: source.file, at: .byte(offset), problem: "the archive is split over several files")
    }
    // Readers without zip64 must see the same directory: two different ones in a file are a trick.
    guard count == .max || UInt64(count) == count64, size == .max || UInt64(size) == size64,
      start == .max || UInt64(start) == start64
    else { throw error("the zip64 end record contradicts the plain one", at: offset) }
    return try checked(count: count64, size: size64, start: start64, end: offset, at: offset)
  }

  private func checked(
    count: UInt64, size: UInt64, start: UInt64, end: Int, at offset: Int
  ) throws(FileError) -> Location {
    guard let start = Int(exactly: start), let size = Int(exactly: size), start <= end, size <= end - start else {
      throw error("the directory would take \(size) bytes from \(start) on, past its end record", at: offset)
    }
    guard let count = Int(exactly: count), count <= size / ZipFormat.centralHeaderSize else {
      throw error("a directory of \(size) bytes cannot have \(count) members", at: offset)
    }
    return Location(range: start..<(start + size), count: count)
  }

  // MARK: Central directory

  private func centralRecords(_ location: Location) throws(FileError) -> [Record] {
    var reader = try ByteReader(source, in: location.range)
    var records: [Record] = []
    var names: Set<String> = []
    for _ in 0..<location.count {
      let record = try centralRecord(&reader)
      guard names.insert(record.name).inserted else {
        throw FileError(
          file: source.file, at: .key(record.name), problem: "two members have this name",
          help: "do not trust this archive; get it from its publisher")
      }
      records.append(record)
    }
    guard reader.isAtEnd else {
      throw reader.error("\(reader.remaining) bytes of the directory belong to no member", help: "get the file again")
    }
    return records
  }

  private func centralRecord(_ reader: inout ByteReader) throws(FileError) -> Record {
    let start = reader.offset
    guard try reader.integer(UInt32.self) == ZipFormat.centralHeader else {
      throw error("a member's record in the directory has no signature", at: start)
    }
    try reader.skip(4)  // Versions of the writer and of the format.
    let flags = try reader.integer(UInt16.self)
    let method = try reader.integer(UInt16.self)
    try reader.skip(4)  // Time and date.
    let crc = try reader.integer(UInt32.self)
    let compressedSize = try reader.integer(UInt32.self)
    let size = try reader.integer(UInt32.self)
    let nameLength = Int(try reader.integer(UInt16.self))
    let extraLength = Int(try reader.integer(UInt16.self))
    let commentLength = Int(try reader.integer(UInt16.self))
    let disk = try reader.integer(UInt16.self)
    try reader.skip(6)  // Attributes.
    let headerOffset = try reader.integer(UInt32.self)
    let nameBytes = try reader.bytes(nameLength)
    let name = String(validating: nameBytes, as: UTF8.self) ?? ZipFormat.codePage437(nameBytes)
    try checkArchiveName(name, file: source.file)
    let extra = try reader.bytes(extraLength)
    try reader.skip(commentLength)
    guard disk == 0 || disk == .max else { throw error("\"\(name)\" lies in another file", at: start) }

    var wide = try extra64(extra, name)
    func widened(_ value: UInt32, _ what: String) throws(FileError) -> Int {
      guard value == .max else { return Int(value) }
      // Without the extra field the number means itself.
      guard wide != nil else { return Int(value) }
      guard let field = try? wide?.integer(UInt64.self), let exact = Int(exactly: field) else {
        throw error("the \(what) of \"\(name)\" does not make sense", at: start)
      }
      return exact
    }
    // The order of the fields is the format's: size, packed size, offset.
    let wideSize = try widened(size, "size")
    let wideCompressed = try widened(compressedSize, "packed size")
    let wideOffset = try widened(headerOffset, "offset")
    return Record(
      name: name, nameBytes: nameBytes, flags: flags, method: method, crc32: crc, compressedSize: wideCompressed,
      size: wideSize, headerOffset: wideOffset)
  }

  /// A reader of the zip64 field among the extra fields, nil if there is none.
  private func extra64(_ extra: [UInt8], _ name: String) throws(FileError) -> ByteReader? {
    var reader = ByteReader(extra, file: "\(source.file), extra fields of \"\(name)\"")
    // Some writers leave a rest too short for a field; nothing can be in it.
    while reader.remaining >= 4 {
      let id = try reader.integer(UInt16.self)
      let field = try reader.bytes(prefixedBy: UInt16.self)
      if id == ZipFormat.extra64 { return ByteReader(field, file: reader.source.file) }
    }
    return nil
  }

  // MARK: Local headers

  private func dataRange(of record: Record, before limit: Int) throws(FileError) -> Range<Int> {
    let name = record.name
    let start = record.headerOffset
    guard start <= limit - ZipFormat.localHeaderSize else {
      throw error("\"\(name)\" would begin at \(start), behind the members' end at \(limit)", at: start)
    }
    var reader = try ByteReader(source, in: start..<min(limit, start + ZipFormat.localHeaderSize))
    guard try reader.integer(UInt32.self) == ZipFormat.localHeader else {
      throw error("\"\(name)\" should begin here, but its header has no signature", at: start)
    }
    try reader.skip(2)
    let flags = try reader.integer(UInt16.self)
    let method = try reader.integer(UInt16.self)
    try reader.skip(4)
    let crc = try reader.integer(UInt32.self)
    let compressedSize = try reader.integer(UInt32.self)
    let size = try reader.integer(UInt32.self)
    let nameLength = Int(try reader.integer(UInt16.self))
    let extraLength = Int(try reader.integer(UInt16.self))
    let nameStart = start + ZipFormat.localHeaderSize
    guard nameLength == record.nameBytes.count,
      try source.bytes(in: nameStart..<(nameStart + nameLength)) == record.nameBytes
    else { throw error("the header of \"\(name)\" has another name than the directory", at: start) }
    guard method == record.method else {
      throw error("the header of \"\(name)\" names another method than the directory", at: start)
    }
    if flags & ZipFormat.descriptorFlag == 0 {
      func agrees(_ local: UInt32, _ central: Int) -> Bool { local == .max || Int(local) == central }
      guard agrees(size, record.size), agrees(compressedSize, record.compressedSize), crc == record.crc32 else {
        throw error("the header of \"\(name)\" contradicts the directory about size or checksum", at: start)
      }
    }
    let dataStart = nameStart + nameLength + extraLength
    guard dataStart <= limit, record.compressedSize <= limit - dataStart else {
      throw error(
        "\"\(name)\" would take \(record.compressedSize) bytes, past the members' end at \(limit)", at: dataStart)
    }
    try checkSizes(record, at: start)
    return dataStart..<(dataStart + record.compressedSize)
  }

  private func checkSizes(_ record: Record, at offset: Int) throws(FileError) {
    if record.method == 0, record.flags & ZipFormat.encryptedFlags == 0 {
      guard record.size == record.compressedSize else {
        throw error("\"\(record.name)\" is stored, but its two sizes differ", at: offset)
      }
    }
    if record.method == 8 {
      guard record.size / ZipFormat.largestRatio <= record.compressedSize else {
        throw error(
          "\"\(record.name)\" claims \(record.size) bytes, more than \(record.compressedSize) packed bytes can hold",
          at: offset)
      }
    }
  }

  /// Members that share bytes are how a small file pretends to hold petabytes.
  private func checkDisjoint(_ extents: [Range<Int>], names: [String]) throws(FileError) {
    let order = extents.indices.sorted { extents[$0].lowerBound < extents[$1].lowerBound }
    for (first, second) in zip(order, order.dropFirst()) where extents[first].upperBound > extents[second].lowerBound {
      throw FileError(
        file: source.file, at: .key(names[second]), problem: "shares bytes with the member \"\(names[first])\"",
        help: "do not trust this archive; get it from its publisher")
    }
  }
}
