import D2LTensor

extension Image {
  /// Puts another picture of the same channels over this one; it must lie inside.
  public mutating func draw(_ image: Image, x: Int, y: Int) {
    require(
      image.channels == channels, "draw",
      "a picture of \(image.channels) channels on one of \(channels); convert it first")
    require(
      x >= 0 && y >= 0 && image.width <= width - x && image.height <= height - y, "draw",
      "\(image.width) x \(image.height) pixels at (\(x), \(y)) do not lie in \(width) x \(height)")
    let length = image.width * channels
    for row in 0..<image.height {
      let target = ((y + row) * width + x) * channels
      pixels.replaceSubrange(target..<target + length, with: image.pixels[row * length..<(row + 1) * length])
    }
  }

  /// Paints a rectangle, which must lie inside, in one color.
  public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: [UInt8]) {
    require(color.count == channels, "fill", "a color of \(channels) samples is needed, not \(color.count)")
    require(
      x >= 0 && y >= 0 && width >= 0 && height >= 0 && width <= self.width - x && height <= self.height - y, "fill",
      "\(width) x \(height) pixels at (\(x), \(y)) do not lie in \(self.width) x \(self.height)")
    let stride = self.width * channels
    pixels.withUnsafeMutableBufferPointer { pixels in
      for row in y..<y + height {
        var place = row * stride + x * color.count
        for _ in 0..<width {
          for sample in color {
            pixels[place] = sample
            place += 1
          }
        }
      }
    }
  }
}
