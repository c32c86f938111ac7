import D2LFiles

/// The fields of a message of Protocol Buffers, one after the other.
///
/// Format: Protocol Buffers, "Encoding". A field is a number and a wire type in one varint, then a varint, eight or four bytes, or a length and that many
/// bytes: text, a message, or numbers packed together.
struct ProtobufReader {
  /// What follows a field's number.
  enum Value {
    case varint(UInt64)
    /// Eight or four bytes as a number.
    case fixed(UInt64)
    /// Where the bytes lie.
    case bytes(Range<Int>)
  }

  private(set) var reader: ByteReader

  /// The message that takes up `range` of `source`.
  init(_ source: any ByteSource, in range: Range<Int>) throws(FileError) {
    reader = try ByteReader(source, in: range)
  }

  var source: any ByteSource { reader.source }
  var isAtEnd: Bool { reader.isAtEnd }

  /// The next field; nil behind the last one.
  mutating func next() throws(FileError) -> (number: Int, value: Value)? {
    if reader.isAtEnd { return nil }
    let start = reader.offset
    let tag = try varint()
    let number = Int(tag >> 3)
    guard (1..<1 << 29).contains(number) else { throw damaged("a field with the number \(number)", at: start) }
    switch tag & 7 {
    case 0: return (number, .varint(try varint()))
    case 1: return (number, .fixed(try reader.integer(UInt64.self)))
    case 5: return (number, .fixed(UInt64(try reader.integer(UInt32.self))))
    case 2:
      let length = try varint()
      guard length <= UInt64(reader.remaining) else {
        throw damaged("a field of \(length) bytes where \(reader.remaining) are left", at: start)
      }
      let range = reader.offset..<reader.offset + Int(length)
      try reader.skip(Int(length))
      return (number, .bytes(range))
    default: throw damaged("a field of the unknown kind \(tag & 7)", at: start)
    }
  }

  /// The text of a field.
  func text(_ range: Range<Int>) throws(FileError) -> String {
    String(decoding: try source.bytes(in: range), as: UTF8.self)
  }

  /// A number without a field around it, as they are packed together.
  mutating func varint() throws(FileError) -> UInt64 {
    let start = reader.offset
    var value: UInt64 = 0
    for index in 0..<10 {
      let byte = try reader.byte()
      // The tenth byte has room for one bit.
      guard index < 9 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7f) << (7 * UInt64(index))
      if byte < 0x80 { return value }
    }
    throw damaged("a number of more than 64 bits", at: start)
  }

  func damaged(_ problem: String, at place: Int? = nil) -> FileError {
    reader.error("protobuf: " + problem, at: place, help: "the file is damaged; get it again")
  }
}
