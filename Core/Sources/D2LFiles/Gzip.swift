import CZlib

/// Gzip files (RFC 1952) as a whole; see ``GzipStream`` for reading piece by piece.
///
/// ```swift
/// let idx = try Gzip.decompress(path: "train-labels-idx1-ubyte.gz")
/// try writeAtomically(Gzip.compress(idx), to: "copy.gz")
/// ```
public enum Gzip {
  /// Largest unpacked content unless the caller says otherwise: 1 GiB.
  public static let defaultLimit = 1 << 30

  /// The version of zlib in use.
  public static var libraryVersion: String { zlibVersion().map { String(cString: $0) } ?? "unknown" }

  /// The unpacked content of the file at `path`.
  ///
  /// Throws if the file cannot be read, is not gzip, is damaged or cut off, or unpacks to more than `limit` bytes.
  public static func decompress(path: String, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
    try decompress(MappedFile(path), limit: limit)
  }

  /// The unpacked content of gzip data in memory; `file` names it in messages.
  public static func decompress(
    _ bytes: [UInt8], file: String = "gzip data", limit: Int = defaultLimit
  ) throws(FileError) -> [UInt8] {
    try decompress(MemoryFile(bytes, file: file), limit: limit)
  }

  /// The unpacked content of a source.
  public static func decompress(
    _ source: any ByteSource, limit: Int = defaultLimit
  ) throws(FileError) -> [UInt8] {
    let stream = try GzipStream(SourceStream(source), limit: limit)
    // The last four bytes claim the length; it is a hint for the allocation, within what the input's size makes likely.
    let claim = source.count >= 18 ? Int(try source.integer(UInt32.self, at: source.count - 4)) : 0
    let likely = source.count.multipliedReportingOverflow(by: 4)
    let hint = likely.overflow ? claim : min(claim, likely.partialValue)
    return try stream.readAll(limit: limit, reserving: min(hint, limit))
  }

  /// `bytes` as a gzip file of one member, without name and time, so that equal contents give equal files.
  ///
  /// - Parameters:
  ///   - bytes: the content.
  ///   - level: effort from 0 (only stored) to 9.
  public static func compress(_ bytes: [UInt8], level: Int = 6) throws(FileError) -> [UInt8] {
    var result: [UInt8] = []
    try compress(SourceStream(MemoryFile(bytes)), level: level) { piece throws(FileError) in
      result.append(contentsOf: piece)
    }
    return result
  }

  /// Packs a stream piece by piece and hands what comes out to `sink`, as to ``AtomicFile``'s `write`.
  public static func compress(
    _ stream: any ByteStream, level: Int = 6, to sink: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    let deflater = try Deflater(.gzip, level: level, file: stream.file)
    try stream.forEachChunk { piece throws(FileError) in try deflater.write(piece, to: sink) }
    try deflater.finish(to: sink)
  }
}

/// Raw deflate data (RFC 1951) as a whole, as it stands inside zip and PNG; see ``InflateStream`` for streaming.
public enum Deflate {
  /// Unpacks `bytes`. Throws if they are damaged, cut off, followed by others, or unpack to more than `limit` bytes.
  public static func decompress(
    _ bytes: [UInt8], file: String = "deflate data", limit: Int
  ) throws(FileError) -> [UInt8] {
    let stream = try InflateStream(SourceStream(MemoryFile(bytes, file: file)))
    let result = try stream.readAll(limit: limit)
    guard stream.compressedCount == bytes.count else {
      throw FileError(
        file: file, at: .byte(stream.compressedCount),
        problem: "\(bytes.count - stream.compressedCount) bytes follow the end of the compressed data")
    }
    return result
  }

  /// Packs `bytes`.
  public static func compress(_ bytes: [UInt8], level: Int = 6) throws(FileError) -> [UInt8] {
    var result: [UInt8] = []
    let deflater = try Deflater(.none, level: level, file: "bytes in memory")
    let sink: (UnsafeRawBufferPointer) throws(FileError) -> Void = { result.append(contentsOf: $0) }
    try SourceStream(MemoryFile(bytes)).forEachChunk { piece throws(FileError) in
      try deflater.write(piece, to: sink)
    }
    try deflater.finish(to: sink)
    return result
  }
}
