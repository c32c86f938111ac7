import CD2LImages

extension Image {
  func jpegBytes(quality: Int, subsampling: ChromaSubsampling, progressive: Bool) throws(ImageError) -> [UInt8] {
    guard (1...100).contains(quality) else {
      throw ImageError(.unsupported, problem: "JPEG quality \(quality); it goes from 1 to 100")
    }
    guard channels == 1 || channels == 3 else {
      throw ImageError(
        .unsupported, problem: "JPEG has no alpha, and the image has \(channels) channels",
        help: "drop it with converted(toChannels: \(channels - 1)), or blend it with composited(over:)")
    }
    guard width <= 65_500, height <= 65_500 else {
      throw ImageError(.tooLarge, problem: "\(width) x \(height) pixels; a JPEG ends at 65500 either way")
    }
    var settings = d2l_jpeg_settings(
      quality: Int32(quality), horizontal: subsampling.factors.horizontal, vertical: subsampling.factors.vertical,
      progressive: progressive ? 1 : 0)
    var report = d2l_image_report()
    var size = 0
    let file = pixels.withUnsafeBufferPointer {
      d2l_jpeg_write($0.baseAddress, UInt32(width), UInt32(height), Int32(channels), &settings, &size, &report)
    }
    guard let file else { throw report.error(.jpeg) }
    defer { d2l_image_free(file) }
    return Array(UnsafeBufferPointer(start: file, count: size))
  }
}
