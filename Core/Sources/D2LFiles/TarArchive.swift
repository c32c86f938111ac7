/// A member of a tar archive.
public struct TarEntry: Hashable, Sendable {
  /// What a member is.
  public enum Kind: Hashable, Sendable {
    /// A regular file, which has content.
    case file
    /// A folder.
    case folder
    /// A link, device or pipe; it has no content and is never created by this library.
    case other
  }

  /// Path inside the archive without "./" before it; checked not to lead out of the archive's folder.
  public let name: String
  /// What the member is.
  public let kind: Kind
  /// Number of bytes of the content, 0 unless it is a file.
  public let size: Int
}

/// A tar archive (POSIX.1-2001: ustar and pax; GNU's long names), plain or packed by gzip, read from front to back.
///
/// Only what is asked for is held in memory. Sparse files, damaged headers and names that lead out of a folder are
/// errors.
///
/// ```swift
/// let archive = try TarArchive(path: "aclImdb_v1.tar.gz")
/// while let entry = try archive.next() {
///   guard entry.kind == .file, entry.name.hasSuffix(".txt") else { continue }
///   let review = try archive.bytes(entry.size)
/// }
/// ```
///
/// As a ``ByteStream`` it gives the content of the member that `next` returned last.
public final class TarArchive: ByteStream {
  /// Path or name of the archive.
  public var file: String { stream.file }

  /// Largest archive after unpacking unless the caller says otherwise: 16 GiB.
  public static let defaultLimit = 1 << 34

  private let stream: any ByteStream
  /// Offset in the unpacked archive.
  private var offset = 0
  private var contentLeft = 0
  private var paddingLeft = 0
  private var globalAttributes: [String: String] = [:]
  private var isFinished = false

  /// Longest extended header or name that is believed.
  private static let attributesLimit = 1 << 20
  /// What the attributes of sparse files begin with.
  private static let sparseKey = "GNU.sparse"

  /// Reads an archive that is not packed, or is unpacked by `stream`.
  public init(_ stream: any ByteStream) { self.stream = stream }

  /// Opens the archive at `path`; gzip is recognised by its first bytes and unpacked to at most `limit` bytes.
  public convenience init(path: String, limit: Int = defaultLimit) throws(FileError) {
    try self.init(MappedFile(path), limit: limit)
  }

  /// Reads the archive that is `source`; gzip is recognised by its first bytes and unpacked to at most `limit` bytes.
  public convenience init(_ source: any ByteSource, limit: Int = defaultLimit) throws(FileError) {
    let isPacked = source.count >= 2 ? try source.integer(UInt16.self, at: 0, .big) == 0x1f8b : false
    let raw = SourceStream(source)
    self.init(isPacked ? try GzipStream(raw, limit: limit) : raw)
  }

  /// The next member, nil behind the last one. What is unread of the one before is passed over.
  public func next() throws(FileError) -> TarEntry? {
    guard !isFinished else { return nil }
    var attributes = globalAttributes
    while true {
      try skip(contentLeft + paddingLeft)
      guard let header = try readHeader() else {
        isFinished = true
        return nil
      }
      switch header.type {
      case UInt8(ascii: "x"):
        attributes.merge(try readAttributes(header)) { $1 }
      case UInt8(ascii: "g"):
        globalAttributes.merge(try readAttributes(header)) { $1 }
        attributes.merge(globalAttributes) { own, _ in own }
      case UInt8(ascii: "L"):
        begin(header.size)
        attributes["path"] = TarHeader.text(try readSmall(header.size)[...])
      case UInt8(ascii: "K"):
        // The long target of a link, which nobody here follows.
        begin(header.size)
        _ = try readSmall(header.size)
      default:
        return try entry(header, attributes)
      }
    }
  }

