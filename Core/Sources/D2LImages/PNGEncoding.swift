import CD2LImages

extension Image {
  func pngBytes(compression: Int) throws(ImageError) -> [UInt8] {
    try pixels.withUnsafeBytes { encodePNG($0, width, height, channels, bits: 8, compression) }.get()
  }
}

extension Image16 {
  /// This image as a PNG file with 16 bits a sample.
  public func pngBytes(compression: Int = 6) throws(ImageError) -> [UInt8] {
    try pixels.withUnsafeBytes { encodePNG($0, width, height, channels, bits: 16, compression) }.get()
  }
}

private func encodePNG(
  _ pixels: UnsafeRawBufferPointer, _ width: Int, _ height: Int, _ channels: Int, bits: Int32, _ compression: Int
) -> Result<[UInt8], ImageError> {
  guard (0...9).contains(compression) else {
    return .failure(ImageError(.unsupported, problem: "PNG compression \(compression); it goes from 0 to 9"))
  }
  guard let columns = UInt32(exactly: width), let rows = UInt32(exactly: height) else {
    return .failure(ImageError(.tooLarge, problem: "\(width) x \(height) pixels are more than a PNG can hold"))
  }
  var report = d2l_image_report()
  var size = 0
  let file = d2l_png_write(
    pixels.baseAddress, columns, rows, Int32(channels), bits, Int32(compression), &size, &report)
  guard let file else { return .failure(report.error(.png)) }
  defer { d2l_image_free(file) }
  return .success(Array(UnsafeBufferPointer(start: file, count: size)))
}
