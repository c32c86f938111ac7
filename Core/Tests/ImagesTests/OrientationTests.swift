import D2LImages
import Testing

@Suite struct OrientationTests {
  /// An EXIF block with a software tag before the orientation.
  private func block(_ orientation: UInt16, bigEndian: Bool) -> [UInt8] {
    func digits(_ value: Int, _ bytes: Int) -> [UInt8] {
      let little = (0..<bytes).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
      return bigEndian ? little.reversed() : little
    }
    var block = Array((bigEndian ? "MM" : "II").utf8) + digits(42, 2) + digits(8, 4) + digits(2, 2)
    block += digits(0x0131, 2) + digits(2, 2) + digits(4, 4) + Array("d2l\0".utf8)
    block += digits(0x0112, 2) + digits(3, 2) + digits(1, 4) + digits(Int(orientation), 2) + [0, 0]
    return block + digits(0, 4)
  }

  /// A JPEG file with the block in it.
  private func file(_ image: Image, exif: [UInt8]) throws -> [UInt8] {
    let plain = try image.encoded(as: .jpeg(quality: 100, subsampling: .s444))
    let payload = Array("Exif\0\0".utf8) + exif
    let length = payload.count + 2
    return plain.prefix(2) + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + payload + plain.dropFirst(2)
  }

  private func orientation(_ exif: [UInt8]) -> ImageOrientation? {
    exif.withUnsafeBytes { ImageOrientation(exif: $0) }
  }

  @Test func bothByteOrders() {
    for wanted in ImageOrientation.allCases {
      for bigEndian in [false, true] {
        #expect(orientation(block(UInt16(wanted.rawValue), bigEndian: bigEndian)) == wanted)
      }
    }
    #expect(orientation(block(0, bigEndian: true)) == nil)
    #expect(orientation(block(9, bigEndian: false)) == nil)
  }

  /// Pillow's ImageOps.exif_transpose of the rows 1 2 3 / 4 5 6.
  @Test func everyOrientation() {
    let picture = Image(width: 3, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6])
    let wanted: [[UInt8]] = [
      [1, 2, 3, 4, 5, 6], [3, 2, 1, 6, 5, 4], [6, 5, 4, 3, 2, 1], [4, 5, 6, 1, 2, 3],
      [1, 4, 2, 5, 3, 6], [4, 1, 5, 2, 6, 3], [6, 3, 5, 2, 4, 1], [3, 6, 2, 5, 1, 4],
    ]
    for orientation in ImageOrientation.allCases {
      let image = picture.upright(from: orientation)
      #expect(image.pixels == wanted[orientation.rawValue - 1], "\(orientation)")
      #expect(image.width == (orientation.rawValue > 4 ? 2 : 3), "\(orientation)")
    }
  }

  @Test func decodingTurnsThePicture() throws {
    let image = slopes(width: 24, height: 16, channels: 3)
    let plain = try Image(decoding: image.encoded(as: .jpeg(quality: 100, subsampling: .s444)))
    for orientation in ImageOrientation.allCases {
      let bytes = try file(image, exif: block(UInt16(orientation.rawValue), bigEndian: true))
      #expect(try ImageHeader(decoding: bytes).orientation == orientation)
      #expect(try Image(decoding: bytes) == plain.upright(from: orientation))
      #expect(try Image(decoding: bytes, options: ImageDecodingOptions(appliesOrientation: false)) == plain)
    }
  }

  @Test func damagedBlocksAreUpright() throws {
    let whole = block(6, bigEndian: false)
    for length in 0..<whole.count { _ = orientation(Array(whole.prefix(length))) }
    #expect(orientation(Array(whole.prefix(30))) == nil)
    // Directory, count and type out of bounds.
    for (offset, value) in [(4, UInt8(0xFF)), (7, 0xFF), (24, 5), (26, 2), (2, 43), (0, 0)] {
      var copy = whole
      copy[offset] = value
      #expect(orientation(copy) == nil, "byte \(offset)")
    }
    // A count of entries beyond the block does not keep the orientation from being found.
    var long = whole
    long[8] = 0xFF
    #expect(orientation(long) == .right)
    let image = slopes(width: 8, height: 8, channels: 1)
    #expect(try ImageHeader(decoding: file(image, exif: [])).orientation == .up)
  }

  @Test func randomBlocksAreReadInBounds() {
    var generator = SeededGenerator(seed: 3)
    let whole = block(6, bigEndian: true)
    for _ in 0..<20_000 {
      var copy = Array(whole.prefix(Int.random(in: 8...whole.count, using: &generator)))
      for _ in 0..<3 {
        copy[Int.random(in: 2..<copy.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = orientation(copy)
    }
  }
}
