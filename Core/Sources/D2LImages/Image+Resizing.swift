import D2LTensor

/// How values between pixels are found.
public enum Interpolation: Sendable, Hashable, CaseIterable {
  /// The pixel whose area holds the point.
  case nearest
  /// Straight lines between neighbours.
  case bilinear
  /// Cubic curves through neighbours.
  case bicubic
}

extension Image {
  /// The picture in another size, not keeping proportions.
  ///
  /// With `antialias`, and for `nearest`, the result is that of Pillow's `Image.resize`, bit for bit (alpha is
  /// multiplied in and out on the way, as there). Without it, `bilinear` and `bicubic` are those of PyTorch's
  /// `interpolate(align_corners=False)` in Float, rounded (halves may round the other way): pixels are skipped when
  /// shrinking.
  public func resized(
    width: Int, height: Int, using interpolation: Interpolation = .bilinear, antialias: Bool = true
  ) -> Image {
    require(width > 0 && height > 0, "resized", "\(width) x \(height) pixels; sizes start at 1")
    switch interpolation {
    case .nearest: return sampled(to: (width, height), columns: 0..<width, rows: 0..<height)
    case .bilinear, .bicubic:
      if width == self.width && height == self.height { return self }
      guard antialias else { return interpolated(width: width, height: height, interpolation) }
      return filtered(to: (width, height), columns: 0..<width, rows: 0..<height, interpolation)
    }
  }

  /// The rectangle at (`x`, `y`) of what ``resized(width:height:using:antialias:)`` gives, to the bit, without making the rest: what networks
  /// are fed costs the same however long and thin a picture is.
  public func cropped(
    x: Int, y: Int, width: Int, height: Int, afterResizingTo size: (width: Int, height: Int),
    using interpolation: Interpolation = .bilinear
  ) -> Image {
    require(
      x >= 0 && y >= 0 && width > 0 && height > 0 && width <= size.width - x && height <= size.height - y, "cropped",
      "\(width) x \(height) pixels at (\(x), \(y)) do not lie in \(size.width) x \(size.height)")
    let (columns, rows) = (x..<x + width, y..<y + height)
    if interpolation == .nearest || size == (self.width, self.height) {
      return sampled(to: size, columns: columns, rows: rows)
    }
    return filtered(to: size, columns: columns, rows: rows, interpolation)
  }

  private func sampled(to size: (width: Int, height: Int), columns: Range<Int>, rows: Range<Int>) -> Image {
    func sources(_ count: Int, _ target: Int, _ window: Range<Int>) -> [Int] {
      let scale = Double(count) / Double(target)
      // The center of a new pixel, by repeated addition as Pillow has it.
      var center = scale * 0.5
      for _ in 0..<window.lowerBound { center += scale }
      return window.map { _ in
        defer { center += scale }
        return min(Int(center), count - 1)
      }
    }
    return remapped(rows: sources(height, size.height, rows), columns: sources(width, size.width, columns))
  }

  /// The given columns and rows of the picture in another size, filtered as Pillow does. Colors are mixed in proportion to their alpha.
  private func filtered(
    to size: (width: Int, height: Int), columns: Range<Int>, rows: Range<Int>, _ interpolation: Interpolation
  ) -> Image {
    let vertical = FilterTaps(from: height, to: size.height, window: rows, interpolation)
    let needed = vertical.sources
    var result = needed.count == height ? self : cropped(x: 0, y: needed.lowerBound, width: width, height: needed.count)
    if channels % 2 == 0 { result = result.premultiplied() }
    if size.width != width || columns.count != width {
      let taps = FilterTaps(from: width, to: size.width, window: columns, interpolation)
      let pixels = filterRows(result.pixels, rows: needed.count, length: width, channels: channels, taps)
      result = Image(width: columns.count, height: needed.count, channels: channels, pixels: pixels)
    }
    if size.height != height || rows.count != height {
      let taps = vertical.shifted(by: needed.lowerBound)
      let pixels = filterColumns(result.pixels, stride: columns.count * channels, taps)
      result = Image(width: columns.count, height: rows.count, channels: channels, pixels: pixels)
    }
    return channels % 2 == 0 ? result.unpremultiplied() : result
  }

  /// Color times alpha, rounded as in Pillow.
  private func premultiplied() -> Image {
    var copy = pixels
    for pixel in stride(from: 0, to: copy.count, by: channels) {
      let alpha = Int(copy[pixel + channels - 1])
      for channel in 0..<channels - 1 {
        let product = Int(copy[pixel + channel]) * alpha + 128
        copy[pixel + channel] = UInt8((product >> 8 + product) >> 8)
      }
    }
    return Image(width: width, height: height, channels: channels, pixels: copy)
  }

  private func unpremultiplied() -> Image {
    var copy = pixels
    for pixel in stride(from: 0, to: copy.count, by: channels) {
      let alpha = Int(copy[pixel + channels - 1])
      guard alpha != 0 && alpha != 255 else { continue }
      for channel in 0..<channels - 1 {
        copy[pixel + channel] = UInt8(min(255 * Int(copy[pixel + channel]) / alpha, 255))
      }
    }
    return Image(width: width, height: height, channels: channels, pixels: copy)
  }
}
