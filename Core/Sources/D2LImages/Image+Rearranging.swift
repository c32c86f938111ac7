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
    let (width, height, channels) = (width, height, channels)
    // Squares that fit into the cache: rows of one side are columns of the other.
    let side = 32
    let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
      pixels.withUnsafeBufferPointer { source in
        for top in stride(from: 0, to: height, by: side) {
          for left in stride(from: 0, to: width, by: side) {
            for y in top..<min(top + side, height) {
              for x in left..<min(left + side, width) {
                copyPixel(source, (y * width + x) * channels, target, (x * height + y) * channels, channels)
              }
            }
          }
        }
      }
      count = width * height * channels
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

  /// The picture made of the given rows and columns of this one.
  func remapped(rows: some Collection<Int>, columns: some Collection<Int>) -> Image {
    let (width, channels) = (width, channels)
    let offsets = columns.map { $0 * channels }
    let result = [UInt8](unsafeUninitializedCapacity: rows.count * offsets.count * channels) { target, count in
      pixels.withUnsafeBufferPointer { source in
        for row in rows {
          let start = row * width * channels
          for offset in offsets {
            copyPixel(source, start + offset, target, count, channels)
            count += channels
          }
        }
      }
    }
    return Image(width: offsets.count, height: rows.count, channels: channels, pixels: result)
  }
}

/// Copies one pixel: a few moves instead of a loop over channels.
@inline(__always)
private func copyPixel(
  _ source: UnsafeBufferPointer<UInt8>, _ from: Int, _ target: UnsafeMutableBufferPointer<UInt8>, _ to: Int,
  _ channels: Int
) {
  target[to] = source[from]
  guard channels > 1 else { return }
  target[to + 1] = source[from + 1]
  guard channels > 2 else { return }
  target[to + 2] = source[from + 2]
  guard channels > 3 else { return }
  target[to + 3] = source[from + 3]
}

/// `index` brought into `0..<count` by mirrors at both ends. It is off by less than `count`.
private func mirrored(_ index: Int, _ count: Int) -> Int {
  if index < 0 { return -index }
  return index < count ? index : 2 * (count - 1) - index
}
