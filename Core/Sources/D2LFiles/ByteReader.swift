/// A cursor over the bytes of a source: checked integers, floats, strings and arrays, one after the other.
///
/// Reads pass through a small buffer, so that parsing integer by integer is quick and a file that is cut in
/// the meantime gives an error and no crash. Every error carries the absolute offset.
///
/// ```swift
/// var reader = ByteReader(try MappedFile("labels.idx"))
/// let magic: UInt32 = try reader.integer(.big)
/// let count = try reader.count(UInt32.self, .big, elementSize: 1, of: "labels")
/// let labels = try reader.bytes(count)
/// ```
public struct ByteReader: Sendable {
  /// Where the bytes come from.
  public let source: any ByteSource
  /// The part of the source that may be read.
  public let range: Range<Int>
  /// Absolute offset of the next byte.
  public private(set) var offset: Int

  private var buffer: [UInt8] = []
  private var bufferStart = 0

  /// A cursor over all of `source`.
  public init(_ source: any ByteSource) {
    self.source = source
    self.range = 0..<source.count
    self.offset = 0
  }

  /// A cursor over `range` of `source`. Throws if the range is not inside.
  public init(_ source: any ByteSource, in range: Range<Int>) throws(FileError) {
    try source.check(range)
    self.source = source
    self.range = range
    self.offset = range.lowerBound
  }

  /// A cursor over bytes in memory; `file` names them in messages.
  public init(_ bytes: [UInt8], file: String = "bytes in memory") {
    self.init(MemoryFile(bytes, file: file))
  }

  /// Number of bytes not yet read.
  public var remaining: Int { range.upperBound - offset }
  /// Whether everything is read.
  public var isAtEnd: Bool { remaining == 0 }

  /// An error at the current offset, for parsers built on this reader.
  public func error(_ problem: String, at place: Int? = nil, help: String? = nil) -> FileError {
    FileError(file: source.file, at: .byte(place ?? offset), problem: problem, help: help)
  }

  private func need(_ count: Int, _ what: @autoclosure () -> String) throws(FileError) {
    guard count >= 0, count <= remaining else {
      throw error(
        "\(what()) would take \(count) bytes, but only \(remaining) are left",
        help: "the file is cut off or damaged; get it again")
    }
  }

  /// Index in `buffer` of the byte at `offset`, after making sure that `count` (at most a few thousand) bytes follow.
  private mutating func buffered(_ count: Int) throws(FileError) -> Int {
    let position = offset - bufferStart
    if position >= 0, position + count <= buffer.count { return position }
    let size = max(count, min(1 << 16, remaining))
    buffer = try source.bytes(in: offset..<(offset + size))
    bufferStart = offset
    return 0
  }

  // MARK: Numbers

  /// The next byte.
  public mutating func byte() throws(FileError) -> UInt8 {
    try need(1, "a byte")
    let position = try buffered(1)
    offset += 1
    return buffer[position]
  }

  /// The next byte, which stays unread; nil at the end.
  public mutating func peek() throws(FileError) -> UInt8? {
    guard remaining > 0 else { return nil }
    return buffer[try buffered(1)]
  }

  // Called across modules, unspecialised generic code is four times slower; these are the types that files have.
  /// The next integer.
  @_specialize(where T == UInt8)
  @_specialize(where T == UInt16)
  @_specialize(where T == UInt32)
  @_specialize(where T == UInt64)
  @_specialize(where T == Int32)
  @_specialize(where T == Int64)
  public mutating func integer<T: FixedWidthInteger>(
    _ type: T.Type = T.self, _ order: ByteOrder = .little
  ) throws(FileError) -> T {
    let size = T.bitWidth / 8
    try need(size, "a number of type \(T.self)")
    let position = try buffered(size)
    offset += size
    return buffer.withUnsafeBytes { T(UnsafeRawBufferPointer(rebasing: $0[position..<(position + size)]), order) }
  }

  /// The next integer; `reader.integer(.big)` where the type is known from its use.
  public mutating func integer<T: FixedWidthInteger>(_ order: ByteOrder) throws(FileError) -> T {
    try integer(T.self, order)
  }

  /// The next 32-bit floating-point number.
  public mutating func float(_ order: ByteOrder = .little) throws(FileError) -> Float {
    Float(bitPattern: try integer(order))
  }

  /// The next 64-bit floating-point number.
  public mutating func double(_ order: ByteOrder = .little) throws(FileError) -> Double {
    Double(bitPattern: try integer(order))
  }

