/// What is known of a file before it is there: its size and its checksums, each only if published.
public struct Fingerprint: Hashable, Sendable {
  /// Number of bytes.
  public var size: Int?
  /// SHA-256 in hexadecimal digits; the first of them, eight at least, where the publisher gives no more (PyTorch's file names).
  public var sha256: String?
  /// SHA-1 in hexadecimal digits, for files whose publisher gives no better sum.
  public var sha1: String?

  /// What is known; nil stands for what is not.
  public init(size: Int? = nil, sha256: String? = nil, sha1: String? = nil) {
    self.size = size
    self.sha256 = sha256
    self.sha1 = sha1
  }

  /// Whether a checksum is known, so that damage cannot go unnoticed.
  public var hasSum: Bool { sha256 != nil || sha1 != nil }

  /// Reads `stream` to its end and throws if it is not the file: another size or another sum, both of which are named.
  ///
  /// - Parameters:
  ///   - stream: what is read.
  ///   - name: stands for the file in the message, if not the stream's own.
  public func verify(_ stream: any ByteStream, name: String? = nil) throws(FileError) {
    var count = 0
    var sha256Sum = sha256.map { _ in SHA256() }
    var sha1Sum = sha256 == nil ? sha1.map { _ in SHA1() } : nil
    try stream.forEachChunk { piece throws(FileError) in
      count += piece.count
      sha256Sum?.update(piece)
      sha1Sum?.update(piece)
      if let size, count > size {
        throw mismatch(name ?? stream.file, "it has more than the expected \(size) bytes")
      }
    }
    if let size, count != size { throw mismatch(name ?? stream.file, "it has \(count) bytes, expected are \(size)") }
    for (algorithm, found, expected) in [
      (SHA256.name, sha256Sum?.hex, sha256), (SHA1.name, sha1Sum?.hex, sha1),
    ] {
      guard let found, let expected else { continue }
      // Fewer digits than eight would let too much pass.
      if expected.count >= 8 && found.hasPrefix(expected.lowercased()) { continue }
      let more = expected.count < found.count ? "…" : ""
      throw mismatch(name ?? stream.file, "its \(algorithm) is \(found), expected is \(expected.lowercased())\(more)")
    }
  }

  /// Reads the file at `path` and throws if it is not the one meant.
  public func verify(path: String) throws(FileError) {
    let file = try MappedFile(path)
    if let size, file.count != size { throw mismatch(path, "it has \(file.count) bytes, expected are \(size)") }
    try verify(SourceStream(file))
  }

  private func mismatch(_ file: String, _ reason: String) -> FileError {
    FileError(
      file: file, problem: "not the expected file: " + reason, help: "it is damaged or another version; get it again")
  }
}
