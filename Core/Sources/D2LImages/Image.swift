import D2LTensor

/// A picture of 8-bit samples: gray (1 channel), gray and alpha (2), RGB (3) or RGBA (4).
///
/// Samples lie row by row from the top, the channels of a pixel side by side: `[height, width, channels]`.
///
/// ```swift
/// let photo = try Image(contentsOf: "cat.jpg")
/// try photo.resized(width: 224, height: 224).write(to: "small.png")
/// ```
public struct Image: Sendable, Hashable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Samples in a pixel, 1 to 4.
  public let channels: Int
  /// All samples, `height * width * channels` of them.
  public var pixels: [UInt8] {
    didSet { requirePixels(pixels.count, width, height, channels) }
  }

  /// Takes samples in the order `[height, width, channels]`.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    requirePixels(pixels.count, width, height, channels)
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// One color everywhere; the number of its samples is the number of channels.
  public init(width: Int, height: Int, filledWith color: [UInt8]) {
    requirePixels(width * height * color.count, width, height, color.count)
    self.init(
      width: width, height: height, channels: color.count,
      pixels: [UInt8](repeating: 0, count: width * height * color.count))
    fill(x: 0, y: 0, width: width, height: height, color)
  }

  /// The samples of the pixel in column `x` and row `y`.
  public subscript(x: Int, y: Int) -> [UInt8] {
    get {
      let start = offset(x, y)
      return Array(pixels[start..<start + channels])
    }
    set {
      require(newValue.count == channels, "Image", "a pixel has \(channels) samples, not \(newValue.count)")
      let start = offset(x, y)
      for channel in 0..<channels { pixels[start + channel] = newValue[channel] }
    }
  }

  private func offset(_ x: Int, _ y: Int) -> Int {
    require(
      (0..<width).contains(x) && (0..<height).contains(y), "Image",
      "no pixel (\(x), \(y)) in \(width) x \(height) pixels")
    return (y * width + x) * channels
  }
}

/// The same as ``Image`` with 16-bit samples, as PNG files can hold them.
public struct Image16: Sendable, Hashable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Samples in a pixel, 1 to 4.
  public let channels: Int
  /// All samples, `height * width * channels` of them.
  public var pixels: [UInt16] {
    didSet { requirePixels(pixels.count, width, height, channels) }
  }

  /// Takes samples in the order `[height, width, channels]`.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt16]) {
    requirePixels(pixels.count, width, height, channels)
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// The same picture in 16 bits: 255 becomes 65,535.
  public init(_ image: Image) {
    self.init(
      width: image.width, height: image.height, channels: image.channels, pixels: image.pixels.map { UInt16($0) * 257 })
  }
}

extension Image {
  /// The same picture in 8 bits, every sample rounded to the nearest.
  public init(_ image: Image16) {
    self.init(
      width: image.width, height: image.height, channels: image.channels,
      pixels: image.pixels.map { UInt8((Int($0) * 255 + 32767) / 65535) })
  }
}

extension Image: CustomStringConvertible {
  /// Size and channels; the pixels are for ``write(to:encoding:)``.
  public var description: String {
    "Image(\(width) x \(height), \(channels) \(channels == 1 ? "channel" : "channels"))"
  }
}

func requirePixels(_ count: Int, _ width: Int, _ height: Int, _ channels: Int) {
  require(
    width > 0 && height > 0 && (1...4).contains(channels), "Image",
    "\(width) x \(height) pixels of \(channels) channels; sizes start at 1, channels are 1 to 4")
  require(
    count == width * height * channels, "Image",
    "\(count) samples for \(width) x \(height) pixels of \(channels) channels, \(width * height * channels) needed")
}
