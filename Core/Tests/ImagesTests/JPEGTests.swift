import D2LImages
import Testing

@Suite struct JPEGTests {
  @Test(arguments: [1, 3], ChromaSubsampling.allCases)
  func slopesComeBackNearly(channels: Int, subsampling: ChromaSubsampling) throws {
    let image = slopes(width: 61, height: 47, channels: channels)
    for progressive in [false, true] {
      let bytes = try image.encoded(as: .jpeg(quality: 95, subsampling: subsampling, progressive: progressive))
      let decoded = try DecodedImage(decoding: bytes)
      expectClose(decoded.image, image, within: 8)
      #expect(decoded.header.isProgressive == progressive)
      #expect(decoded.header.format == .jpeg && decoded.header.bitDepth == 8 && decoded.warnings.isEmpty)
    }
  }

  @Test func qualityAndSubsamplingDecideTheSize() throws {
    let image = noise(width: 64, height: 64, channels: 3)
    let byQuality = try [1, 30, 60, 100].map { try image.encoded(as: .jpeg(quality: $0)).count }
    #expect(byQuality == byQuality.sorted() && Set(byQuality).count == 4)
    let bySubsampling = try [ChromaSubsampling.s420, .s422, .s444].map {
      try image.encoded(as: .jpeg(subsampling: $0)).count
    }
    #expect(bySubsampling == bySubsampling.sorted() && Set(bySubsampling).count == 3)
  }

  @Test func whatAJPEGCannotHoldIsNamed() {
    let error = #expect(throws: ImageError.self) { try noise(width: 2, height: 2, channels: 4).encoded(as: .jpeg()) }
    #expect(error?.reason == .unsupported)
    #expect(error?.problem.contains("4 channels") == true && error?.help?.contains("toChannels: 3") == true)
    let quality = #expect(throws: ImageError.self) {
      try noise(width: 2, height: 2, channels: 3).encoded(as: .jpeg(quality: 101))
    }
    #expect(quality?.problem.contains("quality 101") == true)
  }

  @Test func damageIsAnErrorOrAWarning() throws {
    let image = slopes(width: 128, height: 128, channels: 3)
    let bytes = try image.encoded(as: .jpeg(quality: 90))
    let half = Array(bytes.prefix(bytes.count * 3 / 4))
    let error = #expect(throws: ImageError.self) { try Image(decoding: half) }
    #expect(error?.reason == .damaged)
    #expect(error?.problem.contains("Premature end of JPEG file") == true)
    #expect(error?.help?.contains(".keep") == true)

    let kept = try DecodedImage(decoding: half, options: ImageDecodingOptions(damage: .keep))
    #expect(kept.warnings.first?.contains("Premature end of JPEG file") == true)
    // What came before the end is there.
    expectClose(
      kept.image.cropped(x: 0, y: 0, width: 128, height: 32), image.cropped(x: 0, y: 0, width: 128, height: 32),
      within: 12)
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try slopes(width: 24, height: 24, channels: 3).encoded(as: .jpeg(progressive: true))
    // Without the last byte the end marker is incomplete.
    for length in 0..<bytes.count {
      #expect(throws: ImageError.self, "\(length) of \(bytes.count) bytes") {
        try Image(decoding: Array(bytes.prefix(length)))
      }
    }
  }

  @Test func scansAreLimited() throws {
    let bytes = try slopes(width: 32, height: 32, channels: 3).encoded(as: .jpeg(progressive: true))
    var options = ImageDecodingOptions()
    options.limits.maxScans = 5
    let error = #expect(throws: ImageError.self) { try Image(decoding: bytes, options: options) }
    #expect(error?.reason == .tooLarge && error?.problem.contains("more than 5 scans") == true)
    options.limits.maxScans = 10
    #expect(try Image(decoding: bytes, options: options).width == 32)
  }

  /// Each scan is a pass over all pixels: a hundred of them, a few bytes each, make a small file take a minute.
  @Test func scansMustHaveBytesToShowForThemselves() throws {
    let flat = Image(width: 2048, height: 2048, filledWith: [9])
    let bytes = try flat.encoded(as: .jpeg(progressive: true))
    let last = try #require(bytes.indices.last { bytes[$0...].starts(with: [0xFF, 0xDA]) })
    let end = bytes.count - 2
    let scan = Array(bytes[last..<end])
    let many = Array(bytes[..<end]) + Array((0..<80).map { _ in scan }.joined()) + Array(bytes[end...])
    // What libjpeg says of a scan that adds nothing is only a warning where damage is kept.
    let options = ImageDecodingOptions(damage: .keep)
    let error = #expect(throws: ImageError.self) { try Image(decoding: many, options: options) }
    #expect(
      error?.reason == .damaged && error?.problem.contains("scans in \(many.count) bytes") == true, "\(error as Any)")
    #expect(try Image(decoding: bytes, options: options).width == 2048)
  }

  @Test func hugeHeadersAreRefused() throws {
    let bytes = try slopes(width: 32, height: 32, channels: 3).encoded(as: .jpeg())
    let frame = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xC0]) })
    func resized(_ high: UInt8, _ low: UInt8) -> [UInt8] {
      var copy = bytes
      copy.replaceSubrange(frame + 5..<frame + 9, with: [high, low, high, low])
      return copy
    }
    let limit = #expect(throws: ImageError.self) { try Image(decoding: resized(0xFF, 0x00)) }
    #expect(limit?.reason == .tooLarge && limit?.problem.contains("65280 x 65280") == true)
    let promise = #expect(throws: ImageError.self) { try Image(decoding: resized(0x20, 0x00)) }
    #expect(promise?.reason == .damaged && promise?.problem.contains("8192 x 8192") == true)
  }

  @Test func sixteenBitsSpread() throws {
    let bytes = try slopes(width: 16, height: 16, channels: 1).encoded(as: .jpeg())
    #expect(try Image16(decoding: bytes) == Image16(Image(decoding: bytes)))
  }
}
