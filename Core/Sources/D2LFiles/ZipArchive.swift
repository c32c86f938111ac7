/// A zip archive opened for reading (PKWARE's APPNOTE.TXT): stored and deflated members, zip64, data descriptors.
///
/// Opening reads the directory and all local headers and refuses what contradicts itself: sizes past the file, members
/// that share bytes, two members of one name, names that lead out of a folder. The content of a member is compared
/// with its size and CRC-32 when it is read.
///
/// ```swift
/// let archive = try ZipArchive(path: "fra-eng.zip")
/// let text = try archive.bytes(of: archive.entry("fra-eng/fra.txt"))
/// ```
public struct ZipArchive: Sendable {
  /// The file, or the bytes, of the archive.
  public let source: any ByteSource
  /// All members, folders too, in the order of the directory.
  public let entries: [ZipEntry]

  private let indices: [String: Int]

  /// Largest content of a deflated member unless the caller says otherwise: 1 GiB.
  public static let defaultLimit = 1 << 30

  /// Opens the archive that is `source`. Throws if it is not a zip archive or contradicts itself.
  public init(_ source: any ByteSource) throws(FileError) {
    self.source = source
    entries = try ZipDirectory(source: source).entries()
    indices = Dictionary(uniqueKeysWithValues: zip(entries.map(\.name), entries.indices))
  }

  /// Opens the archive at `path`.
  public init(path: String) throws(FileError) {
    try self.init(MappedFile(path))
  }

  /// The member of this name, nil if there is none.
  public subscript(name: String) -> ZipEntry? { indices[name].map { entries[$0] } }

  /// The member of this name. Throws if there is none.
  public func entry(_ name: String) throws(FileError) -> ZipEntry {
    if let entry = self[name] { return entry }
    let some = entries.prefix(5).map { "\"\($0.name)\"" }.joined(separator: ", ")
    throw FileError(
      file: source.file, at: .key(name), problem: "the archive has no such member",
      help: "it has \(entries.count) members" + (entries.isEmpty ? "" : ": \(some)") + (entries.count > 5 ? ", …" : ""))
  }

  /// Where the content of a stored member lies in the file, to be read in place.
  ///
  /// Throws if the member is packed or encrypted. The CRC-32 is not compared here; see ``verify(_:)``.
  public func range(ofStored entry: ZipEntry) throws(FileError) -> Range<Int> {
    guard entry.method == .stored, !entry.isEncrypted else {
      throw FileError(
        file: source.file, at: .key(entry.name), problem: "the member is packed and cannot be read in place",
        help: "unpack it, or write the archive with stored members")
    }
    return entry.dataRange
  }

  /// The content of a member as a stream, which compares size and CRC-32 when its end is reached.
  public func stream(of entry: ZipEntry) throws(FileError) -> any ByteStream {
    try ZipEntryStream(entry, source)
  }

  /// The content of a member.
  ///
  /// Throws if it is damaged or encrypted, packed by an unknown method, or has more than `limit` bytes.
  public func bytes(of entry: ZipEntry, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
    guard entry.size <= limit || entry.method == .stored else {
      throw FileError(
        file: source.file, at: .key(entry.name), problem: "has \(entry.size) bytes, more than the limit of \(limit)",
        help: "raise the limit if you trust the file")
    }
    let likely = entry.compressedSize.multipliedReportingOverflow(by: 4)
    let hint = likely.overflow ? entry.size : min(entry.size, likely.partialValue)
    return try stream(of: entry).readAll(limit: max(entry.size, 0), reserving: hint)
  }

  /// Reads a member through and compares its size and CRC-32. Throws if they differ.
  public func verify(_ entry: ZipEntry) throws(FileError) {
    try stream(of: entry).forEachChunk { _ throws(FileError) in }
  }
}

/// The content of a member, which is compared with what the directory says of it.
private final class ZipEntryStream: ByteStream {
  let file: String
  private let entry: ZipEntry
  private let content: any ByteStream
  private let inflated: InflateStream?
  private var count = 0
  private var crc: UInt32 = 0

  init(_ entry: ZipEntry, _ source: any ByteSource) throws(FileError) {
    self.entry = entry
    file = source.file
    guard !entry.isEncrypted else {
      throw FileError(
        file: file, at: .key(entry.name), problem: "the member is encrypted", help: "unpack it with its password first")
    }
    let raw = try SourceStream(source, in: entry.dataRange)
    switch entry.method {
    case .stored:
      inflated = nil
      content = raw
    case .deflated:
      let stream = try InflateStream(raw)
      inflated = stream
      content = stream
    case .other(let number):
      throw FileError(
        file: file, at: .key(entry.name), problem: "the member is packed by method \(number), which is not supported",
        help: "pack the archive anew with deflate: zip -Z deflate")
    }
  }

  private func damaged(_ problem: String) -> FileError {
    FileError(file: file, at: .key(entry.name), problem: problem, help: "the file is damaged; get it again")
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    let made: Int
    do throws(FileError) { made = try content.read(into: buffer) } catch {
      // The stream counts from the member's start; what helps is the member's name.
      throw inflated == nil ? error : damaged(error.problem)
    }
    guard made > 0 else {
      try finish()
      return 0
    }
    count += made
    guard count <= entry.size else { throw damaged("unpacks to more than the \(entry.size) bytes it claims") }
    crc = crc32(crc, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<made]))
    return made
  }

  private func finish() throws(FileError) {
    guard count == entry.size else { throw damaged("has \(count) bytes where \(entry.size) are claimed") }
    if let inflated, inflated.compressedCount != entry.compressedSize {
      throw damaged("only \(inflated.compressedCount) of its \(entry.compressedSize) packed bytes are used")
    }
    guard crc == entry.crc32 else {
      throw damaged("its CRC-32 is \(hex8(crc)), the archive says \(hex8(entry.crc32))")
    }
  }
}
