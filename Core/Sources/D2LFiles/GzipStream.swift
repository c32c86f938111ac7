/// What a gzip member says of itself (RFC 1952, section 2.3).
public struct GzipHeader: Hashable, Sendable {
  /// Name of the file before it was packed, if it is told.
  public var name: String?
  /// A remark, if there is one.
  public var comment: String?
  /// Seconds since 1970 of the last change; 0 if it is not told.
  public var modified: UInt32 = 0
}

/// A gzip file (RFC 1952), unpacked as it is read.
///
/// Members behind one another give their contents joined, as the format demands. The CRC-32 and the length of each
/// member are compared, its header is checked, and anything behind the last member other than zero bytes (padding of
/// tapes) is an error.
public final class GzipStream: ByteStream {
  /// Name of the compressed stream.
  public var file: String { input.stream.file }
  /// Header of the member read last; nil before the first read.
  public private(set) var header: GzipHeader?

  private let input: BufferedInput
  private let body: InflateStream
  private let limit: Int
  private var total = 0
  private var memberCount = 0
  private var crc: UInt32 = 0
  private var isInMember = false
  private var isFinished = false

  /// Unpacks `stream`, at most `limit` bytes of it: a small file can hold a thousand times its size.
  public init(_ stream: any ByteStream, limit: Int = Gzip.defaultLimit) throws(FileError) {
    input = BufferedInput(stream)
    body = try InflateStream(input)
    self.limit = limit
  }

  /// Unpacks the file at `path`, at most `limit` bytes.
  public convenience init(path: String, limit: Int = Gzip.defaultLimit) throws(FileError) {
    try self.init(SourceStream(MappedFile(path)), limit: limit)
  }

  /// Reads on. Throws if the data is damaged, ends too early, or unpacks to more than the limit.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    while !isFinished {
      if !isInMember {
        guard try beginMember() else { break }
      }
      let count = try body.read(into: buffer)
      guard count > 0 else {
        try endMember()
        continue
      }
      total += count
      memberCount &+= count
      guard total <= limit else {
        throw FileError(
          file: file, problem: "unpacks to more than the limit of \(limit) bytes",
          help: "raise the limit if you trust the file")
      }
      crc = crc32(crc, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
      return count
    }
    return 0
  }

  // MARK: Members

  /// Reads the header of the next member; false if there is none.
  private func beginMember() throws(FileError) -> Bool {
    let start = input.offset
    guard let first = try input.byte() else {
      guard header != nil else {
        throw FileError(file: file, problem: "not a gzip file: it is empty", help: "get the file again")
      }
      isFinished = true
      return false
    }
    if first == 0, header != nil {
      try skipPadding(from: start)
      isFinished = true
      return false
    }
    let second = try input.byte()
    guard first == 0x1f, second == 0x8b else {
      if header == nil {
        let found = [first, second ?? 0].map { String($0, radix: 16) }.joined(separator: " ")
        throw FileError(
          file: file, at: .byte(start), problem: "not a gzip file: it begins with the bytes \(found), not 1f 8b",
          help: "check that this is the right file and that it is still packed")
      }
      throw garbage(at: start)
    }
    header = try readHeader(from: start)
    body.restart()
    crc = 0
    memberCount = 0
    isInMember = true
    return true
  }

  private func skipPadding(from start: Int) throws(FileError) {
    while let byte = try input.byte() {
      guard byte == 0 else { throw garbage(at: input.offset - 1) }
    }
  }

  private func garbage(at offset: Int) -> FileError {
    FileError(
      file: file, at: .byte(offset), problem: "something that is not gzip follows the compressed data",
      help: "get the file again")
  }

  /// The fields behind the magic number, which is already read.
  private func readHeader(from start: Int) throws(FileError) -> GzipHeader {
    var sum = crc32(of: [0x1f, 0x8b], 0)
    func next() throws(FileError) -> UInt8 {
      guard let byte = try input.byte() else {
        throw FileError(
          file: file, at: .byte(input.offset), problem: "the gzip header ends too early",
          help: "the file is cut off; get it again")
      }
      sum = crc32(of: [byte], sum)
      return byte
    }
    func next16() throws(FileError) -> UInt16 { UInt16(try next()) | UInt16(try next()) << 8 }
    func text() throws(FileError) -> String {
      var bytes: [UInt8] = []
      while true {
        let byte = try next()
        if byte == 0 { break }
        guard bytes.count < 4096 else {
          throw FileError(
            file: file, at: .byte(input.offset),
            problem: "a name or comment in the gzip header is longer than 4096 bytes",
            help: "get the file again")
        }
        bytes.append(byte)
      }
      // RFC 1952 says Latin-1; what packers write today is UTF-8.
      return String(validating: bytes, as: UTF8.self)
        ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    let method = try next()
    guard method == 8 else {
      throw FileError(
        file: file, at: .byte(start + 2), problem: "the gzip header names compression method \(method); only 8 exists",
        help: "get the file again")
    }
    let flags = try next()
    guard flags & 0xe0 == 0 else {
      throw FileError(
        file: file, at: .byte(start + 3), problem: "the gzip header has reserved flags set (\(flags))",
        help: "get the file again")
    }
    var result = GzipHeader()
    result.modified = UInt32(try next16()) | UInt32(try next16()) << 16
    _ = try next16()  // Effort of the packer and its operating system: of no use to a reader.
    if flags & 4 != 0 {
      for _ in 0..<(try next16()) { _ = try next() }
    }
    if flags & 8 != 0 { result.name = try text() }
    if flags & 16 != 0 { result.comment = try text() }
    if flags & 2 != 0 {
      let expected = UInt16(truncatingIfNeeded: sum)
      let place = input.offset
      let found = try next16()
      guard found == expected else {
        throw FileError(
          file: file, at: .byte(place),
          problem: "the gzip header is damaged: its check is \(found), its content gives \(expected)",
          help: "get the file again")
      }
    }
    return result
  }

  /// Compares the trailer of a member with what was unpacked.
  private func endMember() throws(FileError) {
    let start = input.offset
    var fields: [UInt32] = []
    for _ in 0..<2 {
      var field: UInt32 = 0
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        guard let byte = try input.byte() else {
          throw FileError(
            file: file, at: .byte(input.offset), problem: "the checksum at the end is cut off",
            help: "the file is cut off; get it again")
        }
        field |= UInt32(byte) << shift
      }
      fields.append(field)
    }
    guard fields[0] == crc else {
      throw FileError(
        file: file, at: .byte(start),
        problem: "the content is damaged: its CRC-32 is \(hex8(crc)), the file says \(hex8(fields[0]))",
        help: "get the file again")
    }
    guard fields[1] == UInt32(truncatingIfNeeded: memberCount) else {
      throw FileError(
        file: file, at: .byte(start + 4),
        problem: "the content is damaged: it has \(memberCount) bytes, the file says \(fields[1]) (modulo 2^32)",
        help: "get the file again")
    }
    isInMember = false
  }
}

private func crc32(of bytes: [UInt8], _ value: UInt32) -> UInt32 {
  bytes.withUnsafeBytes { crc32(value, $0) }
}
