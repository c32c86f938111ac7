/// Writes a zip archive from front to back; the same members give the same bytes.
///
/// ```swift
/// try writeAtomically(to: "model.pt") { file throws(FileError) in
///   let zip = ZipWriter(file, alignment: 64)
///   try zip.add("model/data.pkl", pickle)
///   try zip.add("model/data/0", weights)
///   try zip.finish()
/// }
/// ```
public final class ZipWriter {
  /// How the content of a member is packed.
  public enum Packing: Hashable, Sendable {
    /// As it is, so that it can be read in place.
    case stored
    /// Deflate data, with an effort from 1 to 9.
    case deflated(level: Int = 6)
  }

  private struct Record {
    var name: [UInt8]
    var method: UInt16
    var crc32: UInt32
    var compressedSize: Int
    var size: Int
    var offset: Int
  }

  private let file: String
  private let sink: (UnsafeRawBufferPointer) throws(FileError) -> Void
  private let alignment: Int
  private let alwaysWide: Bool
  private var records: [Record] = []
  private var names: Set<String> = []
  private var offset = 0
  private var isFinished = false

  /// Begins an archive whose bytes go to `sink`; `file` names it in messages.
  ///
  /// - Parameters:
  ///   - file: stands for the archive in messages.
  ///   - alignment: stored contents begin at multiples of this, through padding as PyTorch writes it (64 there).
  ///   - alwaysZip64: writes zip64 records even where the sizes do not need them, as PyTorch does.
  ///   - sink: takes the bytes, piece by piece.
  public init(
    file: String, alignment: Int = 1, alwaysZip64: Bool = false,
    to sink: @escaping (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) {
    self.file = file
    self.alignment = max(1, min(alignment, 4096))
    self.alwaysWide = alwaysZip64
    self.sink = sink
  }

  /// Begins an archive in `file`; see ``init(file:alignment:alwaysZip64:to:)``.
  public convenience init(_ file: AtomicFile, alignment: Int = 1, alwaysZip64: Bool = false) {
    self.init(file: file.path, alignment: alignment, alwaysZip64: alwaysZip64) { piece throws(FileError) in
      try file.write(piece)
    }
  }

  /// An archive in memory of members with names and contents.
  public static func archive(
    _ members: [(name: String, content: [UInt8])], _ packing: Packing = .deflated(), alignment: Int = 1,
    alwaysZip64: Bool = false
  ) throws(FileError) -> [UInt8] {
    var result: [UInt8] = []
    let writer = ZipWriter(file: "archive in memory", alignment: alignment, alwaysZip64: alwaysZip64) {
      result.append(contentsOf: $0)
    }
    for member in members { try writer.add(member.name, member.content, packing) }
    try writer.finish()
    return result
  }

  /// Adds a member. Throws if the name is taken or leads out of a folder, or if the bytes cannot be written.
  public func add(_ name: String, _ content: [UInt8], _ packing: Packing = .stored) throws(FileError) {
    let result = content.withUnsafeBytes { buffer -> Result<Void, FileError> in
      do throws(FileError) { return .success(try add(name, buffer, packing)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Adds a member. Throws if the name is taken or leads out of a folder, or if the bytes cannot be written.
  public func add(_ name: String, _ content: UnsafeRawBufferPointer, _ packing: Packing = .stored) throws(FileError) {
    guard !isFinished else { throw FileError(file: file, at: .key(name), problem: "the archive is already finished") }
    try checkArchiveName(name, file: file)
    guard names.insert(name).inserted else {
      throw FileError(file: file, at: .key(name), problem: "a member of this name is already there")
    }
    let crc = crc32(0, content)
    switch packing {
    case .stored:
      try header(name, method: 0, crc, packed: content.count, size: content.count)
      try emit(content)
    case .deflated(let level):
      var packed: [UInt8] = []
      let deflater = try Deflater(.none, level: level, file: file)
      let collect: (UnsafeRawBufferPointer) throws(FileError) -> Void = { packed.append(contentsOf: $0) }
      try deflater.write(content, to: collect)
      try deflater.finish(to: collect)
      try header(name, method: 8, crc, packed: packed.count, size: content.count)
      try emit(packed)
    }
  }

  /// Writes the directory; nothing can be added afterwards.
  public func finish() throws(FileError) {
    guard !isFinished else { throw FileError(file: file, problem: "the archive is already finished") }
    isFinished = true
    let start = offset
    for record in records { try emit(centralRecord(record)) }
    let size = offset - start
    let wide = alwaysWide || records.count >= 0xffff || size >= Int(UInt32.max) || start >= Int(UInt32.max)
    if wide { try emit(end64(start: start, size: size)) }
    var end = Fields()
    end.add(ZipFormat.end)
    end.add(UInt32(0))  // Numbers of disks.
    end.add(UInt16(clamping: records.count))
    end.add(UInt16(clamping: records.count))
    end.add(UInt32(clamping: size))
    end.add(UInt32(clamping: start))
    end.add(UInt16(0))  // Length of the comment.
    try emit(end.bytes)
  }

  // MARK: Records

  private func emit(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try sink(bytes)
    offset += bytes.count
  }

  private func emit(_ bytes: [UInt8]) throws(FileError) {
    let result = bytes.withUnsafeBytes { buffer -> Result<Void, FileError> in
      do throws(FileError) { return .success(try emit(buffer)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Version of the format that a reader needs: 4.5 for zip64, else 2.0.
  private func version(wide: Bool) -> UInt16 { wide ? 45 : 20 }

  private func header(_ name: String, method: UInt16, _ crc: UInt32, packed: Int, size: Int) throws(FileError) {
    let nameBytes = Array(name.utf8)
    records.append(
      Record(name: nameBytes, method: method, crc32: crc, compressedSize: packed, size: size, offset: offset))
    let wide = alwaysWide || size >= Int(UInt32.max) || packed >= Int(UInt32.max)
    var extra = Fields()
    if wide {
      extra.add(ZipFormat.extra64)
      extra.add(UInt16(16))
      extra.add(UInt64(size))
      extra.add(UInt64(packed))
    }
    if method == 0, alignment > 1 {
      let unpadded = offset + ZipFormat.localHeaderSize + nameBytes.count + extra.bytes.count + 4
      let padding = (alignment - unpadded % alignment) % alignment
      extra.add(ZipFormat.extraPadding)
      extra.add(UInt16(padding))
      extra.bytes += [UInt8](repeating: UInt8(ascii: "Z"), count: padding)
    }
    var fields = Fields()
    fields.add(ZipFormat.localHeader)
    fields.add(version(wide: wide))
    fields.add(ZipFormat.utf8Flag)
    fields.add(method)
    fields.add(Fields.timeAndDate)
    fields.add(crc)
    fields.add(wide ? UInt32.max : UInt32(packed))
    fields.add(wide ? UInt32.max : UInt32(size))
    fields.add(UInt16(nameBytes.count))
    fields.add(UInt16(extra.bytes.count))
    try emit(fields.bytes + nameBytes + extra.bytes)
  }

  private func centralRecord(_ record: Record) -> [UInt8] {
    let wide =
      alwaysWide || [record.size, record.compressedSize, record.offset].contains { $0 >= Int(UInt32.max) }
    var fields = Fields()
    fields.add(ZipFormat.centralHeader)
    fields.add(version(wide: wide))
    fields.add(version(wide: wide))
    fields.add(ZipFormat.utf8Flag)
    fields.add(record.method)
    fields.add(Fields.timeAndDate)
    fields.add(record.crc32)
    fields.add(wide ? UInt32.max : UInt32(record.compressedSize))
    fields.add(wide ? UInt32.max : UInt32(record.size))
    fields.add(UInt16(record.name.count))
    fields.add(UInt16(wide ? 28 : 0))
    fields.add(UInt16(0))  // Length of the comment.
    fields.add(UInt64(0))  // Disk and attributes.
    fields.add(wide ? UInt32.max : UInt32(record.offset))
    fields.bytes += record.name
    if wide {
      fields.add(ZipFormat.extra64)
      fields.add(UInt16(24))
      fields.add(UInt64(record.size))
      fields.add(UInt64(record.compressedSize))
      fields.add(UInt64(record.offset))
    }
    return fields.bytes
  }

  /// The zip64 end record and its locator.
  private func end64(start: Int, size: Int) -> [UInt8] {
    let place = offset
    var fields = Fields()
    fields.add(ZipFormat.end64)
    fields.add(UInt64(ZipFormat.end64Size - 12))
    fields.add(version(wide: true))
    fields.add(version(wide: true))
    fields.add(UInt64(0))  // Numbers of disks.
    fields.add(UInt64(records.count))
    fields.add(UInt64(records.count))
    fields.add(UInt64(size))
    fields.add(UInt64(start))
    fields.add(ZipFormat.end64Locator)
    fields.add(UInt32(0))
    fields.add(UInt64(place))
    fields.add(UInt32(1))
    return fields.bytes
  }
}

/// Little-endian fields of a record.
private struct Fields {
  /// Midnight of 1980-01-01, the format's first day: archives do not depend on when they were written.
  static let timeAndDate: UInt32 = 0x0021_0000

  var bytes: [UInt8] = []

  mutating func add<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
