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
    case .nearest: return sampled(width: width, height: height)
    case .bilinear, .bicubic:
      if width == self.width && height == self.height { return self }
      guard antialias else { return interpolated(width: width, height: height, interpolation) }
      guard channels % 2 == 0 else { return filtered(width: width, height: height, interpolation) }
      return premultiplied().filtered(width: width, height: height, interpolation).unpremultiplied()
    }
  }

  private func sampled(width: Int, height: Int) -> Image {
    func sources(_ count: Int, _ target: Int) -> [Int] {
      let scale = Double(count) / Double(target)
      // The center of a new pixel, by repeated addition as Pillow has it.
      var center = scale * 0.5
      return (0..<target).map { _ in
        defer { center += scale }
        return min(Int(center), count - 1)
      }
    }
    return remapped(rows: sources(self.height, height), columns: sources(self.width, width))
  }

  private func filtered(width: Int, height: Int, _ interpolation: Interpolation) -> Image {
    var result = self
    if width != self.width {
      let taps = FilterTaps(from: self.width, to: width, interpolation)
      let pixels = filterRows(
        result.pixels, rows: result.height, length: self.width, channels: channels, taps)
      result = Image(width: width, height: result.height, channels: channels, pixels: pixels)
    }
    if height != self.height {
      let taps = FilterTaps(from: self.height, to: height, interpolation)
      let pixels = filterColumns(result.pixels, stride: width * channels, taps)
      result = Image(width: width, height: height, channels: channels, pixels: pixels)
    }
    return result
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
