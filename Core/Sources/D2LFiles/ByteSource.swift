/// Bytes that can be read at any offset: a file (``MappedFile``) or an array (``MemoryFile``).
///
/// Every read is checked against `count` before anything is allocated or touched.
public protocol ByteSource: Sendable {
  /// Path or name for messages.
  var file: String { get }
  /// Number of bytes.
  var count: Int { get }
  /// Copies the bytes from `offset` on, exactly as many as `buffer` takes.
  ///
  /// Throws if they reach past the end, or if the file became shorter in the meantime.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError)
}

extension ByteSource {
  /// Checks that `length` bytes from `offset` on are inside, whatever the numbers, and returns their range.
  ///
  /// - Parameters:
  ///   - offset: where they begin.
  ///   - length: how many they are.
  ///   - what: names the bytes in the message, as "the header".
  @discardableResult
  public func checkedRange(at offset: Int, count length: Int, of what: String = "the data") throws(FileError) -> Range<
    Int
  > {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else {
      throw FileError(
        file: file, at: .byte(offset),
        problem: "\(what) would take \(length) bytes from here, but the file has \(count) bytes",
        help: "the file is cut off or damaged; get it again")
    }
    return offset..<(offset + length)
  }

  /// Checks that `range` is inside; unlike `range.count`, this cannot overflow.
  func check(_ range: Range<Int>) throws(FileError) {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw FileError(
        file: file, at: .byte(range.lowerBound),
        problem: "the bytes \(range) are wanted, but the file has \(count) bytes",
        help: "the file is cut off or damaged; get it again")
    }
  }

  /// A copy of the bytes in `range`.
  public func bytes(in range: Range<Int>) throws(FileError) -> [UInt8] {
    try check(range)
    return try makeBytes(capacity: range.count) { buffer throws(FileError) in
      let exact = UnsafeMutableRawBufferPointer(rebasing: buffer[..<range.count])
      try read(at: range.lowerBound, into: exact)
      return range.count
    }
  }

  /// A copy of all bytes.
  public func allBytes() throws(FileError) -> [UInt8] { try bytes(in: 0..<count) }

  /// The integer at `offset`.
  public func integer<T: FixedWidthInteger>(
    _ type: T.Type = T.self, at offset: Int, _ order: ByteOrder = .little
  ) throws(FileError) -> T {
    try checkedRange(at: offset, count: T.bitWidth / 8, of: "a number of type \(T.self)")
    var value = T.zero
    let result = withUnsafeMutableBytes(of: &value) { buffer -> Result<T, FileError> in
      do throws(FileError) {
        try read(at: offset, into: buffer)
        return .success(T(UnsafeRawBufferPointer(buffer), order))
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// The 32-bit floating-point number at `offset`.
  public func float(at offset: Int, _ order: ByteOrder = .little) throws(FileError) -> Float {
    Float(bitPattern: try integer(at: offset, order))
  }

  /// The 64-bit floating-point number at `offset`.
  public func double(at offset: Int, _ order: ByteOrder = .little) throws(FileError) -> Double {
    Double(bitPattern: try integer(at: offset, order))
  }
}

/// Bytes in memory under the name of the file that they stand for.
public struct MemoryFile: ByteSource {
  /// Name for messages.
  public let file: String
  /// The content.
  public let content: [UInt8]

  /// Bytes named `file`.
  public init(_ content: [UInt8], file: String = "bytes in memory") {
    self.file = file
    self.content = content
  }

  /// Number of bytes.
  public var count: Int { content.count }

  /// Copies bytes; see ``ByteSource``.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    let range = try checkedRange(at: offset, count: buffer.count)
    content.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}
