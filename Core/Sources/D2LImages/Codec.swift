import CD2LImages

/// An array of `count` elements that `fill` writes in place; nil if it says that it failed.
func filledArray<T>(_ count: Int, _ fill: (UnsafeMutableBufferPointer<T>) -> Bool) -> [T]? {
  var filled = false
  let array = [T](unsafeUninitializedCapacity: count) { buffer, initialized in
    filled = fill(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
    initialized = filled ? count : 0
  }
  return filled ? array : nil
}

extension d2l_image_report {
  /// The error this report describes.
  mutating func error(_ format: ImageFormat) -> ImageError {
    let text = String(cString: d2l_image_message(&self))
    let offset = offset >= 0 ? Int(offset) : nil
    switch kind {
    case Int32(D2L_IMAGE_UNSUPPORTED):
      return ImageError(
        .unsupported, offset: offset, problem: "\(format.rawValue) of a kind that is not handled: \(text)")
    case Int32(D2L_IMAGE_TOO_LARGE):
      return ImageError(
        .tooLarge, problem: "\(format.rawValue) too large: \(text)", help: "raise ImageLimits if you trust the file")
    case Int32(D2L_IMAGE_NO_MEMORY):
      return ImageError(.tooLarge, problem: "not enough memory: \(text)")
    default:
      let help = warning_count > 0 ? "`damage: .keep` decodes what can be saved" : nil
      return ImageError(.damaged, offset: offset, problem: "damaged \(format.rawValue): \(text)", help: help)
    }
  }

  /// The first warnings, and how many more there were.
  mutating func warningTexts() -> [String] {
    var texts = String(cString: d2l_image_warnings(&self)).split(separator: "\n").map(String.init)
    if Int(warning_count) > texts.count { texts.append("and \(Int(warning_count) - texts.count) more") }
    return texts
  }
}
