import D2LTensor

extension Image {
  /// The rectangle whose top left pixel is (`x`, `y`).
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
    require(
      x >= 0 && y >= 0 && width > 0 && height > 0 && width <= self.width - x && height <= self.height - y, "cropped",
      "\(width) x \(height) pixels at (\(x), \(y)) do not lie in \(self.width) x \(self.height)")
    return remapped(rows: y..<y + height, columns: x..<x + width)
  }

  /// The middle of the picture. Where the margins are odd, the extra pixel goes as in torchvision's `center_crop`.
  public func centerCropped(width: Int, height: Int) -> Image {
    require(
      width > 0 && height > 0 && width <= self.width && height <= self.height, "centerCropped",
      "\(width) x \(height) pixels do not fit into \(self.width) x \(self.height); pad or resize first")
    // torchvision rounds the halves to even.
    let x = Int((Double(self.width - width) / 2).rounded(.toNearestOrEven))
    let y = Int((Double(self.height - height) / 2).rounded(.toNearestOrEven))
    return cropped(x: x, y: y, width: width, height: height)
  }

  /// Left becomes right.
  public func flippedHorizontally() -> Image {
    remapped(rows: 0..<height, columns: (0..<width).reversed())
  }

  /// Top becomes bottom.
  public func flippedVertically() -> Image {
    remapped(rows: (0..<height).reversed(), columns: 0..<width)
  }

  /// Turned clockwise by quarters; negative numbers turn counterclockwise.
  public func rotated(quarterTurns: Int) -> Image {
    switch ((quarterTurns % 4) + 4) % 4 {
    case 1: transposed().flippedHorizontally()
    case 2: remapped(rows: (0..<height).reversed(), columns: (0..<width).reversed())
    case 3: transposed().flippedVertically()
    default: self
    }
  }

  /// Rows become columns.
  public func transposed() -> Image {
    var result = [UInt8](repeating: 0, count: pixels.count)
    for y in 0..<height {
      for x in 0..<width {
        let (source, target) = ((y * width + x) * channels, (x * height + y) * channels)
        for channel in 0..<channels { result[target + channel] = pixels[source + channel] }
      }
    }
    return Image(width: height, height: width, channels: channels, pixels: result)
  }

  /// What a margin is filled with.
  public enum Padding: Sendable, Hashable {
    /// One color; as many samples as the picture has channels.
    case color([UInt8])
    /// The nearest pixel of the picture.
    case edge
    /// The picture mirrored at its outermost pixels, which are not repeated.
    case reflect
  }

  /// The picture with margins.
  public func padded(
    top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0, with padding: Padding
  ) -> Image {
    require(
      min(top, left, bottom, right) >= 0, "padded",
      "negative margins (\(top), \(left), \(bottom), \(right)); crop instead"
    )
    switch padding {
    case .color(let color):
      require(color.count == channels, "padded", "a color of \(channels) samples is needed, not \(color.count)")
      var sheet = Image(width: width + left + right, height: height + top + bottom, filledWith: color)
      sheet.draw(self, x: left, y: top)
      return sheet
    case .edge:
      return remapped(
        rows: (-top..<height + bottom).map { min(max($0, 0), height - 1) },
        columns: (-left..<width + right).map { min(max($0, 0), width - 1) })
    case .reflect:
      require(
        max(top, bottom) < height && max(left, right) < width, "padded",
        "margins (\(top), \(left), \(bottom), \(right)) cannot mirror \(width) x \(height) pixels; they must be smaller"
      )
      return remapped(
        rows: (-top..<height + bottom).map { mirrored($0, height) },
        columns: (-left..<width + right).map { mirrored($0, width) })
    }
  }

  /// Puts another picture of the same channels over this one; it must lie inside.
  public mutating func draw(_ image: Image, x: Int, y: Int) {
    require(
      image.channels == channels, "draw",
      "a picture of \(image.channels) channels on one of \(channels); convert it first")
    require(
      x >= 0 && y >= 0 && x + image.width <= width && y + image.height <= height, "draw",
      "\(image.width) x \(image.height) pixels at (\(x), \(y)) do not lie in \(width) x \(height)")
    let length = image.width * channels
    for row in 0..<image.height {
      let target = ((y + row) * width + x) * channels
      pixels.replaceSubrange(target..<target + length, with: image.pixels[row * length..<(row + 1) * length])
    }
  }

  /// The picture made of the given rows and columns of this one.
  func remapped(rows: some Collection<Int>, columns: some Collection<Int>) -> Image {
    let offsets = columns.map { $0 * channels }
    let result = [UInt8](unsafeUninitializedCapacity: rows.count * columns.count * channels) { buffer, count in
      var target = 0
      for row in rows {
        let start = row * width * channels
        for offset in offsets {
          for channel in 0..<channels {
            buffer[target] = pixels[start + offset + channel]
            target += 1
          }
        }
      }
      count = target
    }
    return Image(width: columns.count, height: rows.count, channels: channels, pixels: result)
  }
}

/// `index` brought into `0..<count` by mirrors at both ends. It is off by less than `count`.
private func mirrored(_ index: Int, _ count: Int) -> Int {
  if index < 0 { return -index }
  return index < count ? index : 2 * (count - 1) - index
}
