@testable import D2LFiles

/// Makes the checksums in damaged files right, as far as their structure can still be followed.
enum Checksums {
  /// Local and central headers of a zip archive: the sum of what lies behind each local header.
  static func repairZip(_ bytes: inout [UInt8]) {
    guard bytes.count > ZipFormat.centralHeaderSize else { return }
    for start in 0...(bytes.count - ZipFormat.centralHeaderSize) where bytes[start] == 0x50 {
      guard number(bytes, start, 4) == Int(ZipFormat.centralHeader) else { continue }
      let local = number(bytes, start + 42, 4)
      guard local + ZipFormat.localHeaderSize <= bytes.count, number(bytes, local, 4) == Int(ZipFormat.localHeader)
      else {
        continue
      }
      let data = local + ZipFormat.localHeaderSize + number(bytes, local + 26, 2) + number(bytes, local + 28, 2)
      // In zip64 archives the sizes are in extra fields; the ones written here have both.
      var packed = number(bytes, start + 20, 4)
      if packed == 0xffff_ffff {
        let extra = start + ZipFormat.centralHeaderSize + number(bytes, start + 28, 2) + 4
        packed = extra + 16 <= bytes.count ? number(bytes, extra + 8, 4) : 0
      }
      guard data <= bytes.count, packed <= bytes.count - data else { continue }
      var content = Array(bytes[data..<(data + packed)])
      if number(bytes, start + 10, 2) == 8 {
        guard let unpacked = try? Deflate.decompress(content, limit: 1 << 20) else { continue }
        content = unpacked
      }
      let sum = content.withUnsafeBytes { crc32(0, $0) }
      put(Int(sum), 4, &bytes, start + 16)
      put(Int(sum), 4, &bytes, local + 14)
    }
  }

  /// The chunks of a PNG.
  static func repairPNG(_ bytes: inout [UInt8]) {
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - start - 12 else { return }
      let end = start + 8 + length
      let sum = bytes.withUnsafeBytes { crc32(0, UnsafeRawBufferPointer(rebasing: $0[(start + 4)..<end])) }
      for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
      start = end + 4
    }
  }

  /// The trailer of a gzip file of one member with the usual header of ten bytes.
  static func repairGzip(_ bytes: inout [UInt8]) {
    guard bytes.count > 18, bytes[0] == 0x1f, bytes[1] == 0x8b, bytes[3] == 0 else { return }
    let packed = Array(bytes[10..<(bytes.count - 8)])
    guard let content = try? Deflate.decompress(packed, limit: 1 << 20) else { return }
    put(Int(content.withUnsafeBytes { crc32(0, $0) }), 4, &bytes, bytes.count - 8)
    put(content.count, 4, &bytes, bytes.count - 4)
  }

  /// The headers of a tar archive, which are taken to be where the one before says that its content ends.
  static func repairTar(_ bytes: inout [UInt8]) {
    var start = 0
    while start + TarHeader.blockSize <= bytes.count {
      let block = Array(bytes[start..<(start + TarHeader.blockSize)])
      guard block.contains(where: { $0 != 0 }) else { return }
      let sum = block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
      let digits = String(sum, radix: 8)
      let field = Array((String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "\0 ").utf8)
      bytes.replaceSubrange((start + 148)..<(start + 156), with: field)
      guard let header = try? TarHeader(Array(bytes[start..<(start + TarHeader.blockSize)]), file: "", offset: start),
        header.size <= bytes.count
      else { return }
      start += TarHeader.blockSize * (1 + (header.size + TarHeader.blockSize - 1) / TarHeader.blockSize)
    }
  }

  private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
    bytes[start..<(start + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private static func put(_ value: Int, _ count: Int, _ bytes: inout [UInt8], _ start: Int) {
    for index in 0..<count { bytes[start + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }
}