  /// A number of elements that a header claims, believed only if that many fit into the bytes that follow.
  ///
  /// - Parameters:
  ///   - type: the integer that the number is written as.
  ///   - order: of its bytes.
  ///   - elementSize: least number of bytes that one element takes.
  ///   - what: names the elements in the message.
  public mutating func count<T: FixedWidthInteger>(
    _ type: T.Type, _ order: ByteOrder = .little, elementSize: Int, of what: String
  ) throws(FileError) -> Int {
    let start = offset
    let value = try integer(type, order)
    guard let count = Int(exactly: value), count >= 0, elementSize >= 0,
      case let (size, overflow) = count.multipliedReportingOverflow(by: elementSize), !overflow, size <= remaining
    else {
      throw error(
        "the header claims \(value) \(what), but only \(remaining) bytes follow", at: start,
        help: "the file is cut off or damaged; get it again")
    }
    return count
  }

  // MARK: Runs of bytes

  /// The next `count` bytes.
  public mutating func bytes(_ count: Int) throws(FileError) -> [UInt8] {
    try need(count, "this field")
    let position = offset - bufferStart
    defer { offset += count }
    if position >= 0, position + count <= buffer.count { return Array(buffer[position..<(position + count)]) }
    if count <= 4096 {
      let start = try buffered(count)
      return Array(buffer[start..<(start + count)])
    }
    return try source.bytes(in: offset..<(offset + count))
  }

  /// Copies the next `buffer.count` bytes to `buffer`.
  public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    try need(buffer.count, "this field")
    try source.read(at: offset, into: buffer)
    offset += buffer.count
  }

  /// Passes over `count` bytes.
  public mutating func skip(_ count: Int) throws(FileError) {
    try need(count, "this field")
    offset += count
  }

  /// Moves to an absolute offset inside the range.
  public mutating func seek(to target: Int) throws(FileError) {
    guard target >= range.lowerBound, target <= range.upperBound else {
      throw error("an offset of \(target) lies outside \(range)", help: "the file is damaged; get it again")
    }
    offset = target
  }

  // MARK: Text

  /// The next `count` bytes as UTF-8 text. Throws if they are not.
  public mutating func string(_ count: Int) throws(FileError) -> String {
    let start = offset
    let raw = try bytes(count)
    guard let text = String(validating: raw, as: UTF8.self) else {
      throw error("these \(count) bytes are not UTF-8 text", at: start)
    }
    return text
  }

  /// Text preceded by its length in bytes.
  public mutating func string<T: FixedWidthInteger>(
    prefixedBy type: T.Type, _ order: ByteOrder = .little
  ) throws(FileError) -> String {
    try string(count(type, order, elementSize: 1, of: "bytes of text"))
  }

  /// Bytes preceded by their number.
  public mutating func bytes<T: FixedWidthInteger>(
    prefixedBy type: T.Type, _ order: ByteOrder = .little
  ) throws(FileError) -> [UInt8] {
    try bytes(count(type, order, elementSize: 1, of: "bytes"))
  }

  /// The bytes up to `terminator`, which is passed over and not part of the result.
  ///
  /// Throws if it does not come within `limit` bytes, or at all.
  public mutating func bytes(upTo terminator: UInt8, limit: Int = 1 << 20) throws(FileError) -> [UInt8] {
    let start = offset
    var result: [UInt8] = []
    while remaining > 0, result.count <= limit {
      let position = try buffered(1)
      if let end = buffer[position...].firstIndex(of: terminator) {
        result += buffer[position..<end]
        guard result.count <= limit else { break }
        offset = bufferStart + end + 1
        return result
      }
      result += buffer[position...].prefix(limit + 1)
      offset = min(bufferStart + buffer.count, range.upperBound)
    }
    let reached = offset - start
    offset = start
    throw error("no byte \(terminator) ends the field that begins here; \(min(reached, limit)) bytes were searched")
  }

  /// The UTF-8 text up to `terminator`, as in C strings (0) and lines (10).
  public mutating func string(upTo terminator: UInt8, limit: Int = 1 << 20) throws(FileError) -> String {
    let start = offset
    let raw = try bytes(upTo: terminator, limit: limit)
    guard let text = String(validating: raw, as: UTF8.self) else {
      throw error("this field is not UTF-8 text", at: start)
    }
    return text
  }
}
