/// A header block of a tar archive (POSIX.1-2001 ustar, with GNU's base-256 numbers).
struct TarHeader {
  static let blockSize = 512

  var name: String
  var size: Int
  var type: UInt8

  /// Reads the block that lies at `offset` of `file`. Throws if its checksum or a number in it is wrong.
  init(_ block: [UInt8], file: String, offset: Int) throws(FileError) {
    func error(_ problem: String) -> FileError {
      FileError(file: file, at: .byte(offset), problem: problem, help: "the file is damaged or not a tar archive")
    }
    guard let sum = Self.octal(block[148..<156]) else { throw error("a tar header has no checksum") }
    // The checksum counts its own field as spaces; some old writers summed signed bytes.
    var unsigned = 0
    var signed = 0
    for (index, byte) in block.enumerated() {
      let byte = (148..<156).contains(index) ? 32 : byte
      unsigned += Int(byte)
      signed += Int(Int8(bitPattern: byte))
    }
    guard sum == unsigned || sum == signed else {
      throw error("a tar header is damaged: its checksum is \(sum), its content gives \(unsigned)")
    }
    guard let size = Self.number(block[124..<136]) else { throw error("the size in a tar header does not make sense") }
    self.size = size
    type = block[156]
    name = Self.text(block[0..<100])
    // Only POSIX's own flavour has the prefix; GNU uses the place otherwise.
    if Array(block[257..<263]) == Array("ustar\0".utf8), block[345] != 0 {
      name = Self.text(block[345..<500]) + "/" + name
    }
  }

  /// Text up to the first zero byte; bytes that are not UTF-8 are taken as Latin-1.
  static func text(_ field: ArraySlice<UInt8>) -> String {
    let bytes = field.prefix { $0 != 0 }
    return String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// Octal digits among spaces and zero bytes; an empty field is 0.
  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
    var value = 0
    for digit in digits {
      guard (48...55).contains(digit) else { return nil }
      value = value << 3 | Int(digit - 48)
    }
    return value
  }

  /// A number in octal digits or, with the first bit set, in base 256. Negative and too large ones are nil.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first, first & 0x80 != 0 else { return octal(field) }
    guard first == 0x80 else { return nil }
    var value: UInt64 = 0
    for byte in field.dropFirst() {
      guard value >> 55 == 0 else { return nil }
      value = value << 8 | UInt64(byte)
    }
    return Int(exactly: value)
  }
}
