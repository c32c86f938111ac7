import CD2LImages

/// Reads JPEG files: sequential and progressive, gray, YCbCr, RGB, CMYK and YCCK, Huffman and (where libjpeg has
/// it) arithmetic coding.
struct JPEGReader: ~Copyable {
  let header: ImageHeader
  private let isInverted: Bool
  private let handle: OpaquePointer
  private var report: d2l_image_report

  /// Reads the head. `bytes` must outlive the reader.
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ options: ImageDecodingOptions) throws(ImageError) {
    var limits = options.cLimits
    var found = d2l_image_header()
    var report = d2l_image_report()
    guard let handle = d2l_jpeg_open(bytes.baseAddress, bytes.count, &limits, &found, &report) else {
      throw report.error(.jpeg)
    }
    self.handle = handle
    self.report = report
    isInverted = found.inverted != 0
    var size = 0
    let exif = UnsafeRawBufferPointer(start: d2l_jpeg_exif(handle, &size), count: size)
    header = ImageHeader(
      format: .jpeg, width: Int(found.width), height: Int(found.height),
      channels: found.cmyk != 0 ? 3 : Int(found.channels), bitDepth: Int(found.bit_depth), hasPalette: false,
      isProgressive: found.interlaced != 0, isCMYK: found.cmyk != 0, orientation: ImageOrientation(exif: exif) ?? .up)
  }

  deinit { d2l_jpeg_close(handle) }

  mutating func read() throws(ImageError) -> (image: Image, warnings: [String]) {
    let stored = header.isCMYK ? 4 : header.channels
    let pixels = filledArray(header.width * header.height * stored) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
      d2l_jpeg_read(handle, buffer.baseAddress, buffer.count, &report) != 0
    }
    guard var pixels else { throw report.error(.jpeg) }
    if header.isCMYK { pixels = rgb(fromCMYK: pixels, inverted: isInverted) }
    let image = Image(width: header.width, height: header.height, channels: header.channels, pixels: pixels)
    return (image, report.warningTexts())
  }
}

/// Plain CMYK to RGB: each ink and black take their share of the white. No color profile is applied.
///
/// Adobe writes amounts of light where others write amounts of ink.
private func rgb(fromCMYK cmyk: [UInt8], inverted: Bool) -> [UInt8] {
  let flip: UInt8 = inverted ? 0 : 0xFF
  var rgb = [UInt8]()
  rgb.reserveCapacity(cmyk.count / 4 * 3)
  for pixel in stride(from: 0, to: cmyk.count, by: 4) {
    let black = UInt32(cmyk[pixel + 3] ^ flip)
    for ink in 0..<3 { rgb.append(UInt8((UInt32(cmyk[pixel + ink] ^ flip) * black + 127) / 255)) }
  }
  return rgb
}