  /// Reads on in the content of the member that `next` returned last; 0 at its end.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    let room = min(buffer.count, contentLeft)
    guard room > 0 else { return 0 }
    let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]))
    guard count > 0 else { throw endsEarly() }
    contentLeft -= count
    offset += count
    return count
  }

  // MARK: Blocks

  private func error(_ problem: String, at place: Int? = nil) -> FileError {
    FileError(
      file: file, at: .byte(place ?? offset), problem: problem, help: "the file is damaged or not a tar archive")
  }

  private func endsEarly() -> FileError {
    FileError(
      file: file, at: .byte(offset), problem: "the archive ends too early", help: "the file is cut off; get it again")
  }

  /// The next header; nil at the end mark, behind which the stream is read out so that a checksum at its end is compared.
  private func readHeader() throws(FileError) -> TarHeader? {
    let start = offset
    let block = try take(TarHeader.blockSize)
    guard block.contains(where: { $0 != 0 }) else {
      try stream.forEachChunk { _ throws(FileError) in }
      return nil
    }
    return try TarHeader(block, file: file, offset: start)
  }

  private func begin(_ size: Int) {
    contentLeft = size
    paddingLeft = (TarHeader.blockSize - size % TarHeader.blockSize) % TarHeader.blockSize
  }

  private func take(_ count: Int) throws(FileError) -> [UInt8] {
    let bytes = try makeBytes(capacity: count) { buffer throws(FileError) in
      try stream.readFully(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    }
    offset += bytes.count
    guard bytes.count == count else { throw endsEarly() }
    return bytes
  }

  private func readSmall(_ size: Int) throws(FileError) -> [UInt8] {
    guard size <= Self.attributesLimit else {
      throw error("an extended header of \(size) bytes is larger than any real one")
    }
    let bytes = try take(size)
    contentLeft = 0
    return bytes
  }

  private func skip(_ count: Int) throws(FileError) {
    var left = count
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(max(left, 1), chunkSize), alignment: 16)
    defer { buffer.deallocate() }
    while left > 0 {
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)])
      let read = try stream.read(into: part)
      guard read > 0 else { throw endsEarly() }
      left -= read
      offset += read
    }
    contentLeft = 0
    paddingLeft = 0
  }

  // MARK: Members

  private func entry(_ header: TarHeader, _ attributes: [String: String]) throws(FileError) -> TarEntry {
    let start = offset - TarHeader.blockSize
    if header.type == UInt8(ascii: "S") || attributes[Self.sparseKey] != nil {
      throw error("a sparse file is not supported; pack the archive anew without --sparse", at: start)
    }
    var name = attributes["path"] ?? header.name
    while name.hasPrefix("./"), name.count > 2 { name.removeFirst(2) }
    var size = header.size
    if let text = attributes["size"] {
      guard let value = Int(text), value >= 0 else {
        throw error("a size of \"\(text)\" does not make sense", at: start)
      }
      size = value
    }
    try checkArchiveName(name, file: file)
    let kind: TarEntry.Kind =
      switch header.type {
      case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): name.hasSuffix("/") ? .folder : .file
      case UInt8(ascii: "5"): .folder
      case UInt8(ascii: "1")...UInt8(ascii: "6"): .other
      default:
        throw error("a member of type \(header.type) is unknown", at: start)
      }
    // Links carry the size of what they lead to, but no content.
    if kind != .file { size = 0 }
    guard size <= Int.max - TarHeader.blockSize else { throw error("a size of \(size) is impossible", at: start) }
    begin(size)
    return TarEntry(name: name, kind: kind, size: size)
  }

  /// The records "length key=value\n" of a pax header (POSIX.1-2001, pax, "Extended Header").
  private func readAttributes(_ header: TarHeader) throws(FileError) -> [String: String] {
    begin(header.size)
    let start = offset
    let bytes = try readSmall(header.size)
    var result: [String: String] = [:]
    var position = 0
    while position < bytes.count {
      let rest = bytes[position...]
      let digits = rest.prefix { (48...57).contains($0) }
      guard digits.count <= 7, let length = Int(String(decoding: digits, as: UTF8.self)),
        length > digits.count + 2, length <= rest.count, rest[position + digits.count] == 32,
        rest[position + length - 1] == 10
      else { throw error("an extended header is damaged", at: start + position) }
      let record = rest[(position + digits.count + 1)..<(position + length - 1)]
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
        throw error("an extended header is damaged", at: start + position)
      }
      let key = String(decoding: record[..<equals], as: UTF8.self)
      // Of the others nothing is kept: a header may have a hundred thousand, and they would be copied for every member.
      let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
      if key == "path" || key == "size" { result[key] = value }
      if key.hasPrefix(Self.sparseKey) { result[Self.sparseKey] = value }
      position += length
    }
    return result
  }
}
