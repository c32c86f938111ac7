import CD2LImages

/// Reads PNG files of every color type, depth and interlacing. Gamma and color profiles are left as they are.
struct PNGReader: ~Copyable {
  let header: ImageHeader
  private let handle: OpaquePointer
  private var report: d2l_image_report

  /// Reads the head. `bytes` must outlive the reader.
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ options: ImageDecodingOptions) throws(ImageError) {
    var limits = options.cLimits
    var found = d2l_image_header()
    var report = d2l_image_report()
    guard let handle = d2l_png_open(bytes.baseAddress, bytes.count, &limits, &found, &report) else {
      throw report.error(.png)
    }
    self.handle = handle
    self.report = report
    header = ImageHeader(
      format: .png, width: Int(found.width), height: Int(found.height), channels: Int(found.channels),
      bitDepth: Int(found.bit_depth), hasPalette: found.palette != 0, isProgressive: found.interlaced != 0,
      isCMYK: false, orientation: .up)
  }

  deinit { d2l_png_close(handle) }

  private var sampleCount: Int { header.width * header.height * header.channels }

  mutating func read8() throws(ImageError) -> (image: Image, warnings: [String]) {
    let pixels = filledArray(sampleCount) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
      d2l_png_read(handle, 8, buffer.baseAddress, buffer.count, &report) != 0
    }
    guard let pixels else { throw report.error(.png) }
    let image = Image(width: header.width, height: header.height, channels: header.channels, pixels: pixels)
    return (image, report.warningTexts())
  }

  mutating func read16() throws(ImageError) -> Image16 {
    let pixels = filledArray(sampleCount) { (buffer: UnsafeMutableBufferPointer<UInt16>) in
      d2l_png_read(handle, 16, buffer.baseAddress, buffer.count * 2, &report) != 0
    }
    guard let pixels else { throw report.error(.png) }
    return Image16(width: header.width, height: header.height, channels: header.channels, pixels: pixels)
  }
}
