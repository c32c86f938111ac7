import D2LImages
import Testing

/// Willem van Schaik's test images against sums of pixels made by an independent decoder.
@Suite(.enabled(if: RealImages.isThere, RealImages.missing)) struct PngSuiteTests {
  @Test func validFilesDecodeToTheReference() throws {
    var (valid, refused) = (0, 0)
    for row in try RealImages.table("pngsuite_pixels.tsv") {
      let name = "pngsuite/" + row[0]
      if row[0].hasPrefix("x") {
        refused += 1
        continue
      }
      let (width, height, depth) = (Int(row[1]), Int(row[2]), Int(row[3]))
      let bytes = try RealImages.bytes(name)
      let header = try ImageHeader(decoding: bytes)
      #expect(header.width == width && header.height == height && header.bitDepth == depth, "\(name)")
      #expect(header.isProgressive == (row[5] == "1") && header.hasPalette == (row[4] == "3"), "\(name)")
      let options = ImageDecodingOptions(channels: 4)
      let pixels: [UInt8]
      if depth == 16 {
        pixels = try Image16(decoding: bytes, options: options).pixels.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
      } else {
        pixels = try Image(decoding: bytes, options: options).pixels
      }
      #expect(sha256(pixels) == row[7], "\(name)")
      valid += 1
    }
    #expect(valid == 161)
    #expect(refused == 14)
  }

  @Test func brokenFilesAreRefusedWithAReason() throws {
    let names = try RealImages.names(in: "pngsuite", suffix: ".png").filter { $0.hasPrefix("pngsuite/x") }
    #expect(names.count == 14)
    for name in names {
      let error = #expect(throws: ImageError.self, "\(name)") { try Image(contentsOf: RealImages.path(name)) }
      #expect(error?.problem.isEmpty == false && error?.file?.hasSuffix(name) == true, "\(name)")
    }
  }

  @Test func naturalChannels() throws {
    for (name, channels) in [("basn0g01", 1), ("basn2c08", 3), ("basn3p04", 3), ("basn4a16", 2), ("tbwn3p08", 4)] {
      #expect(try Image(contentsOf: RealImages.path("pngsuite/\(name).png")).channels == channels, "\(name)")
    }
  }
}

@Test func sumsAreRight() {
  #expect(sha256(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
}
