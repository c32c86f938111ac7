/// A digest that is fed piece by piece: ``SHA256`` or ``SHA1``.
public protocol Checksum: Sendable {
  /// The digest of nothing yet.
  init()
  /// Name of the algorithm, as "SHA-256".
  static var name: String { get }
  /// Adds bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer)
  /// The digest of all bytes so far; more may be added afterwards.
  var digest: [UInt8] { get }
}

extension Checksum {
  /// The digest of all bytes so far in lower-case hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Adds bytes.
  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The digest of `bytes` in hexadecimal digits.
  public static func hex(of bytes: [UInt8]) -> String {
    var checksum = Self()
    checksum.update(bytes)
    return checksum.hex
  }

  /// The digest of all that `stream` gives, in hexadecimal digits.
  public static func hex(of stream: any ByteStream) throws(FileError) -> String {
    var checksum = Self()
    try stream.forEachChunk { piece throws(FileError) in checksum.update(piece) }
    return checksum.hex
  }

  /// The digest of the file at `path` in hexadecimal digits. Throws if the file cannot be read.
  public static func hex(path: String) throws(FileError) -> String {
    try hex(of: SourceStream(MappedFile(path)))
  }
}

/// Collects bytes to blocks of 64 and pads the last one, as SHA-1 and SHA-256 both want it (FIPS 180-4, section 5.1.1).
struct BlockBuffer: Sendable {
  private var partial: [UInt8] = []
  private var count: UInt64 = 0

  /// Adds bytes and calls `compress` with runs of whole blocks.
  mutating func update(_ bytes: UnsafeRawBufferPointer, compress: (UnsafeRawBufferPointer) -> Void) {
    var rest = bytes
    count &+= UInt64(bytes.count)
    if !partial.isEmpty {
      let taken = rest.prefix(64 - partial.count)
      partial.append(contentsOf: taken)
      rest = UnsafeRawBufferPointer(rebasing: rest[taken.count...])
      guard partial.count == 64 else { return }
      partial.withUnsafeBytes(compress)
      partial.removeAll(keepingCapacity: true)
    }
    let whole = rest.count & ~63
    if whole > 0 { compress(UnsafeRawBufferPointer(rebasing: rest[..<whole])) }
    partial.append(contentsOf: rest[whole...])
  }

  /// Calls `compress` with what is left, padded.
  func finish(compress: (UnsafeRawBufferPointer) -> Void) {
    var last = partial
    last.append(0x80)
    while last.count & 63 != 56 { last.append(0) }
    let bits = count &* 8
    for shift in stride(from: UInt64(56), through: 0, by: -8) { last.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    last.withUnsafeBytes(compress)
  }
}

/// `value` with its bits moved left by `count`, those that leave entering on the right.
@inline(__always)
func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 { (value &<< count) | (value &>> (32 &- count)) }

func bigEndianBytes(_ words: [UInt32]) -> [UInt8] {
  words.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
}
