import D2LTensor

extension Image {
  /// The same picture with 1 (gray), 2 (gray, alpha), 3 (RGB) or 4 (RGBA) channels.
  ///
  /// Gray is ITU-R 601 luma, as in Pillow; gray to color repeats it; a new alpha is opaque; an alpha that goes is
  /// dropped, see ``composited(over:)`` to blend it.
  public func converted(toChannels target: Int) -> Image {
    Image(width: width, height: height, channels: target, pixels: convert(pixels, from: channels, to: target))
  }

  /// Blends the picture over an opaque color by its alpha, which then is gone.
  ///
  /// - Parameter color: as many samples as the picture has without alpha.
  public func composited(over color: [UInt8]) -> Image {
    let colors = channels <= 2 ? 1 : 3
    require(color.count == colors, "composited", "a color of \(colors) samples is needed, not \(color.count)")
    guard channels != colors else { return self }
    var result = [UInt8]()
    result.reserveCapacity(width * height * colors)
    for pixel in stride(from: 0, to: pixels.count, by: channels) {
      let alpha = Int(pixels[pixel + colors])
      for channel in 0..<colors {
        let blend = Int(pixels[pixel + channel]) * alpha + Int(color[channel]) * (255 - alpha)
        result.append(UInt8((blend + 127) / 255))
      }
    }
    return Image(width: width, height: height, channels: colors, pixels: result)
  }
}

extension Image16 {
  /// The same as ``Image/converted(toChannels:)``.
  public func converted(toChannels target: Int) -> Image16 {
    Image16(width: width, height: height, channels: target, pixels: convert(pixels, from: channels, to: target))
  }
}

private func convert<Sample: FixedWidthInteger & UnsignedInteger>(
  _ pixels: [Sample], from source: Int, to target: Int
) -> [Sample] {
  require((1...4).contains(target), "converted", "\(target) channels; an image has 1 to 4")
  guard source != target else { return pixels }
  let (sourceIsColor, targetIsColor) = (source >= 3, target >= 3)
  let (sourceHasAlpha, targetHasAlpha) = (source % 2 == 0, target % 2 == 0)
  var result = [Sample]()
  result.reserveCapacity(pixels.count / source * target)
  for pixel in stride(from: 0, to: pixels.count, by: source) {
    let first = pixels[pixel]
    if sourceIsColor {
      let (green, blue) = (pixels[pixel + 1], pixels[pixel + 2])
      if targetIsColor {
        result.append(first)
        result.append(green)
        result.append(blue)
      } else {
        // Pillow's weights 0.299, 0.587, 0.114 in units of 2^-16.
        let luma = UInt64(first) * 19595 + UInt64(green) * 38470 + UInt64(blue) * 7471 + 0x8000
        result.append(Sample(truncatingIfNeeded: luma >> 16))
      }
    } else {
      for _ in 0..<(targetIsColor ? 3 : 1) { result.append(first) }
    }
    if targetHasAlpha { result.append(sourceHasAlpha ? pixels[pixel + source - 1] : .max) }
  }
  return result
}
