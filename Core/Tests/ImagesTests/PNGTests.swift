import D2LImages
import Foundation
import Testing

@Suite struct PNGTests {
  @Test(arguments: 1...4, [0, 1, 6, 9])
  func everyChannelCountComesBack(channels: Int, compression: Int) throws {
    let image = noise(width: 37, height: 23, channels: channels)
    let bytes = try image.encoded(as: .png(compression: compression))
    #expect(try Image(decoding: bytes) == image)
    #expect(try Image16(decoding: bytes) == Image16(image))
  }

  @Test(arguments: 1...4)
  func sixteenBitsComeBack(channels: Int) throws {
    var generator = SeededGenerator(seed: 7)
    let samples = (0..<19 * 11 * channels).map { _ in UInt16.random(in: 0...65535, using: &generator) }
    let image = Image16(width: 19, height: 11, channels: channels, pixels: samples)
    let bytes = try image.pngBytes()
    #expect(try ImageHeader(decoding: bytes).bitDepth == 16)
    #expect(try Image16(decoding: bytes) == image)
    #expect(try Image(decoding: bytes) == Image(image))
  }

  @Test func compressionMakesSmaller() throws {
    let image = slopes(width: 200, height: 200, channels: 3)
    let sizes = try [0, 1, 9].map { try image.encoded(as: .png(compression: $0)).count }
    #expect(sizes[0] > 120_000 && sizes[1] < sizes[0] / 10 && sizes[2] < sizes[1])
  }

  @Test func compressionOutOfRangeIsNamed() {
    let image = noise(width: 2, height: 2, channels: 1)
    for level in [-1, 10] {
      let error = #expect(throws: ImageError.self) { try image.encoded(as: .png(compression: level)) }
      #expect(error?.problem.contains("compression \(level)") == true)
    }
  }

  @Test(arguments: 1...4)
  func requestedChannels(wanted: Int) throws {
    for stored in 1...4 {
      let image = noise(width: 9, height: 5, channels: stored, seed: UInt64(stored))
      let decoded = try Image(decoding: image.encoded(), options: ImageDecodingOptions(channels: wanted))
      #expect(decoded == image.converted(toChannels: wanted))
      #expect(decoded.channels == wanted)
    }
  }

  @Test func truncationIsNamedWithItsOffset() throws {
    let bytes = try noise(width: 64, height: 64, channels: 3).encoded()
    let error = #expect(throws: ImageError.self) { try Image(decoding: Array(bytes.prefix(bytes.count / 2))) }
    #expect(error?.reason == .damaged)
    #expect(error?.problem.contains("ends too early") == true)
    #expect(error?.offset == bytes.count / 2)
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try noise(width: 8, height: 8, channels: 3).encoded()
    for length in 0..<bytes.count {
      #expect(throws: ImageError.self, "\(length) of \(bytes.count) bytes") {
        try Image(decoding: Array(bytes.prefix(length)))
      }
    }
  }

  @Test func damagedSumIsRefused() throws {
    var bytes = try noise(width: 8, height: 8, channels: 3).encoded()
    bytes[60] ^= 1
    let error = #expect(throws: ImageError.self) { try Image(decoding: bytes) }
    #expect(error?.reason == .damaged)
  }

  @Test func hugeHeadersAreRefusedBeforeAllocation() throws {
    var bytes = try noise(width: 8, height: 8, channels: 4).encoded()
    bytes.replaceSubrange(16..<24, with: [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF])
    let error = #expect(throws: ImageError.self) { try Image(decoding: bytes) }
    #expect(error?.reason == .tooLarge)
    #expect(error?.problem.contains("2147483647 x 2147483647") == true)
  }

  @Test func implausibleHeadersAreRefused() throws {
    // 9,000 x 9,000 pixels are within the limits, and cannot come out of 300 bytes.
    var bytes = try noise(width: 8, height: 8, channels: 4).encoded()
    bytes.replaceSubrange(16..<24, with: [0, 0, 0x23, 0x28, 0, 0, 0x23, 0x28])
    let sum = crc32(bytes[12..<29])
    bytes.replaceSubrange(29..<33, with: (0..<4).reversed().map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) })
    let error = #expect(throws: ImageError.self) { try Image(decoding: bytes) }
    #expect(error?.reason == .damaged)
    #expect(error?.problem.contains("9000 x 9000") == true)
  }

  @Test func limitsAreTheCallers() throws {
    let bytes = try noise(width: 20, height: 10, channels: 1).encoded()
    #expect(try Image(decoding: bytes, options: ImageDecodingOptions(limits: ImageLimits(maxPixels: 200))).width == 20)
    var limits: [ImageLimits] = [ImageLimits(maxPixels: 199), ImageLimits(), ImageLimits(), ImageLimits()]
    limits[1].maxWidth = 19
    limits[2].maxHeight = 9
    limits[3].maxFileSize = bytes.count - 1
    for limit in limits {
      let error = #expect(throws: ImageError.self) {
        try Image(decoding: bytes, options: ImageDecodingOptions(limits: limit))
      }
      #expect(error?.reason == .tooLarge)
    }
  }
}
