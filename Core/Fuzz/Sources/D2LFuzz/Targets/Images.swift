import D2LImages

extension FuzzTarget {
  static let png = FuzzTarget(
    name: "png", summary: "PNG to 8 and 16 bits, refusing and keeping damage; the chunks' checksums are made right",
    words: [
      "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "iCCP", "zTXt", "iTXt", "eXIf", "sBIT", "acTL",
      "\u{89}PNG\r\n\u{1a}\n",
    ],
    seeds: {
      var seeds: [[UInt8]] = []
      for channels in 1...4 {
        for side in [1, 9, 40] {
          let image = picture(side, channels)
          seeds.append(try image.encoded())
          if side == 9 { seeds.append(try Image16(image).pngBytes()) }
        }
      }
      return seeds + [palette, interlaced]
    },
    repair: { Checksums.repairPNG(&$0) },
    run: { input in
      for damage in [ImageDamage.refuse, .keep] {
        let options = ImageDecodingOptions(limits: limits, damage: damage)
        tolerating { () throws(ImageError) in _ = try ImageHeader(decoding: input.bytes, options: options) }
        tolerating { () throws(ImageError) in try check(DecodedImage(decoding: input.bytes, options: options).image) }
        tolerating { () throws(ImageError) in _ = try Image16(decoding: input.bytes, options: options).pixels.count }
      }
    })

  static let jpeg = FuzzTarget(
    name: "jpeg", summary: "JPEG from a file, refusing and keeping damage",
    words: [
      "\u{ff}\u{d8}", "\u{ff}\u{d9}", "\u{ff}\u{da}", "\u{ff}\u{c0}", "\u{ff}\u{c2}", "\u{ff}\u{c9}", "\u{ff}\u{c4}",
      "\u{ff}\u{db}",
      "\u{ff}\u{dd}", "\u{ff}\u{d0}", "Exif\u{0}\u{0}II*\u{0}", "Exif\u{0}\u{0}MM\u{0}*", "Adobe", "JFIF",
    ],
    seeds: {
      var seeds: [[UInt8]] = []
      for channels in [1, 3] {
        for isProgressive in [false, true] {
          for subsampling in ChromaSubsampling.allCases {
            let encoding = ImageEncoding.jpeg(quality: 60, subsampling: subsampling, progressive: isProgressive)
            seeds.append(try picture(19, channels).encoded(as: encoding))
          }
        }
      }
      return seeds
    },
    run: { input in
      let path = input.file("input.jpg")
      for damage in [ImageDamage.refuse, .keep] {
        let options = ImageDecodingOptions(limits: limits, damage: damage)
        tolerating { () throws(ImageError) in try check(DecodedImage(contentsOf: path, options: options).image) }
      }
    })

  /// A picture is by its nature larger than its file; how large it may be is the caller's to say.
  private static let limits = ImageLimits(maxPixels: 1 << 20)

  private static func check(_ image: Image) {
    guard image.pixels.count == image.width * image.height * image.channels else { fatalError("pixels are missing") }
    _ = image.pixels.reduce(0, |)
  }

  private static func tolerating(_ body: () throws(ImageError) -> Void) {
    do throws(ImageError) { try body() } catch { Harness.requireText(error.description) }
  }

  /// A slope with some noise.
  private static func picture(_ side: Int, _ channels: Int) -> Image {
    let pixels = (0..<side * side * channels).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ ($0 &* $0 >> 5)) }
    return Image(width: side, height: side, channels: channels, pixels: pixels)
  }

  /// Four pixels of two bits, a palette of three colors with transparency.
  private static let palette = png([
    ("IHDR", [0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 0, 0, 0]), ("PLTE", [255, 0, 0, 0, 255, 0, 0, 0, 255]), ("tRNS", [9, 99]),
    ("IDAT", [0x78, 1, 1, 2, 0, 0xFD, 0xFF, 0, 0b00_01_10_01, 0x00, 0x1B, 0x00, 0x1A]), ("IEND", []),
  ])

  /// One row of two gray pixels in two passes.
  private static let interlaced = png([
    ("IHDR", [0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 1]), ("tRNS", [0, 77]),
    ("IDAT", [0x78, 1, 1, 4, 0, 0xFB, 0xFF, 0, 77, 0, 88, 0x01, 0x43, 0x00, 0xA6]), ("IEND", []),
  ])

  private static func png(_ chunks: [(String, [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    for (name, data) in chunks { bytes += [0, 0, 0, UInt8(data.count)] + Array(name.utf8) + data + [0, 0, 0, 0] }
    Checksums.repairPNG(&bytes)
    return bytes
  }
}
